//! Calibrated and trimmed samples, by cells and by rows.

use std::collections::HashMap;

use super::designs::{Known, known};
use super::evaluate::compare;
use super::support::Frame;
use super::table::{Account, Row};

const OF_REPLICATES: &str = "compared with the replicates";

fn statistics(file: &'static str, wanted: impl Fn(&str) -> bool) -> Option<Account> {
    let mut account = Account::default();
    let mut designs: HashMap<String, Known> = HashMap::new();
    for row in Row::read(file)? {
        if row.case != "stat" || !wanted(&row.design) || row.design.contains("_rep_") {
            continue;
        }
        let design = designs
            .entry(row.design.clone())
            .or_insert_with(|| known(&row.design).unwrap());
        compare(design, &row, &mut account);
    }
    Some(account)
}

#[test]
fn statistics_after_calibration_by_cells_are_those_of_r() {
    let by_cells = |name: &str| name.starts_with("ps_") || name.starts_with("rake_");
    let Some(account) = statistics("calibration.csv", by_cells) else {
        return;
    };
    account.finish(224, 0);
}

#[test]
fn statistics_after_calibration_by_rows_are_those_of_r() {
    let Some(account) = statistics("calibration.csv", |name| name.starts_with("cal_")) else {
        return;
    };
    account.finish(536, 0);
}

#[test]
fn statistics_after_trimming_are_those_of_r() {
    let Some(account) = statistics("trim.csv", |_| true) else {
        return;
    };
    account.finish(168, 0);
}

/// The rows that are no statistics of a calibrated sample.
#[test]
fn what_is_left_out_of_the_files_of_calibration_is_known() {
    let mut account = Account::default();
    for file in ["calibration.csv", "trim.csv"] {
        let Some(rows) = Row::read(file) else { return };
        for row in rows {
            match row.case.as_str() {
                "target" => check_target(&row, &mut account),
                "ERROR" => account.leave_out(&row, "R's trimmed replicates have no totals"),
                _ if row.design.contains("_rep_") => account.leave_out(&row, OF_REPLICATES),
                _ => {}
            }
        }
    }
    account.finish(15, 148);
}

/// A population total, which the file of the population must give.
fn check_target(row: &Row, account: &mut Account) {
    let population = Frame::read("data_apipop.csv").unwrap();
    let (stype, improved) = (population.text("stype"), population.text("comp.imp"));
    let wide = population.text("sch.wide");
    let api99 = population.numbers("api99");
    let level = row.level.as_str();
    let value = |at: usize| match row.fun.as_str() {
        "population total" => match row.y.as_str() {
            "(Intercept)" => 1.0,
            "api99" => api99[at].unwrap(),
            y => f64::from(u8::from(y == format!("stype{}", stype[at]))),
        },
        "margin stype" => f64::from(u8::from(stype[at] == row.y)),
        "margin sch.wide" => f64::from(u8::from(wide[at] == row.y)),
        _ => f64::from(u8::from(format!("{} {}", stype[at], improved[at]) == row.y)),
    };
    assert!(level.is_empty(), "{row:?}");
    let total: f64 = (0..population.rows).map(value).sum();
    account.row(row);
    account.number(row, "total", Some(total), row.est);
}
