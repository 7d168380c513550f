//! Errors of observations through a linear recipe.

use chiso_index::engine::Context;
use chiso_index::observations::{LeafCovariances, read_csv};
use chiso_index::score::{Sampling, Scoring};
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
