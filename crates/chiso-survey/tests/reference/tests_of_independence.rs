//! Contrasts, t tests and tests of independence.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use chiso_survey::chi_square::{RaoScottStatistic, Test, TwoWayTable, rao_scott, wald};
use chiso_survey::contrast::{Contrast, Estimates};
use chiso_survey::estimate::{Linearised, Source, Statistic, covariance_of, linearise};
use chiso_survey::sums::Sample;

use super::designs::{Known, known};
use super::evaluate::{complete, sample};
use super::support::Tabulate;
use super::table::{Account, Row};

fn estimates(sample: &Sample, all: &[Linearised]) -> Estimates {
    let covariance = covariance_of(&sample.structure, &all.iter().collect::<Vec<_>>()).unwrap();
    let values = all.iter().map(|one| one.value.unwrap()).collect();
    Estimates::new(values, covariance).unwrap()
}

/// Estimates of the variables of one domain, or of one variable in many.
fn means(known: &Known, by: &[&str], variables: Vec<ArrayRef>) -> (Sample, Vec<Linearised>) {
    let count = variables.len();
    let tabulation = Tabulate {
        by: by.iter().map(|name| known.frame.column(name)).collect(),
        keep: known.keep.clone(),
        variables,
        ..Tabulate::default()
    };
    let sample = sample(known, tabulation);
    let mean = |v| linearise(&sample, 0, Source::Variable(v), Statistic::Mean).unwrap();
    let all = (0..count).flat_map(mean).collect();
    (sample, all)
}

#[test]
fn contrasts_are_those_of_r() {
    let Some(rows) = Row::read("taylor.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in rows.iter().filter(|row| row.case == "contrast") {
        let known = known(&row.design).unwrap();
        let column = |name: &str| known.frame.column(name);
        let found = match row.fun.as_str() {
            "svycontrast log(api00/api99)" => {
                let (sample, all) = means(&known, &[], vec![column("api00"), column("api99")]);
                estimates(&sample, &all).log_ratio(0, 1).unwrap()
            }
            fun => {
                let (sample, all) = means(&known, &["stype"], vec![column("api00")]);
                let by_type = estimates(&sample, &all);
                match (fun, row.y.as_str()) {
                    ("svycontrast H/E", _) => by_type.ratio(1, 0).unwrap(),
                    (_, "HminusE") => by_type.difference(1, 0).unwrap(),
                    _ => {
                        let third = by_type.linear(&[1.0 / 3.0; 3]).unwrap();
                        Contrast {
                            estimate: third.values()[0],
                            variance: third.covariance()[0],
                        }
                    }
                }
            }
        };
        account.row(row);
        account.number(row, "estimate", Some(found.estimate), row.est);
        account.number(row, "se", Some(found.standard_error()), row.se);
    }
    account.finish(4, 0);
}

/// Proportions and totals of the cells of a table.
fn table(known: &Known, names: [&str; 2]) -> (Sample, TwoWayTable) {
    let ones: ArrayRef = Arc::new(Float64Array::from(vec![1.0; known.frame.rows]));
    let tabulation = Tabulate {
        by: names.iter().map(|name| known.frame.column(name)).collect(),
        variables: vec![ones],
        ..Tabulate::default()
    };
    let sample = sample(known, tabulation);
    let all = linearise(&sample, 0, Source::Variable(0), Statistic::Total).unwrap();
    let domains = &sample.tabulations[0].domains;
    let rows: std::collections::BTreeSet<_> = domains.iter().map(|keys| &keys[0]).collect();
    let count = rows.len();
    let cells = estimates(&sample, &all);
    let table = TwoWayTable::new(count, domains.len() / count, cells).unwrap();
    (sample, table)
}

fn chi_square(row: &Row) -> Test {
    let known = known(&row.design).unwrap();
    let names = match row.y.as_str() {
        "sch.wide x stype" => ["sch.wide", "stype"],
        "HI_CHOL x race" => ["HI_CHOL", "racef"],
        other => panic!("no table {other}"),
    };
    let (sample, totals) = table(&known, names);
    let degrees = f64::from(sample.degrees_of_freedom());
    let statistic = match row.opt.as_str() {
        "F" => RaoScottStatistic::F,
        "Chisq" => RaoScottStatistic::ChiSquare,
        "saddlepoint" | "lincom" => RaoScottStatistic::Saddlepoint,
        "Wald" => return wald(&totals, degrees, false).unwrap(),
        "adjWald" => return wald(&totals, degrees, true).unwrap(),
        other => panic!("no statistic {other}"),
    };
    let shares = totals.proportions().unwrap();
    rao_scott(&shares, known.frame.rows as f64, degrees, statistic).unwrap()
}

#[test]
fn tests_are_those_of_r() {
    let Some(rows) = Row::read("tests_glm.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in &rows {
        match row.fun.as_str() {
            "svychisq" => {
                let found = chi_square(row);
                account.row(row);
                account.number(row, "statistic", Some(found.statistic), row.est);
                account.number(row, "p", Some(found.p_value), row.lo);
                let mut stated = row.level.split(';').map(|text| text.parse().ok());
                let (first, second) = (stated.next().flatten(), stated.next().flatten());
                account.number(row, "numerator degrees", found.numerator_df, first);
                account.number(row, "denominator degrees", found.denominator_df, second);
            }
            "svyttest" => t_test(row, &mut account),
            "svyranktest" => account.leave_out(row, "rank tests are not offered"),
            "svykappa" => account.leave_out(row, "kappa is not offered"),
            "svycralpha" => account.leave_out(row, "Cronbach's alpha is not offered"),
            _ => account.leave_out(row, "regression is not offered"),
        }
    }
    account.finish(8, 14);
}

fn t_test(row: &Row, account: &mut Account) {
    let mut known = known(&row.design).unwrap();
    let (sample, found) = if row.y == "enroll~comp.imp" {
        // Degrees of freedom are those of the answers.
        let enroll = known.frame.column("enroll");
        known.keep = Some(complete(std::slice::from_ref(&enroll), None));
        let (sample, all) = means(&known, &["comp.imp"], vec![enroll.clone()]);
        let found = estimates(&sample, &all).difference(1, 0).unwrap();
        (means(&known, &[], vec![enroll]).0, found)
    } else {
        let columns = ["api00", "api99"].map(|name| known.frame.numbers(name));
        let pairs = columns[0].iter().zip(&columns[1]);
        let gain = pairs.map(|(now, before)| Some((*now)? - (*before)?));
        let gain: ArrayRef = Arc::new(gain.collect::<Float64Array>());
        let (sample, all) = means(&known, &[], vec![gain]);
        let found = Contrast {
            estimate: all[0].value.unwrap(),
            variance: all[0].variance(&sample.structure).unwrap(),
        };
        (sample, found)
    };
    account.row(row);
    // R takes one degree of freedom of the answers' for either test.
    let degrees = f64::from(sample.tabulations[0].degrees_of_freedom[0]) - 1.0;
    let test = found.t_test(degrees, 0.95).unwrap();
    let stated: Vec<f64> = row
        .level
        .split(';')
        .map(|text| text.parse().unwrap())
        .collect();
    account.number(row, "degrees of freedom", Some(degrees), Some(stated[1]));
    account.number(row, "difference", Some(found.estimate), row.est);
    account.number(row, "t", Some(test.t), Some(stated[0]));
    account.number(row, "p", Some(test.p_value), row.lo);
}
