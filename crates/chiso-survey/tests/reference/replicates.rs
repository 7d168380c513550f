//! Replicates: weights given as R made them, and weights made here.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use chiso_survey::design::{DesignOptions, LonelyPsu, Structure};
use chiso_survey::estimate::{
    QuantileDegrees, QuantileRequest, Replicated, ReplicatedInterval, Replication, RowColumns,
    Source, Statistic,
};
use chiso_survey::quantile::{QuantileInterval, QuantileRule};
use chiso_survey::replicate::{GivenScale, GivenWeights, ReplicateWeights, brr, given, jk1, jkn};
use chiso_survey::sums::{Rows, Sample};
use faer::Mat;

use super::calibrations::{ByCells, over_rows, trimming};
use super::designs::{Known, columns, derive};
use super::evaluate::{Request, compare_numbers, domain, request};
use super::support::{Design, Extra, Frame, Tabulate, block, reduce_with};
use super::table::{Account, Row};

/// What the index of replicate weights says of a design.
struct Entry {
    dataset: String,
    scale: f64,
    scales: Vec<f64>,
    mse: bool,
    degrees: f64,
}

fn index() -> Option<HashMap<String, Entry>> {
    let frame = Frame::read("replicate_weights_INDEX.csv")?;
    let number = |name: &str, row: usize| frame.text(name)[row].parse::<f64>().unwrap();
    let entry = |row: usize| {
        let scales = frame.text("rscales")[row].split(';');
        Entry {
            dataset: frame.text("dataset")[row].clone(),
            scale: number("scale", row),
            scales: scales.map(|scale| scale.parse().unwrap()).collect(),
            mse: frame.text("mse")[row] == "TRUE",
            degrees: number("degf", row),
        }
    };
    let names = frame.text("name").iter().cloned();
    Some(names.zip((0..frame.rows).map(entry)).collect())
}

/// A design whose rows are drawn one by one with the weights of a file, and R's replicates.
fn with_given(name: &str, entry: &Entry) -> (Known, Replication) {
    let mut frame = Frame::read(&format!("data_{}.csv", entry.dataset)).unwrap();
    derive(&entry.dataset, &mut frame);
    let base = Frame::read(&format!("base_weights_{name}.csv")).unwrap();
    frame.columns.insert("base".into(), base.text("w").to_vec());
    let table = Frame::read(&format!("replicate_weights_{name}.csv")).unwrap();
    let columns: Vec<Vec<Option<f64>>> = (1..=entry.scales.len())
        .map(|replicate| table.numbers(&format!("r{replicate}")))
        .collect();
    let matrix = Mat::from_fn(frame.rows, columns.len(), |row, r| columns[r][row].unwrap());
    let sampling_weights: Vec<f64> = base.numbers("w").into_iter().flatten().collect();
    let replicates = given(&GivenWeights {
        replicate_weights: matrix.as_ref(),
        sampling_weights: &sampling_weights,
        combined: true,
        scale: GivenScale::Stated {
            scale: entry.scale,
            replicate_scales: Some(&entry.scales),
        },
        mse: entry.mse,
    });
    let known = Known {
        frame,
        design: Design {
            weights: Some("base"),
            ..Design::default()
        },
        keep: None,
        calibration: None,
    };
    (known, Replication::given(replicates.unwrap()))
}

fn reduce(known: &Known, request: &Request, cells: Option<&[u32]>) -> (Sample, Rows) {
    let block = block(&known.frame, &known.design);
    let extra = Extra {
        cells,
        kept: request.kept.clone(),
    };
    let tabulations = std::slice::from_ref(&request.tabulation);
    reduce_with(&block, &known.design, tabulations, extra)
}

fn compare(row: &Row, found: &Replicated, degrees: f64, account: &mut Account) {
    let Some(variance) = found.variance else {
        return account.fault(row, "no variance");
    };
    let kind = match row.opt.as_str() {
        "deff=replace" => chiso_survey::estimate::DesignEffect::Replacement,
        _ => chiso_survey::estimate::DesignEffect::WithoutReplacement,
    };
    let effect = found.design_effect(kind);
    compare_numbers(
        row,
        found.value.unwrap(),
        variance,
        effect,
        degrees,
        account,
    );
}

/// The columns of R's expression of a function of weights: a ratio like any other.
fn weighted_by_enrolment(known: &Known) -> Request {
    let (api00, enroll) = (known.frame.numbers("api00"), known.frame.numbers("enroll"));
    let product = api00.iter().zip(&enroll).map(|(y, x)| Some((*y)? * (*x)?));
    let numerator: ArrayRef = Arc::new(product.collect::<Float64Array>());
    let denominator: ArrayRef = Arc::new(Float64Array::from(enroll));
    Request {
        tabulation: Tabulate {
            pairs: vec![(numerator.clone(), denominator.clone())],
            ..Tabulate::default()
        },
        source: Source::Pair(0),
        kept: vec![numerator, denominator],
        columns: RowColumns {
            variable: 0,
            denominator: Some(1),
        },
        statistic: Statistic::Ratio,
    }
}

