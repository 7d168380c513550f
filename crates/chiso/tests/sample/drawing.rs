//! Samples, their probabilities, their reports and the survey that fits them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use super::support::*;

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_another_sample() {
    let job = Job::new(&example("plan.toml"));
    job.draw(&[]);
    let read = |job: &Job| FILES.map(|name| fs::read(job.path("out").join(name)).unwrap());
    let first = read(&job);
    job.draw(&["--seed", "20261125"]);
    assert!(read(&job) == first);
    let other = job.draw(&["--seed", "1"]);
    assert_ne!(other.as_bytes(), first[0]);
    let provenance: serde_json::Value =
        serde_json::from_str(&job.read("out/provenance.json")).unwrap();
    assert_eq!(provenance["seed"], 1);
    assert_eq!(provenance["selected"], 600);
    assert_eq!(provenance["replacements"], 200);
}

#[test]
fn weights_of_a_province_add_up_to_its_adults() {
    let job = Job::new(&example("plan.toml"));
    let sample = rows(&job.draw(&[]));
    let mut adults: BTreeMap<String, f64> = BTreeMap::new();
    for unit in rows(&example("simulated-frame.csv")) {
        *adults.entry(unit["province"].clone()).or_default() += number(&unit, "adults");
    }
    for (province, adults) in adults {
        let of_province = |unit: &&BTreeMap<String, String>| {
            unit["province"] == province && unit["role"] == "selected"
        };
        let weights = sample
            .iter()
            .filter(of_province)
            .map(|unit| number(unit, "weight"));
        let sum: f64 = weights.sum();
        // Each village weighs what its commune has over the villages drawn, and each commune likewise.
        assert!(
            (sum / adults - 1.0).abs() < 1e-12,
            "{province}: {sum} of {adults}"
        );
    }
}

#[test]
fn communes_have_the_probability_that_their_size_gives() {
    let job = Job::new(&example("plan.toml"));
    let sample = rows(&job.draw(&[]));
    let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
    let mut seat = String::new();
    for unit in rows(&example("simulated-frame.csv")) {
        if unit["province"] == "P01" {
            *sizes.entry(unit["commune"].clone()).or_default() += number(&unit, "adults");
            if unit["commune_seat"] == "1" {
                seat.clone_from(&unit["commune"]);
            }
        }
    }
    let others: f64 = sizes
        .iter()
        .filter(|(id, _)| **id != seat)
        .map(|(_, size)| size)
        .sum();
    let mut met = BTreeSet::new();
    for unit in sample.iter().filter(|unit| unit["province"] == "P01") {
        met.insert(unit["commune"].clone());
        let expected = match unit["commune"] == seat {
            true => 1.0,
            // Nine communes, one of them the seat.
            false => 8.0 * sizes[&unit["commune"]] / others,
        };
        assert!((number(unit, "fpc1") - expected).abs() < 1e-12, "{unit:?}");
        let product: f64 = ["fpc1", "fpc2", "fpc3"]
            .map(|name| number(unit, name))
            .iter()
            .product();
        assert!((number(unit, "probability") / product - 1.0).abs() < 1e-12);
        assert!((number(unit, "weight") * product - 1.0).abs() < 1e-12);
    }
    assert!(met.contains(&seat));
    assert_eq!(met.len(), 9);
}

#[test]
fn the_reports_say_what_the_frame_holds_and_what_came_out() {
    let job = Job::new(&example("plan.toml"));
    job.draw(&[]);
    let text = job.read("out/frame-report.txt");
    for line in [
        "simulated-frame.csv, 199 rows",
        "village              199 units, sizes 143 to 1979, sum 110628",
        "P03: 5 (5.000 before rounding; the minimum)",
        "P01, commune: 9 of 9 planned, 1 certain",
        "90 of 90 replacements",
        "lonely strata        none",
    ] {
        says(&text, &[line]);
    }
    let report: serde_json::Value =
        serde_json::from_str(&job.read("out/frame-report.json")).unwrap();
    assert_eq!(report["frame"]["levels"][1]["units"], 32);
    assert_eq!(report["allocation"]["shares"][0]["take"], 9);
    assert_eq!(report["sample"]["stages"].as_array().unwrap().len(), 9);
}

