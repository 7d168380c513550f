//! The designs of `make_reference.R` by name, as columns and options.

use arrow_array::BooleanArray;
use chiso_survey::design::DesignOptions;

use super::calibrations::design_of;
use super::support::{Design, Frame};

/// A design, its data and the rows of a subset.
pub struct Known {
    pub frame: Frame,
    pub design: Design,
    pub keep: Option<BooleanArray>,
    /// The name of a calibration or trimming of the design.
    pub calibration: Option<String>,
}

/// The design of a name, which after `|` may have the condition of a subset.
pub fn known(name: &str) -> Option<Known> {
    let (name, subset) = name
        .split_once('|')
        .map_or((name, None), |(n, s)| (n, Some(s)));
    let calibrated = ["ps_", "rake_", "cal_", "trim_"]
        .iter()
        .any(|start| name.starts_with(start));
    let of = if calibrated { design_of(name) } else { name };
    let (data, design) = columns(of);
    let mut frame = Frame::read(&format!("data_{data}.csv"))?;
    derive(data, &mut frame);
    let keep = subset.map(|condition| rows_where(&frame, condition));
    Some(Known {
        frame,
        design,
        keep,
        calibration: calibrated.then(|| name.to_owned()),
    })
}

/// The file of data and the columns of a design.
pub fn columns(name: &str) -> (&'static str, Design) {
    let base = Design::default();
    let pw = Some("pw");
    let stype = || vec!["stype"];
    let dnum = || vec!["dnum"];
    match name {
        "apisrs_fpc" => (
            "apisrs",
            Design {
                fpc: vec!["fpc"],
                ..base
            },
        ),
        "apisrs_nofpc" => (
            "apisrs",
            Design {
                weights: pw,
                ..base
            },
        ),
        "apistrat_fpc" => (
            "apistrat",
            Design {
                strata: stype(),
                weights: pw,
                fpc: vec!["fpc"],
                ..base
            },
        ),
        "apistrat_nofpc" => (
            "apistrat",
            Design {
                strata: stype(),
                weights: pw,
                ..base
            },
        ),
        "apiclus1_fpc" => (
            "apiclus1",
            Design {
                clusters: dnum(),
                weights: pw,
                fpc: vec!["fpc"],
                ..base
            },
        ),
        "apiclus1_nofpc" => (
            "apiclus1",
            Design {
                clusters: dnum(),
                weights: pw,
                ..base
            },
        ),
        "apiclus2_fpc2" => (
            "apiclus2",
            Design {
                clusters: vec!["dnum", "snum"],
                fpc: vec!["fpc1", "fpc2"],
                ..base
            },
        ),
        "apiclus2_wr" => (
            "apiclus2",
            Design {
                clusters: vec!["dnum", "snum"],
                weights: pw,
                ..base
            },
        ),
        "apiclus2_fpc1" => (
            "apiclus2",
            Design {
                clusters: dnum(),
                weights: pw,
                fpc: vec!["fpc1"],
                ..base
            },
        ),
        "nhanes" => (
            "nhanes",
            Design {
                strata: vec!["SDMVSTRA"],
                clusters: vec!["SDMVPSU"],
                weights: Some("WTMEC2YR"),
                options: DesignOptions {
                    nest: true,
                    ..DesignOptions::default()
                },
                ..base
            },
        ),
        "mu284_fpc2" => (
            "mu284",
            Design {
                clusters: vec!["id1", "id2"],
                fpc: vec!["n1", "n2"],
                ..base
            },
        ),
        "mu284_fpc1_ultimatecluster" => (
            "mu284",
            Design {
                clusters: vec!["id1"],
                fpc: vec!["n1"],
                weights: Some("w"),
                ..base
            },
        ),
        "fpc_strat_fpc" | "fpc_strat_nofpc" => (
            "fpc",
            Design {
                strata: vec!["stratid"],
                clusters: vec!["psuid"],
                weights: Some("weight"),
                fpc: match name {
                    "fpc_strat_fpc" => vec!["Nh"],
                    _ => vec![],
                },
                options: DesignOptions {
                    nest: true,
                    ..DesignOptions::default()
                },
                ..base
            },
        ),
        "toy_certainty_2stage" | "toy_certainty_ultimate" => (
            "toy_certainty",
            Design {
                strata: vec!["st"],
                clusters: vec!["psu", "ssu"],
                fpc: vec!["N1", "N2"],
                options: DesignOptions {
                    ultimate_cluster: name == "toy_certainty_ultimate",
                    ..DesignOptions::default()
                },
                ..base
            },
        ),
        "pps_wr" => (
            "election_pps",
            Design {
                probabilities: vec!["p"],
                ..base
            },
        ),
        pps if pps.starts_with("pps_") => (
            "election_pps",
            Design {
                fpc: vec!["p"],
                ..base
            },
        ),
        "lonely_apistrat" => (
            "lonely_apistrat",
            Design {
                strata: stype(),
                weights: pw,
                ..base
            },
        ),
        "lonely_apistrat_fpc" => (
            "lonely_apistrat",
            Design {
                strata: stype(),
                weights: pw,
                fpc: vec!["fpc"],
                ..base
            },
        ),
        "lonely_apiclus2" => (
            "lonely_apiclus2",
            Design {
                strata: vec!["st"],
                clusters: dnum(),
                weights: pw,
                ..base
            },
        ),
        other => panic!("no design {other}"),
    }
}

/// Columns that the script adds to the data.
pub fn derive(data: &str, frame: &mut Frame) {
    if data.starts_with("nhanes") {
        for (new, old) in [("racef", "race"), ("sexf", "RIAGENDR")] {
            frame.columns.insert(new.into(), frame.text(old).to_vec());
        }
    }
    if data == "mu284" {
        // The weight is the product of what both stages took, of which the design states one.
        let (first, second) = (frame.text("id1"), frame.numbers("n2"));
        let clusters = first
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len() as f64;
        let weight = |row: usize| {
            let sampled = first.iter().filter(|id| **id == first[row]).count() as f64;
            let counts = frame.numbers("n1")[row].unwrap() / clusters;
            (counts * second[row].unwrap() / sampled).to_string()
        };
        let weights = (0..frame.rows).map(weight).collect();
        frame.columns.insert("w".into(), weights);
    }
}

/// The rows of the script's subsets.
fn rows_where(frame: &Frame, condition: &str) -> BooleanArray {
    let text = |name: &str| frame.text(name).iter().map(String::as_str);
    match condition {
        "comp.imp==Yes" => text("comp.imp").map(|value| Some(value == "Yes")).collect(),
        "stype!=H&api00>600" => text("stype")
            .zip(frame.numbers("api00"))
            .map(|(stype, api00)| Some(stype != "H" && api00.is_some_and(|value| value > 600.0)))
            .collect(),
        "race==4&agecat==(59,Inf]" => text("race")
            .zip(text("agecat"))
            .map(|(race, age)| Some(race == "4" && age == "(59,Inf]"))
            .collect(),
        "TotPrecincts>200" => frame
            .numbers("TotPrecincts")
            .into_iter()
            .map(|count| Some(count.is_some_and(|count| count > 200.0)))
            .collect(),
        "one PSU left in stratum A" => {
            let first = frame.text("dnum")[0].clone();
            text("st")
                .zip(text("dnum"))
                .map(|(stratum, dnum)| Some(stratum != "A" || dnum == first))
                .collect()
        }
        other => panic!("no subset {other}"),
    }
}
