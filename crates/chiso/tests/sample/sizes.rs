//! How large a sample has to be.

use super::support::*;

fn size(arguments: &[&str]) -> String {
    let assert = chiso(&["sample"]).args(arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_size_of_a_sample_follows_from_the_wanted_margin() {
    let text = size(&["--size", "proportion", "--margin", "0.03"]);
    says(&text, &["sample               1068 interviews"]);
    // Cochran 1977, §4.4, with t = 2: 400, and 356 of a population of 3,200.
    let two = [
        "--size",
        "proportion",
        "--margin",
        "0.05",
        "--confidence",
        "0.954499736103642",
    ];
    says(&size(&two), &[" 400 interviews"]);
    let finite = size(&[&two[..], &["--population", "3200"]].concat());
    says(&finite, &[" 356 interviews"]);
    let mean = [
        "--size",
        "mean",
        "--deviation",
        "20",
        "--expected",
        "50",
        "--cv",
        "0.02",
        "--deff",
        "1.5",
        "--response-rate",
        "0.8",
    ];
    says(&size(&mean), &[" 600 interviews", "750 to be drawn"]);
}

#[test]
fn clusters_cost_interviews_and_a_difference_takes_two_groups() {
    let clusters = [
        "--size",
        "proportion",
        "--margin",
        "0.05",
        "--per-cluster",
        "20",
        "--correlation",
        "0.05",
    ];
    // 1.95 times 384.146, in clusters of 20.
    says(
        &size(&clusters),
        &[
            "design effect        1.95",
            " 750 interviews",
            "38 clusters of 20",
        ],
    );
    // R 4.2.2: power.prop.test(p1 = .50, p2 = .75, power = .90)$n = 76.7.
    let compared = [
        "--size",
        "proportion",
        "--expected",
        "0.5",
        "--against",
        "0.75",
        "--power",
        "0.9",
    ];
    says(
        &size(&compared),
        &[
            "first group          77 interviews",
            "second group         77 interviews",
        ],
    );
    let means = [
        "--size",
        "mean",
        "--expected",
        "51",
        "--against",
        "50",
        "--deviation",
        "1",
    ];
    says(&size(&means), &["16 interviews (15.698 before rounding"]);
}

#[test]
fn a_size_without_what_it_needs_is_refused() {
    let cases: &[(&[&str], &str)] = &[
        (&["--size", "mean", "--margin", "1"], "--deviation"),
        (&["--size", "proportion"], "--relative-margin"),
        (
            &["--size", "proportion", "--margin", "0"],
            "found the margin = 0",
        ),
        (
            &[
                "--size",
                "proportion",
                "--margin",
                "0.1",
                "--confidence",
                "95",
            ],
            "confidence = 95",
        ),
        (
            &[
                "--size",
                "mean",
                "--deviation",
                "1",
                "--relative-margin",
                "0.1",
            ],
            "no mean",
        ),
        (
            &["--size", "total", "--deviation", "1", "--margin", "9"],
            "no population",
        ),
        (
            &["--size", "proportion", "--against", "0.5"],
            "the same value, 0.5",
        ),
        (
            &["--size", "mean", "--deviation", "1", "--against", "0.5"],
            "--expected",
        ),
        (
            &["--size", "proportion", "--margin", "0.1", "--cv", "0.1"],
            "--cv",
        ),
        (&["--margin", "0.1"], "--size"),
        (&[], "PLAN"),
    ];
    for (arguments, part) in cases {
        let assert = chiso(&["sample"])
            .args(*arguments)
            .assert()
            .failure()
            .code(2);
        let output = assert.get_output();
        assert!(output.stdout.is_empty());
        says(&String::from_utf8_lossy(&output.stderr), &[part]);
    }
}
