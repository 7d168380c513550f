//! Plans and frames that no sample can be drawn from.

use std::fs;

use super::support::*;

#[test]
fn a_plan_with_a_fault_is_refused_with_its_line() {
    let plan = example("plan.toml");
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "take = 2\nmethod",
            "tak = 2\nmethod",
            &["plan.toml:23", "tak"],
        ),
        (
            "\"simple_random\"",
            "\"srs\"",
            &["plan.toml:32", "`srs`", "pps_brewer"],
        ),
        (
            "take = 2\nmethod",
            "take = -2\nmethod",
            &["plan.toml:23", "-2"],
        ),
        ("take = 2\n", "", &["plan.toml:21", "no take"]),
        (
            "size = \"adults\"\n",
            "",
            &["no size", "commune is drawn by size"],
        ),
        ("seed = 20261125\n", "", &["plan.toml", "no seed", "--seed"]),
        (
            "minimum = 5",
            "minimum = 8",
            &["found a sample of 20", "22"],
        ),
        ("take = 20", "take = 33", &["found a sample of 33", "32"]),
        (
            "rule = \"proportional\"",
            "rule = \"neyman\"",
            &["measures"],
        ),
        (
            "certain = \"commune_seat\"",
            "certain = \"commune_seat\"\ntake = 3",
            &["found take", "[allocation]"],
        ),
        (
            "domains = [\"province\"]",
            "domains = []",
            &["[allocation] without domains"],
        ),
        (
            "take = 2\nmethod = \"pps_sampford\"",
            "take = 2\nmethod = \"pps_sampford\"\nin_the_field = true",
            &["plan.toml:21", "last stage"],
        ),
        (
            "take = 2\nmethod",
            "take = 2\nreplacements = 1\nmethod",
            &["stage village", "replacements"],
        ),
        (
            "take = 15",
            "take = 15\ntake_by = { P09 = 3 }",
            &["stage person", "P09"],
        ),
        ("take = 2\n", "take = 20\n", &["P01/C", "village", "20"]),
        (
            "level = \"person\"\nin_the_field = true",
            "level = \"weight\"\nin_the_field = true",
            &["named weight"],
        ),
        (
            "level = \"person\"\nin_the_field = true",
            "level = \"person\"",
            &[
                "simulated-frame.csv",
                "commune_seat",
                "expected also person",
            ],
        ),
    ];
    for (old, new, parts) in cases {
        assert!(plan.contains(old), "{old}");
        let message = Job::new(&plan.replacen(old, new, 1)).refused();
        says(&message, parts);
    }
    let without = "frame = 'simulated-frame.csv'\nseed = 1\n";
    says(&Job::new(without).refused(), &["no stage"]);
    let both = example("villages.toml").replace("preset", "domains = ['province']\npreset");
    says(
        &Job::new(&both).refused(),
        &["plan.toml:7", "beside a preset"],
    );
    let short = example("villages.toml").replace("take = [8, 2]", "take = [8]");
    says(
        &Job::new(&short).refused(),
        &["plan.toml:18", "1 numbers in take"],
    );
}

#[test]
fn a_frame_with_a_fault_is_refused_with_its_row() {
    let frame = example("simulated-frame.csv");
    let first = "P01,C01,V1,343,1,1";
    let cases: &[(&str, &[&str])] = &[
        (
            "P01,C01,V1,-343,1,1",
            &["row 1", "P01/C01/V1", "-343", "0 or above"],
        ),
        ("P01,C01,V1,,1,1", &["P01/C01", "no size"]),
        ("P01,C01,V1,inf,1,1", &["row 1", "adults", "inf", "finite"]),
        ("P01,C01,V1,many,1,1", &["adults"]),
        ("P01,,V1,343,1,1", &["row 1", "empty identifier", "commune"]),
        ("P01,C/1,V1,343,1,1", &["row 1", "C/1", "without /"]),
        (
            "P01,C01,V1,343,2,1",
            &["row 1", "commune_seat `2`", "1 or 0"],
        ),
        ("P01,C01,V1,343,0,1", &["rows 1 and 2", "certainty unit"]),
        (
            "P01,C01,V2,343,1,1",
            &["rows 1 and 2", "both the unit P01/C01/V2"],
        ),
    ];
    assert!(frame.contains(first));
    for (row, parts) in cases {
        let job = Job::new(&example("plan.toml"));
        job.write("simulated-frame.csv", &frame.replacen(first, row, 1));
        let message = job.refused();
        says(&message, &["simulated-frame.csv"]);
        says(&message, parts);
    }
    let job = Job::new(&example("plan.toml"));
    fs::remove_file(job.path("simulated-frame.csv")).unwrap();
    says(&job.refused(), &["simulated-frame.csv", "cannot open"]);
    let job = Job::new(&example("plan.toml"));
    job.write("simulated-frame.csv", "province,commune\nP01,C01\n");
    says(
        &job.refused(),
        &["province, commune", "expected also village"],
    );
    let neyman = "rule = \"neyman\"\nmeasures = \"measures.csv\"";
    let plan = example("plan.toml").replace("rule = \"proportional\"", neyman);
    let job = Job::new(&plan);
    job.write("measures.csv", "province,deviation\nP01,28\nP02,31\n");
    says(&job.refused(), &["measures.csv", "no row of P03"]);
}

#[test]
fn numbers_beyond_all_measure_are_met_or_refused_but_never_overflow() {
    let huge = "take = 9223372036854775807\nreplacements = 9223372036854775807";
    let plan = example("plan.toml").replace("take = 15\nreplacements = 5", huge);
    let sample = rows(&Job::new(&plan).draw(&[]));
    // Every adult of the villages drawn, so nobody is left to stand by.
    assert!(
        sample
            .iter()
            .all(|unit| unit["fpc3"] == "1" && unit["role"] == "selected")
    );
    let plan = "frame = 'list.csv'\nsize = 'adults'\nseed = 3\ndomains = ['province']\n\
                [allocation]\ntake = 60\nrule = 'proportional'\n\
                [[stage]]\nlevel = 'person'\nin_the_field = true\nmethod = 'simple_random'\n";
    let job = Job::new(plan);
    job.write("list.csv", "province,adults\nA,1e300\nB,1e300\n");
    says(&job.refused(), &["list.csv", "province A", "whole number"]);
}
