//! Numbers of the less usual methods through packs, by hand; and the order of nodes, which is none.

use chiso_index::numbers::correlation;
use proptest::prelude::*;

use crate::common::*;

fn aggregate(method: &str) -> String {
    format!(
        "{GOALPOSTS}[[version.step]]\ndo = \"aggregate\"\nmethod = \"{method}\"\nlevel = 2\n[[version.step]]\ndo = \"aggregate\"\nmethod = \"mean\"\nlevel = 3\n"
    )
}

#[test]
fn copeland_counts_who_outranks_whom_by_weight() {
    let found = run(&aggregate("copeland"), &whole(), "");
    // b weighs 3 of 4, so p orders by b: z, v, u, w; q is level between c and d only where they differ.
    assert_close(&column(&found, "p"), &[-1.0, 1.0, -3.0, 3.0]);
    // c: w u z v, d (turned): w z v u. u–v and u–z are one to one, v–z is z's.
    assert_close(&column(&found, "q"), &[-1.0, -2.0, 3.0, 0.0]);
}

#[test]
fn the_benefit_of_the_doubt_is_the_best_share_of_the_unit_that_leads_both_parts() {
    let found = run(&aggregate("benefit_of_the_doubt"), &whole(), "");
    // q: w leads c (50) and d (90), so every unit takes the better of its two shares.
    assert_close(
        &column(&found, "q"),
        &[60.0 / 90.0, 70.0 / 90.0, 1.0, 80.0 / 90.0],
    );
}

#[test]
fn mazziotta_and_pareto_take_off_what_is_out_of_balance() {
    let found = run(&aggregate("mazziotta_pareto"), &whole(), "");
    let (c, d) = (column(&found, "c"), column(&found, "d"));
    let expected: Vec<f64> = c
        .iter()
        .zip(&d)
        .map(|(c, d)| {
            let (mean, half) = ((c + d) / 2.0, (c - d) / 2.0);
            mean - half * half / mean
        })
        .collect();
    assert_close(&column(&found, "q"), &expected);
}

#[test]
fn balanced_weights_make_both_parts_as_important_as_intended() {
    for target in [1.0, 0.8] {
        let weight = format!(
            "[[version.step]]\ndo = \"weight\"\nmethod = \"balanced\"\nlevel = 2\ntarget = {{ p = 1, q = {target} }}\n"
        );
        let found = run(&format!("{GOALPOSTS}{weight}{MEAN}"), &whole(), "");
        let index = column(&found, "x");
        let importance =
            |code: &str| correlation(&column(&found, code), &index).expect("both vary");
        let ratio = importance("q") / importance("p");
        assert!((ratio - target).abs() < 1e-6, "{ratio} for {target}");
    }
}

#[test]
fn equal_weights_forget_those_that_were_given() {
    let weight = "[[version.step]]\ndo = \"weight\"\nmethod = \"equal\"\nlevel = 1\n";
    let found = run(&format!("{GOALPOSTS}{weight}{MEAN}"), &whole(), "");
    let (a, b) = (column(&found, "a"), column(&found, "b"));
    let expected: Vec<f64> = a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0).collect();
    assert_close(&column(&found, "p"), &expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_nodes_in_the_file_changes_no_score(order in Just((1..8).collect::<Vec<usize>>()).prop_shuffle()) {
        let lines: Vec<&str> = NODES.lines().collect();
        let mut shuffled = format!("{}\n", lines[0]);
        order.iter().for_each(|line| shuffled.push_str(&format!("{}\n", lines[*line])));
        for steps in [format!("{MINMAX}{MEAN}"), aggregate("copeland")] {
            let given = run(&steps, &whole(), "");
            let other = runner(&pack_of(&steps, &shuffled), &whole(), "").expect("a run");
            for code in ["x", "p", "q", "a", "d"] {
                assert_close(&column(&other, code), &column(&given, code));
            }
        }
    }
}
