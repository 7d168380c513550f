//! Errors of observations through a linear recipe.

use chiso_index::engine::Context;
use chiso_index::observations::{LeafCovariances, read_csv};
use chiso_index::score::{Carried, Replicates, Sampling, Scoring};
use chiso_index::{Edition, Pack, Scored};

use crate::common::*;

const ERRORS: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

fn scored(pack: &Pack, size: f64, covariances: Option<&LeafCovariances>) -> Scored {
    let mut text = "edition,unit,node,value,se\n".to_owned();
    for (unit, rise) in [("u", 0.0), ("v", 1.0), ("w", 2.5)] {
        for (leaf, error) in ["a", "b", "c", "d"].iter().zip(ERRORS) {
            text.push_str(&format!(
                "2020,{unit},{leaf},{},{}\n",
                3.0 + rise,
                error * size
            ));
        }
    }
    let observations = read_csv(pack, None, "test.csv", text.as_bytes()).expect("sound rows");
    let scoring = Scoring {
        pack,
        units: None,
        observations: &observations,
        context: &Context::default(),
        sampling: Some(Sampling::default()),
        covariances,
        replicates: None,
    };
    let mut editions = scoring.editions().expect("scores");
    editions.remove(&Edition(2020)).expect("an edition")
}

fn errors(scored: &Scored) -> Vec<f64> {
    let nodes = scored.version.tree.indices();
    nodes
        .flat_map(|node| (0..3).map(move |unit| (node, unit)))
        .map(|(node, unit)| scored.standard_error(node, unit).expect("an error"))
        .collect()
}

#[test]
fn errors_of_scores_grow_with_those_of_observations_and_are_those_of_the_formula() {
    let pack = pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES);
    let (once, thrice) = (scored(&pack, 1.0, None), scored(&pack, 3.0, None));
    let grown: Vec<f64> = errors(&once).iter().map(|error| error * 3.0).collect();
    assert_close(&errors(&thrice), &grown);
    // p = (a + 3b)/4 and q = (c + d)/2 on a scale of ten; x = (2p + q)/3.
    let (p, q) = ((1.0_f64 + 36.0).sqrt() / 4.0, 2.5);
    let x = ((2.0 * p).powi(2) + q * q).sqrt() / 3.0;
    let expected = [x, p, q].map(|error| [error; 3]).concat();
    assert_close(&errors(&once)[..9], &expected);
}

#[test]
fn covariances_that_are_only_variances_change_nothing() {
    let pack = pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES);
    let mut text = "edition,unit,node,other,covariance\n".to_owned();
    for unit in ["u", "v", "w"] {
        for (leaf, error) in ["a", "b", "c", "d"].iter().zip(ERRORS) {
            text.push_str(&format!("2020,{unit},{leaf},{leaf},{}\n", error * error));
        }
    }
    let diagonal = LeafCovariances::read_csv(&pack, None, "test.csv", text.as_bytes());
    let with = scored(&pack, 1.0, Some(&diagonal.expect("sound covariances")));
    assert_close(&errors(&with), &errors(&scored(&pack, 1.0, None)));
}

#[test]
fn exact_errors_are_those_of_many_draws() {
    let exact = scored(&pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES), 1.0, None);
    // An expression that changes nothing is not known to be linear, so that errors are drawn.
    let same = "[[version.step]]\ndo = \"expression\"\nexpression = \"value\"\n";
    let drawn = scored(
        &pack_of(&format!("{same}{GOALPOSTS}{MEAN}"), NODES),
        1.0,
        None,
    );
    assert_eq!(exact.carried(), Some(Carried::Linear));
    assert_eq!(drawn.carried(), Some(Carried::Draws));
    for (exact, drawn) in errors(&exact).iter().zip(errors(&drawn)) {
        // The error of a standard deviation over 1,000 draws is 2.2 %; this is five of them.
        assert!((drawn / exact - 1.0).abs() < 0.112, "{exact} and {drawn}");
    }
}

#[test]
fn without_errors_every_rank_set_is_the_rank() {
    let scored = scored(&pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES), 0.0, None);
    let root = scored.root();
    for unit in 0..3 {
        let rank = scored.rank(root, unit).expect("a rank");
        assert_eq!(scored.rank_set(root, unit), Some((rank, rank)));
        assert_eq!(scored.simultaneous_rank_set(root, unit), Some((rank, rank)));
        let score = scored.score(root, unit).expect("a score");
        assert_eq!(scored.interval(root, unit), Some((score, score)));
    }
    assert_eq!(
        scored.compared().map(|compared| compared.different()),
        Some((3, 3))
    );
}

#[test]
fn few_degrees_of_freedom_widen_the_interval_to_students() {
    let pack = pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES);
    let mut text = "edition,unit,node,other,covariance,df\n".to_owned();
    for unit in ["u", "v", "w"] {
        for (leaf, error) in ["a", "b", "c", "d"].iter().zip(ERRORS) {
            text.push_str(&format!("2020,{unit},{leaf},{leaf},{},2\n", error * error));
        }
    }
    let with = LeafCovariances::read_csv(&pack, None, "test.csv", text.as_bytes());
    let with = scored(&pack, 1.0, Some(&with.expect("sound covariances")));
    let root = with.root();
    let (low, high) = with.interval(root, 0).expect("an interval");
    let error = with.standard_error(root, 0).expect("an error");
    // R: qt(0.975, 2)
    assert!(((high - low) / 2.0 / error - 4.302_652_729_749_464).abs() < 1e-9);
    let known = scored(&pack, 1.0, None).rank_set(root, 1).expect("a set");
    let few = with.rank_set(root, 1).expect("a set");
    assert!(
        few.0 <= known.0 && known.1 <= few.1,
        "{few:?} and {known:?}"
    );
}