#[test]
fn the_survey_beside_the_sample_runs_and_finds_the_population() {
    for plan in ["plan.toml", "villages.toml"] {
        let job = Job::new(&example(plan));
        job.draw(&[]);
        let estimates = |specification: &str| {
            let mut command = chiso(&["estimate", specification]);
            let assert = command.current_dir(job.path("out")).assert().success();
            rows(&String::from_utf8(assert.get_output().stdout.clone()).unwrap())
        };
        let sample = rows(&job.read("out/sample.csv"));
        let weights = |province: &str| -> f64 {
            let of = sample
                .iter()
                .filter(|unit| unit["province"] == province && unit["role"] == "selected");
            of.map(|unit| number(unit, "weight")).sum()
        };
        let found = estimates("survey.toml");
        assert_eq!(found.len(), 3);
        for row in &found {
            let sum = weights(&row["province"]);
            assert!(
                (number(row, "estimate") / sum - 1.0).abs() < 1e-12,
                "{row:?}"
            );
        }
        // The other design, which stands there as a comment.
        let other: String = job
            .read("out/survey.toml")
            .lines()
            .filter(|line| !line.starts_with("strata") && !line.starts_with("clusters"))
            .map(|line| {
                let keys = ["# strata", "# clusters", "# fpc", "# pps", "# lonely_psu"];
                let is_key = keys.iter().any(|key| line.starts_with(key));
                format!("{}\n", if is_key { &line[2..] } else { line })
            })
            .collect();
        job.write("out/stages.toml", &other);
        for (one, row) in found.iter().zip(estimates("stages.toml")) {
            assert!((number(&row, "estimate") / number(one, "estimate") - 1.0).abs() < 1e-12);
            assert!(number(&row, "se").is_finite());
        }
    }
}

#[test]
fn the_preset_is_what_its_stages_written_out_are() {
    let preset = Job::new(&example("villages.toml"));
    let stages = "frame = 'simulated-frame.csv'\nsize = 'adults'\nseed = 7\ndomains = ['province']\n\
        [[stage]]\nlevel = 'commune'\ntake = 4\ntake_by = { P01 = 8 }\nmethod = 'pps_sampford'\n\
        certain = 'commune_seat'\nshortage = 'take_all'\n\
        [[stage]]\nlevel = 'village'\ntake = 2\nmethod = 'pps_sampford'\n\
        certain = 'village_seat'\nshortage = 'take_all'\n\
        [[stage]]\nlevel = 'person'\nin_the_field = true\ntake = 20\ntake_by = { P01 = 30 }\n\
        replacements = 10\nreplacements_by = { P01 = 15 }\nmethod = 'simple_random'\n\
        shortage = 'take_all'\n";
    assert_eq!(preset.draw(&[]), Job::new(stages).draw(&[]));
}