fn wanted(known: &Known, row: &Row) -> Request {
    match row.fun.as_str() {
        "withReplicates" => weighted_by_enrolment(known),
        _ => request(known, row),
    }
}

/// What tells a statistic from the next: rows that differ in their interval are of one.
fn statistic(row: &Row) -> String {
    let Row {
        case,
        design,
        fun,
        y,
        level,
        by,
        by_level,
        ..
    } = row;
    [case, design, fun, y, level, by, by_level]
        .map(String::as_str)
        .join("\u{1f}")
}

#[test]
fn statistics_of_given_replicates_are_those_of_r() {
    let (Some(rows), Some(index)) = (Row::read("replicates.csv"), index()) else {
        return;
    };
    let mut account = Account::default();
    let mut designs: HashMap<String, (Known, Replication)> = HashMap::new();
    let mut last: Option<(String, Replicated)> = None;
    for row in rows.iter().filter(|row| row.case == "stat") {
        // These two are given in the folder by their base weights only.
        if matches!(&*row.design, "nhanes_JKn" | "nhanes2psu_JKn") {
            account.leave_out(
                row,
                "replicate weights are not in the folder; made here below",
            );
            continue;
        }
        let entry = &index[&row.design];
        if let Some((_, found)) = last.as_ref().filter(|(of, _)| *of == statistic(row)) {
            compare(row, found, entry.degrees, &mut account);
            continue;
        }
        let (known, replication) = designs
            .entry(row.design.clone())
            .or_insert_with(|| with_given(&row.design, entry));
        assert_eq!(replication.degrees_of_freedom() as f64, entry.degrees);
        let request = wanted(known, row);
        let (sample, kept) = reduce(known, &request, None);
        let of = [(request.columns, request.statistic)];
        let all = replication.estimates_of_rows(&sample, &kept, 0, &of);
        let found = all.unwrap()[domain(&sample, row)][0].clone();
        compare(row, &found, entry.degrees, &mut account);
        last = Some((statistic(row), found));
    }
    account.finish(765, 82);
}

/// The design from which R made a set of replicates, and how we make them.
type Maker = fn(&Structure) -> Replication;

fn make(
    structure: &Structure,
    of: impl FnOnce(
        &chiso_survey::replicate::PsuDesign,
    ) -> Result<ReplicateWeights, chiso_survey::replicate::ReplicateError>,
) -> Replication {
    Replication::of_psus(structure, of).unwrap()
}

fn maker(name: &str) -> Option<(&'static str, Design, Maker)> {
    let nested = |strata, cluster, weights| Design {
        strata: vec![strata],
        clusters: vec![cluster],
        weights,
        options: DesignOptions {
            nest: true,
            ..DesignOptions::default()
        },
        ..Design::default()
    };
    let from = |name: &str, maker: Maker| {
        let (data, design) = columns(name);
        (data, design, maker)
    };
    let nhanes = || nested("SDMVSTRA", "SDMVPSU", Some("WTMEC2YR"));
    let by_jk1: Maker = |structure| make(structure, jk1);
    let by_jkn: Maker = |structure| make(structure, |design| jkn(design, LonelyPsu::Fail));
    let by_brr: Maker = |structure| make(structure, |design| brr(design, 0.0));
    Some(match name {
        "apiclus1_JK1_fpc" => from("apiclus1_fpc", by_jk1),
        "apiclus1_JK1_nofpc" => from("apiclus1_nofpc", by_jk1),
        "apiclus1_JK1_mse" => from("apiclus1_nofpc", |structure| {
            make(structure, |design| Ok(jk1(design)?.with_mse(true)))
        }),
        "apiclus2_JK1_wr" => from("apiclus2_wr", by_jk1),
        "apistrat_JKn_fpc" => from("apistrat_fpc", by_jkn),
        "apistrat_JKn_nofpc" => from("apistrat_nofpc", by_jkn),
        "nhanes_JKn" => from("nhanes", by_jkn),
        "nhanes2psu_JKn" => ("nhanes_2psu", nhanes(), by_jkn),
        "nhanes2psu_BRR" => ("nhanes_2psu", nhanes(), by_brr),
        "nhanes2psu_BRR_mse" => ("nhanes_2psu", nhanes(), |structure| {
            make(structure, |design| Ok(brr(design, 0.0)?.with_mse(true)))
        }),
        "scd_JKn" => ("scd", nested("ESA", "ambulance", None), by_jkn),
        "scd_BRR" => ("scd", nested("ESA", "ambulance", None), by_brr),
        "scd_Fay03" => ("scd", nested("ESA", "ambulance", None), |structure| {
            make(structure, |design| brr(design, 0.3))
        }),
        _ => return None,
    })
}