#[test]
fn draws_that_a_geometric_mean_cannot_score_are_left_out_unless_they_are_many() {
    let geometric = "[[version.step]]\ndo = \"aggregate\"\nmethod = \"geometric\"\n";
    let pack = pack_of(geometric, &NODES.replace("lower", "higher"));
    let with_size = |size: f64| {
        let mut text = "edition,unit,node,value,se\n".to_owned();
        for (unit, value) in [("u", 1.0), ("v", 2.0)] {
            for leaf in ["a", "b", "c", "d"] {
                text.push_str(&format!("2020,{unit},{leaf},{value},{size}\n"));
            }
        }
        let observations = read_csv(&pack, None, "test.csv", text.as_bytes()).expect("sound rows");
        Scoring {
            pack: &pack,
            units: None,
            observations: &observations,
            context: &Context::default(),
            sampling: Some(Sampling::default()),
            covariances: None,
            replicates: None,
        }
        .editions()
    };
    // A value of 1 with an error of 0.4 falls below 0 in 0.6 % of draws, four of them in 2.5 %.
    let mut scored = with_size(0.4).expect("scores");
    let scored = scored.remove(&Edition(2020)).expect("an edition");
    assert!(
        scored
            .standard_error(scored.root(), 0)
            .is_some_and(|error| error > 0.1)
    );
    let fault = with_size(1.0)
        .expect_err("most draws fall below zero")
        .to_string();
    assert!(
        fault.contains("draws of the observations' errors"),
        "{fault}"
    );
}

/// Two replicates in which a, b and c of `u` move by ±0.5; d has the given standard error, `w` no
/// value at all.
fn replicated(error_of_d: &str) -> Scored {
    let pack = pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES);
    let mut text = "edition,unit,node,value,se\n".to_owned();
    for unit in ["u", "v"] {
        for leaf in ["a", "b", "c"] {
            text.push_str(&format!("2020,{unit},{leaf},3,\n"));
        }
        text.push_str(&format!("2020,{unit},d,3,{error_of_d}\n"));
    }
    text.push_str("2020,w,a,,\n");
    let observations = read_csv(&pack, None, "test.csv", text.as_bytes()).expect("sound rows");
    let leaf = |code: &str| pack.versions[0].tree.find(code).expect("a leaf");
    let cells =
        (0..2).flat_map(|unit| ["a", "b", "c"].map(|code| (Edition(2020), unit, leaf(code))));
    let replicates = Replicates {
        units: vec!["u".into(), "v".into()],
        cells: cells.collect(),
        factors: vec![0.5, 0.5],
        values: [
            [3.5, 3.5, 3.5, 3.0, 3.0, 3.0],
            [2.5, 2.5, 2.5, 3.0, 3.0, 3.0],
        ]
        .concat(),
        from_sample: true,
    };
    let scoring = Scoring {
        pack: &pack,
        units: None,
        observations: &observations,
        context: &Context::default(),
        sampling: Some(Sampling::default()),
        covariances: None,
        replicates: Some(&replicates),
    };
    let mut editions = scoring.editions().expect("scores");
    editions.remove(&Edition(2020)).expect("an edition")
}

#[test]
fn replicates_move_leaves_together_and_a_leaf_without_an_error_leaves_those_above_unknown() {
    let known = replicated("0");
    let node = |scored: &Scored, code: &str| scored.version.tree.find(code).expect("a node");
    let error = |scored: &Scored, code: &str, unit| scored.standard_error(node(scored, code), unit);
    // All of p moves by 5 of 100 at once; q by half of it; x = (2p + q)/3.
    assert_close(&[error(&known, "p", 0).expect("an error")], &[5.0]);
    assert_close(&[error(&known, "q", 0).expect("an error")], &[2.5]);
    assert_close(&[error(&known, "x", 0).expect("an error")], &[12.5 / 3.0]);
    assert_eq!(error(&known, "x", 1), Some(0.0));
    assert_eq!(
        error(&known, "x", 2),
        None,
        "w has no score, and so no error"
    );
    let unknown = replicated("");
    assert_eq!(error(&unknown, "p", 0), error(&known, "p", 0));
    assert_eq!(
        [error(&unknown, "q", 0), error(&unknown, "x", 0)],
        [None, None]
    );
}

#[test]
fn a_covariance_counts_the_other_way_where_less_is_better_of_one_leaf() {
    let pack = pack_of(&format!("{GOALPOSTS}{MEAN}"), NODES);
    let text =
        "edition,unit,node,other,covariance\n2020,u,c,c,0.09\n2020,u,d,d,0.16\n2020,u,c,d,0.06\n";
    let covariances = LeafCovariances::read_csv(&pack, None, "test.csv", text.as_bytes());
    let with = scored(&pack, 1.0, Some(&covariances.expect("sound covariances")));
    let q = with.version.tree.find("q").expect("a node");
    // q = (c + d)/2 on a scale of ten, d turned: 10·√(0.09 + 0.16 − 2·0.06)/2.
    let expected = 10.0 * 0.13f64.sqrt() / 2.0;
    assert_close(&[with.standard_error(q, 0).expect("an error")], &[expected]);
}