#[test]
fn neither_the_order_of_the_frame_nor_its_form_matters() {
    let job = Job::new(&example("plan.toml"));
    let sample = job.draw(&[]);
    let frame = example("simulated-frame.csv");
    let mut lines: Vec<&str> = frame.lines().collect();
    lines[1..].reverse();
    job.write("reversed.csv", &(lines.join("\n") + "\n"));
    assert_eq!(job.draw(&["--frame", "reversed.csv"]), sample);
    let units = rows(&frame);
    let column = |name: &str| -> ArrayRef {
        let texts = || units.iter().map(|unit| unit[name].as_str());
        match texts().map(str::parse).collect::<Result<Vec<i64>, _>>() {
            Ok(numbers) => Arc::new(Int64Array::from(numbers)),
            Err(_) => Arc::new(StringArray::from_iter_values(texts())),
        }
    };
    let names = ["province", "commune", "village", "adults", "commune_seat"];
    let batch = RecordBatch::try_from_iter(names.map(|name| (name, column(name)))).unwrap();
    let file = fs::File::create(job.path("frame.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert_eq!(job.draw(&["--frame", "frame.parquet"]), sample);
    let output = job.command(&[]).assert().success();
    assert_eq!(output.get_output().stdout, sample.as_bytes());
}

#[test]
fn neyman_divides_by_units_times_deviations() {
    let plan = example("plan.toml").replace(
        "rule = \"proportional\"\nminimum = 5",
        "rule = \"neyman\"\nmeasures = \"measures.csv\"",
    );
    let job = Job::new(&plan);
    job.draw(&[]);
    let report: serde_json::Value =
        serde_json::from_str(&job.read("out/frame-report.json")).unwrap();
    // 16 · 28, 10 · 31, 6 · 24: 20 times 448, 310 and 144 of 902, the largest remainders up.
    for (share, (exact, take)) in report["allocation"]["shares"]
        .as_array()
        .unwrap()
        .iter()
        .zip([(448.0, 10), (310.0, 7), (144.0, 3)])
    {
        let found = share["before_rounding"].as_f64().unwrap();
        assert!((found - 20.0 * exact / 902.0).abs() < 1e-12);
        assert_eq!(share["take"], take);
    }
    let provenance = job.read("out/provenance.json");
    says(&provenance, &["\"file\": \"measures.csv\""]);
}

#[test]
fn one_stage_from_a_list_needs_neither_domains_nor_sizes() {
    let plan = "frame = 'simulated-frame.csv'\nseed = 3\n\
                [[stage]]\nlevel = 'village'\ntake = 10\nmethod = 'systematic'\n";
    let job = Job::new(plan);
    let list: String = (1..=50).map(|unit| format!("{unit}\n")).collect();
    job.write("list.csv", &format!("village\n{list}"));
    let sample = rows(&job.draw(&["--frame", "list.csv"]));
    assert_eq!(sample.len(), 10);
    assert!(sample.iter().all(|unit| number(unit, "weight") == 5.0));
    assert!(!job.read("out/survey.toml").contains("\nby = "));
}

#[test]
fn a_survey_that_was_filled_in_is_not_lost_to_a_second_draw() {
    let job = Job::new(&example("plan.toml"));
    let sample = job.draw(&[]);
    let edited = job.read("out/survey.toml") + "# my own\n";
    job.write("out/survey.toml", &edited);
    let arguments = ["--out", "out", "--seed", "1"];
    let assert = job.command(&arguments).assert().failure().code(2);
    let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    says(&message, &["survey.toml", "expected none"]);
    assert_eq!(job.read("out/survey.toml"), edited);
    assert_eq!(job.read("out/sample.csv"), sample);
}

#[test]
fn a_frames_faults_are_all_shown_before_the_first_is_refused() {
    let job = Job::new(&example("plan.toml"));
    let frame = example("simulated-frame.csv");
    let first = frame.lines().nth(1).unwrap();
    let faulty = format!("{frame}{first}\nP01,C02,V90,,0,0\nP01,C02,V91,0,0,0\n");
    job.write("simulated-frame.csv", &faulty);
    let arguments = ["--out", "out", "--explain"];
    let assert = job.command(&arguments).assert().failure().code(2);
    let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    says(
        &text,
        &[
            "twice                1: rows 1 and 200",
            "without a size       1: P01/C02/V90",
            "of size 0            1: P01/C02/V91",
            "rows 1 and 200 of the frame are both the unit P01/C01/V1",
        ],
    );
    assert!(!job.path("out").exists());
}

#[test]
fn persons_of_domains_can_be_allocated_by_the_size_of_each() {
    let plan = "frame = 'list.csv'\nsize = 'adults'\nseed = 3\ndomains = ['province', 'area']\n\
                [allocation]\ntake = 60\nrule = 'proportional'\nminimum_by = { 'B/rural' = 12 }\n\
                [[stage]]\nlevel = 'person'\nin_the_field = true\nmethod = 'simple_random'\n";
    let job = Job::new(plan);
    job.write(
        "list.csv",
        "province,area,adults\nA,urban,3000\nA,rural,1800\nB,urban,1000\nB,rural,200\n",
    );
    let sample = rows(&job.draw(&[]));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for unit in &sample {
        *counts.entry(unit["stratum"].clone()).or_default() += 1;
    }
    // 48 units beside the minimum, by 3,000, 1,800 and 1,000 of 5,800: 24.8, 14.9, 8.3.
    let expected = [
        ("A/rural", 15),
        ("A/urban", 25),
        ("B/rural", 12),
        ("B/urban", 8),
    ];
    assert_eq!(
        counts,
        expected.map(|(id, count)| (id.to_owned(), count)).into()
    );
    assert!(
        job.read("out/survey.toml")
            .contains("by = ['\"province\"', '\"area\"']")
    );
}

#[test]
fn the_plans_of_the_guide_are_those_of_the_example() {
    let path = examples().join("../../docs/guides/sampling.md");
    let guide = fs::read_to_string(path).unwrap();
    let plans: Vec<&str> = guide
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    let names = ["plan.toml", "villages.toml"];
    assert_eq!(plans.len(), names.len());
    for (plan, name) in plans.into_iter().zip(names) {
        assert!(example(name).ends_with(plan), "{name}");
    }
}
