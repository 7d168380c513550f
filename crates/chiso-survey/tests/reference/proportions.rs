//! Intervals of proportions.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use chiso_survey::estimate::{Source, Statistic, linearise};
use chiso_survey::proportion::{
    ProportionInput, ProportionMethod, proportion_interval, r_logistic_proportion,
};

use super::designs::{Known, known};
use super::evaluate::{domain, variable};
use super::support::{Extra, Tabulate, block, reduce_with};
use super::table::{Account, Row};

fn method(name: &str) -> Option<ProportionMethod> {
    Some(match name {
        "logit" => ProportionMethod::Logit,
        "xlogit" => ProportionMethod::Xlogit,
        "asin" => ProportionMethod::Asin,
        "beta" => ProportionMethod::Beta,
        "mean" => ProportionMethod::Mean,
        "wilson" => ProportionMethod::Wilson,
        "likelihood" => return None,
        other => panic!("no method {other}"),
    })
}

/// Ones where R's condition holds.
fn condition(known: &Known, text: &str) -> ArrayRef {
    if let Some((name, level)) = text.split_once("==") {
        return variable(
            &known.frame,
            name,
            &format!("{name}{}", level.trim_matches('\'')),
        );
    }
    if let Some((name, limit)) = text.split_once('>') {
        let limit: f64 = limit.parse().unwrap();
        let above = |value: Option<f64>| value.map(|value| f64::from(u8::from(value > limit)));
        let values = known.frame.numbers(name).into_iter().map(above);
        return Arc::new(values.collect::<Float64Array>());
    }
    known.frame.column(text)
}

#[test]
fn intervals_of_proportions_are_those_of_r() {
    let Some(rows) = Row::read("ciprop.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in &rows {
        if row.case == "ERROR" {
            account.leave_out(row, "R's own error in the likelihood interval");
            continue;
        }
        let Some(method) = method(&row.opt) else {
            account.leave_out(row, "the likelihood interval is not offered");
            continue;
        };
        let known = known(&row.design).unwrap();
        let column = condition(&known, &row.y);
        let by = row.by.split('+').filter(|name| !name.is_empty());
        let tabulation = Tabulate {
            by: by.map(|name| known.frame.column(name)).collect(),
            variables: vec![column.clone()],
            ..Tabulate::default()
        };
        let extra = Extra {
            kept: vec![column],
            ..Extra::default()
        };
        let block = block(&known.frame, &known.design);
        let (sample, kept) = reduce_with(&block, &known.design, &[tabulation], extra);
        let all = linearise(&sample, 0, Source::Variable(0), Statistic::Mean).unwrap();
        let place = domain(&sample, row);
        let found = &all[place];
        let variance = found.variance(&sample.structure).unwrap();
        let members = &kept.of_domains(0, all.len())[place];
        let degrees = match row.by.as_str() {
            "" => sample.degrees_of_freedom(),
            _ => found.domain_degrees_of_freedom,
        };
        // R's default fits a logistic model, which stops a little early.
        let proportion = match method {
            ProportionMethod::Logit => {
                let weight = |row: &u32| kept.weights[*row as usize];
                let answers = members
                    .iter()
                    .filter_map(|row| Some((weight(row), kept.value(0, *row as usize)? > 0.5)));
                let mean = members.iter().map(weight).sum::<f64>() / members.len() as f64;
                r_logistic_proportion(answers, mean).unwrap()
            }
            _ => found.value.unwrap(),
        };
        let interval = proportion_interval(
            method,
            ProportionInput {
                proportion,
                variance,
                n: members.len() as f64,
                degrees_of_freedom: f64::from(degrees),
                level: 0.95,
            },
        );
        if method == ProportionMethod::Beta && variance < 1e-30 && proportion > 0.0 {
            let reason = "R divides by a variance of zero; here the interval is the point itself";
            account.leave_out(row, reason);
            continue;
        }
        compare(row, proportion, variance, interval.ok(), &mut account);
        account.number(row, "degf", Some(f64::from(degrees)), row.degf);
    }
    account.finish(101, 18);
}

fn compare(
    row: &Row,
    estimate: f64,
    variance: f64,
    interval: Option<chiso_survey::proportion::Interval>,
    account: &mut Account,
) {
    account.row(row);
    account.number(row, "estimate", Some(estimate), row.est);
    let nothing = row.se < Some(1e-9 * estimate);
    let size = if nothing { estimate } else { 0.0 };
    account.number_of_size(row, "se", Some(variance.sqrt()), row.se, size);
    account.number(row, "lower end", interval.map(|ends| ends.lo), row.lo);
    account.number(row, "upper end", interval.map(|ends| ends.hi), row.hi);
}
