//! What a recipe can say: parameters by node, steps between levels, expressions, panels, missing cells.

use crate::common::*;

const STEP: &str = "[[version.step]]\ndo = ";

#[test]
fn parameters_differ_by_node_and_the_last_override_that_fits_holds() {
    let steps = format!(
        "{STEP}\"normalise\"\nmethod = \"goalposts\"\nhigh = {{ a = 10, b = 20, c = 30, d = 40 }}\n\
         [[version.step.override]]\nwithin = [\"q\"]\nhigh = 50\n\
         [[version.step.override]]\nnodes = [\"d\"]\nhigh = 60\n{MEAN}"
    );
    let runner = run(&steps, &whole(), "");
    assert_close(&column(&runner, "a"), &[1.0, 2.0, 4.0, 3.0]);
    assert_close(&column(&runner, "b"), &[4.0, 8.0, 2.0, 16.0]);
    assert_close(&column(&runner, "c"), &[15.0, 5.0, 25.0, 10.0]);
    assert_close(&column(&runner, "d"), &[36.0, 42.0, 54.0, 48.0]);
}

#[test]
fn groups_aggregate_in_their_own_way_by_file_or_by_override() {
    let by_override = format!(
        "{GOALPOSTS}{MEAN}[[version.step.override]]\nnodes = [\"p\"]\nmethod = \"geometric\"\n"
    );
    let by_file = pack_of(
        &format!("{GOALPOSTS}{MEAN}"),
        &NODES.replace("P,,,2,,", "P,,,2,,geometric"),
    );
    let by_file = runner(&by_file, &whole(), "").expect("a run");
    let by_override = run(&by_override, &whole(), "");
    // a and b weigh 1 and 3: 10·(1·2³)^¼ for the first unit.
    assert!((column(&by_file, "p")[0] - 10.0 * 8.0_f64.powf(0.25)).abs() < 1e-12);
    for code in ["p", "q", "x"] {
        assert_eq!(column(&by_file, code), column(&by_override, code));
    }
    // q stays a mean, and x one of both.
    let expected: Vec<f64> = column(&by_file, "p")
        .iter()
        .zip(column(&by_file, "q"))
        .map(|(p, q)| (2.0 * p + q) / 3.0)
        .collect();
    assert_close(&column(&by_file, "x"), &expected);
}

#[test]
fn a_level_between_two_aggregations_is_put_on_a_scale_of_its_own() {
    let steps = format!(
        "{GOALPOSTS}{STEP}\"aggregate\"\nlevel = 2\nmethod = \"mean\"\n\
         {STEP}\"normalise\"\nlevel = 2\nmethod = \"rank\"\n\
         {STEP}\"aggregate\"\nlevel = 3\nmethod = \"mean\"\n"
    );
    let runner = run(&steps, &whole(), "");
    // p before ranks: 17.5, 35, 17.5, 67.5 (a by 1, b by 3).
    assert_close(&column(&runner, "p"), &[1.0, 3.0, 1.0, 4.0]);
    let mixed = column(&runner, "p").into_iter().zip(column(&runner, "q"));
    let expected: Vec<f64> = mixed.map(|(p, q)| (2.0 * p + q) / 3.0).collect();
    assert_close(&column(&runner, "x"), &expected);
}

#[test]
fn an_expression_reads_other_nodes_and_the_context() {
    let steps = format!(
        "{STEP}\"expression\"\nnodes = [\"a\"]\nexpression = \"value + b * people\"\n\
         {STEP}\"normalise\"\nmethod = \"none\"\nnodes = [\"a\", \"b\", \"c\"]\n{GOALPOSTS}{MEAN}"
    );
    let people = "edition,unit,people\n,u,0.5\n,v,0\n,w,1\n,z,0.25\n";
    let runner = run(&steps, &whole(), people);
    // On goalposts from 0 to 10, a score is ten times the value.
    assert_close(&column(&runner, "a"), &[20.0, 20.0, 50.0, 50.0]);
}

#[test]
fn an_expression_gives_no_value_to_what_does_not_concern_a_unit() {
    let steps =
        format!("{STEP}\"expression\"\nexpression = \"coalesce(value, 1)\"\n{GOALPOSTS}{MEAN}");
    let rows = whole()
        .replace("2020,u,a,1,", "2020,u,a,,")
        .replace("2020,u,a,1\n", "2020,u,a,,not_applicable\n")
        .replace("2020,v,a,2\n", "2020,v,a,,missing\n");
    let runner = run(&steps, &rows, "");
    assert_close(&column(&runner, "a"), &[f64::NAN, 10.0, 40.0, 30.0]);
}

