//! What holds whatever the figures: invariance, order, and stages that are kept.

use chiso_index::engine::{Context, Plan, Runner};
use proptest::prelude::*;

use crate::common::*;

fn rows_of(values: &[[f64; 4]]) -> String {
    let mut text = String::new();
    for (unit, values) in values.iter().enumerate() {
        for (code, value) in ["a", "b", "c", "d"].iter().zip(values) {
            text.push_str(&format!("2020,u{unit:02},{code},{value}\n"));
        }
    }
    text
}

/// Units whose values differ in every column.
fn figures() -> impl Strategy<Value = Vec<[f64; 4]>> {
    prop::collection::vec(prop::array::uniform4(0.5f64..9.0), 4..12).prop_map(|mut units| {
        for (place, values) in units.iter_mut().enumerate() {
            values
                .iter_mut()
                .for_each(|value| *value += place as f64 * 1e-3);
        }
        units
    })
}

const TREAT: &str = "[[version.step]]\ndo = \"treat\"\nmethod = \"winsorise\"\nmost = 2\n";
const IMPUTE: &str = "[[version.step]]\ndo = \"impute\"\nmethod = \"mean\"\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_affine_change_of_an_indicator_changes_no_minmax_score(
        values in figures(), which in 0usize..4, factor in 0.1f64..1.0, shift in 0.0f64..0.5,
    ) {
        let steps = format!("{MINMAX}{MEAN}");
        let mut other = values.clone();
        other.iter_mut().for_each(|unit| unit[which] = unit[which] * factor + shift);
        let (before, after) = (run(&steps, &rows_of(&values), ""), run(&steps, &rows_of(&other), ""));
        for code in ["a", "b", "c", "d", "p", "q", "x"] {
            for (a, b) in column(&before, code).iter().zip(column(&after, code)) {
                prop_assert!((a - b).abs() < 1e-9, "{code}: {a} {b}");
            }
        }
    }

    #[test]
    fn units_in_another_order_have_the_same_scores(values in figures()) {
        let steps = format!("{IMPUTE}{TREAT}{MINMAX}{MEAN}");
        let reversed: Vec<[f64; 4]> = values.iter().rev().copied().collect();
        let (before, after) = (run(&steps, &rows_of(&values), ""), run(&steps, &rows_of(&reversed), ""));
        for code in ["a", "p", "q", "x"] {
            let mut after = column(&after, code);
            after.reverse();
            assert_close(&after, &column(&before, code));
        }
    }

    #[test]
    fn the_geometric_mean_is_never_above_the_arithmetic(values in figures()) {
        let rows = rows_of(&values);
        let arithmetic = run(&format!("{GOALPOSTS}{MEAN}"), &rows, "");
        let geometric = run(&format!("{GOALPOSTS}{}", MEAN.replace("mean", "geometric")), &rows, "");
        for code in ["p", "q", "x"] {
            for (g, a) in column(&geometric, code).iter().zip(column(&arithmetic, code)) {
                prop_assert!(*g <= a * (1.0 + 1e-14), "{code}: {g} above {a}");
            }
        }
    }

    #[test]
    fn after_any_changes_kept_stages_give_what_a_fresh_run_gives(
        values in figures(),
        changes in prop::collection::vec((0u8..4, any::<prop::sample::Index>(), 0.6f64..9.0), 1..12),
    ) {
        let steps = |most: u8| format!("{IMPUTE}{}{MINMAX}{MEAN}", TREAT.replace('2', &most.to_string()));
        let packs = [pack_of(&steps(2), NODES), pack_of(&steps(1), NODES)];
        let mut kept = runner(&packs[0], &rows_of(&values), "").expect("a run");
        let frame = kept.plan().frame().clone();
        let plans = packs.each_ref().map(|pack| {
            Plan::new(&pack.versions[0], &frame, &Context::default()).expect("a plan")
        });
        let mut state = (kept.leaves().to_vec(), kept.given_weights().to_vec(), vec![false; 7], 0);
        for (kind, place, number) in changes {
            match kind {
                0 => {
                    let cell = place.index(state.0.len());
                    state.0[cell] = number;
                    kept.leaves_mut()[cell] = number;
                }
                1 => {
                    state.1[place.index(7)] = number;
                    kept.set_weights(&state.1);
                }
                2 => {
                    let node = place.index(7);
                    state.2[node] = !state.2[node];
                    kept.set_dropped(&state.2);
                }
                _ => {
                    state.3 = 1 - state.3;
                    kept.set_stage(1, &plans[state.3].stages()[1]).expect("the same columns");
                }
            }
            kept.run().expect("a run");
            let mut fresh: Runner = runner(&packs[state.3], &rows_of(&values), "").expect("a run");
            fresh.leaves_mut().copy_from_slice(&state.0);
            fresh.set_weights(&state.1);
            fresh.set_dropped(&state.2);
            fresh.run().expect("a run");
            for code in ["a", "b", "c", "d", "p", "q", "x"] {
                let bits = |runner: &Runner| -> Vec<u64> {
                    column(runner, code).iter().map(|score| score.to_bits()).collect()
                };
                prop_assert_eq!(bits(&kept), bits(&fresh), "{}", code);
            }
        }
    }
}