#[test]
fn statistics_of_replicates_made_here_from_sums_are_those_of_r() {
    let (Some(rows), Some(index)) = (Row::read("replicates.csv"), index()) else {
        return;
    };
    let mut account = Account::default();
    let mut designs: HashMap<String, (Known, Maker)> = HashMap::new();
    let mut last: Option<(String, Replicated)> = None;
    for row in rows {
        let degrees = index[&row.design].degrees;
        if let Some((_, found)) = last.as_ref().filter(|(of, _)| *of == statistic(&row)) {
            compare(&row, found, degrees, &mut account);
            continue;
        }
        if row.case != "stat" {
            account.leave_out(&row, "quantiles have a test of their own");
            continue;
        }
        let Some((data, design, maker)) = maker(&row.design) else {
            account.leave_out(
                &row,
                "a bootstrap drawn by R; its given weights are compared",
            );
            continue;
        };
        let (known, maker) = designs.entry(row.design.clone()).or_insert_with(|| {
            let mut frame = Frame::read(&format!("data_{data}.csv")).unwrap();
            derive(data, &mut frame);
            let known = Known {
                frame,
                design,
                keep: None,
                calibration: None,
            };
            (known, maker)
        });
        let request = wanted(known, &row);
        let (sample, _) = reduce(known, &request, None);
        let replication = maker(&sample.structure);
        assert_eq!(replication.degrees_of_freedom() as f64, degrees);
        let of = [(request.source, request.statistic)];
        let all = replication.estimates(&sample, 0, &of).unwrap();
        let found = all[domain(&sample, &row)][0].clone();
        compare(&row, &found, degrees, &mut account);
        last = Some((statistic(&row), found));
    }
    account.finish(587, 338);
}

#[test]
fn quantiles_of_given_replicates_are_those_of_r() {
    let (Some(rows), Some(index)) = (Row::read("replicates.csv"), index()) else {
        return;
    };
    let mut account = Account::default();
    let mut designs: HashMap<String, (Known, Replication)> = HashMap::new();
    for row in rows.iter().filter(|row| row.case == "quantile") {
        let (known, replication) = designs
            .entry(row.design.clone())
            .or_insert_with(|| with_given(&row.design, &index[&row.design]));
        let column = known.frame.column(&row.y);
        let request = Request {
            tabulation: Tabulate {
                variables: vec![column.clone()],
                ..Tabulate::default()
            },
            kept: vec![column],
            source: Source::Variable(0),
            columns: RowColumns {
                variable: 0,
                denominator: None,
            },
            statistic: Statistic::Mean,
        };
        let (sample, kept) = reduce(known, &request, None);
        let wanted = QuantileRequest {
            probabilities: &[row.level.parse().unwrap()],
            rule: QuantileRule::Math,
            interval: QuantileInterval::Mean,
            level: 0.95,
            degrees_of_freedom: QuantileDegrees::OfAnswers,
        };
        let interval = match row.opt.contains("interval=quantile") {
            true => ReplicatedInterval::OwnQuantiles,
            false => ReplicatedInterval::Woodruff,
        };
        let all = replication.quantiles(&sample, &kept, 0, 0, &wanted, interval);
        let found = all.unwrap()[0][0];
        account.row(row);
        account.number(row, "quantile", found.value, row.est);
        account.missing_or_number(row, "se", found.standard_error, row.se);
        account.missing_or_number(row, "lower end", found.lo, row.lo);
        account.missing_or_number(row, "upper end", found.hi, row.hi);
        account.number(row, "degf", Some(found.degrees_of_freedom), row.degf);
    }
    account.finish(78, 0);
}

#[test]
fn statistics_of_calibrated_and_trimmed_replicates_are_those_of_r() {
    let Some(rows) = Row::read("calibration.csv") else {
        return;
    };
    let trimmed = Row::read("trim.csv").unwrap();
    let mut account = Account::default();
    let of_replicates = |row: &&Row| row.case == "stat" && row.design.contains("_rep_");
    for row in rows.iter().chain(&trimmed).filter(of_replicates) {
        let (data, design) = columns("apiclus1_fpc");
        let known = Known {
            frame: Frame::read(&format!("data_{data}.csv")).unwrap(),
            design,
            keep: None,
            calibration: None,
        };
        let request = request(&known, row);
        let by_cells = ByCells::named(&row.design, &known.frame);
        let cells = by_cells.as_ref().map(|by| &by.cells[..]);
        let (mut sample, mut kept) = reduce(&known, &request, cells);
        let mut replication = make(&sample.structure, jk1);
        let all = match &by_cells {
            Some(by_cells) => {
                let (cells, _) = sample.cells();
                by_cells
                    .over(&cells, |calibration| {
                        replication.calibrate(&mut sample, calibration)
                    })
                    .unwrap();
                let of = [(request.source, request.statistic)];
                replication.estimates(&sample, 0, &of)
            }
            None => {
                over_rows("cal_linear_clus1", &known.frame, |calibration| {
                    replication.calibrate_rows(&mut kept, calibration)
                })
                .unwrap();
                if let Some(limits) = trimming(&row.design) {
                    replication.trim_rows(&kept, &limits).unwrap();
                }
                let of = [(request.columns, request.statistic)];
                replication.estimates_of_rows(&sample, &kept, 0, &of)
            }
        };
        let found = &all.unwrap()[domain(&sample, row)][0];
        let degrees = replication.degrees_of_freedom() as f64;
        compare(row, found, degrees, &mut account);
    }
    account.finish(142, 0);
}