#[test]
fn one_norm_over_the_panel_or_one_an_edition() {
    let rows = table(&[("u", ["0", "0", "0", "0"]), ("v", ["2", "2", "2", "2"])])
        + &of_edition(
            2021,
            &[("u", ["4", "4", "4", "4"]), ("n", ["1", "1", "1", "1"])],
        );
    // Rows: 2020 u, v; 2021 n, u.
    let own = run(&format!("{MINMAX}{MEAN}"), &rows, "");
    assert_close(&column(&own, "a"), &[0.0, 100.0, 0.0, 100.0]);
    let panel = run(&format!("{MINMAX}over = \"panel\"\n{MEAN}"), &rows, "");
    assert_close(&column(&panel, "a"), &[0.0, 50.0, 25.0, 100.0]);
    assert_close(&column(&panel, "d"), &[100.0, 50.0, 75.0, 0.0]);
}

#[test]
fn a_gap_is_filled_from_editions_before_or_between_them() {
    let edition = |year: i32, a: &str| of_edition(year, &[("u", [a, "1", "1", "1"])]);
    let rows = edition(2020, "2") + &edition(2021, "-") + &edition(2022, "-") + &edition(2023, "8");
    let with = |method: &str| {
        run(
            &format!("{STEP}\"impute\"\nmethod = {method}\n{GOALPOSTS}{MEAN}"),
            &rows,
            "",
        )
    };
    assert_close(&column(&with("\"linear\""), "a"), &[20.0, 40.0, 60.0, 80.0]);
    assert_close(
        &column(&with("\"previous\""), "a"),
        &[20.0, 20.0, 20.0, 80.0],
    );
    assert_close(
        &column(&with("\"previous\"\nage = 1"), "a"),
        &[20.0, 20.0, f64::NAN, 80.0],
    );
}

#[test]
fn screened_units_take_no_part_in_what_fills_others() {
    let rows = table(&[
        ("u", ["1", "2", "3", "4"]),
        ("v", ["-", "4", "1", "3"]),
        ("w", ["9", "-", "-", "-"]),
        ("z", ["3", "8", "2", "2"]),
    ]);
    let steps = format!(
        "{STEP}\"screen\"\nmethod = \"available\"\navailable_share = 0.5\n\
         {STEP}\"impute\"\nmethod = \"mean\"\n{GOALPOSTS}{MEAN}"
    );
    let runner = run(&steps, &rows, "");
    assert_eq!(runner.excluded(), [false, false, true, false]);
    assert_close(&column(&runner, "a"), &[10.0, 20.0, f64::NAN, 30.0]);
    assert!(column(&runner, "x")[2].is_nan());
}

#[test]
fn missing_propagates_or_is_left_out_and_not_applicable_never_counts() {
    let rows = table(&[
        ("u", ["-", "2", "3", "4"]),
        ("v", ["/", "4", "1", "3"]),
        ("z", ["3", "8", "2", "2"]),
    ]);
    for method in [
        "mean",
        "geometric",
        "harmonic",
        "mazziotta_pareto",
        "copeland",
        "benefit_of_the_doubt",
    ] {
        let with = |rest: &str| {
            let steps = format!(
                "{GOALPOSTS}{STEP}\"aggregate\"\nlevel = 2\nmethod = \"{method}\"\n{rest}\n\
                {STEP}\"aggregate\"\nlevel = 3\nmethod = \"mean\"\n{rest}\n"
            );
            column(&run(&steps, &rows, ""), "p")
        };
        let propagated = with("");
        assert_eq!(
            propagated.iter().map(|p| p.is_nan()).collect::<Vec<_>>(),
            [true, false, false],
            "{method}"
        );
        assert!(
            with("missing = \"available\"").iter().all(|p| !p.is_nan()),
            "{method}"
        );
        let most = with("missing = \"available\"\navailable_share = 0.6");
        assert_eq!(
            most.iter().map(|p| p.is_nan()).collect::<Vec<_>>(),
            [true, false, false],
            "{method}"
        );
    }
}
