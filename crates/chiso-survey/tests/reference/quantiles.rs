//! Quantiles, their intervals, and distribution functions.

use chiso_survey::estimate::{QuantileDegrees, QuantileRequest, RowColumns, Statistic};
use chiso_survey::estimate::{linearise_rows, quantiles};
use chiso_survey::quantile::{QuantileInterval, QuantileRule};
use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};

use super::designs::{Known, known};
use super::evaluate::domain;
use super::support::{Extra, Tabulate, block, reduce_with};
use super::table::{Account, Row};

fn rule(option: &str) -> QuantileRule {
    match option.rsplit("qrule=").next().unwrap() {
        "math" => QuantileRule::Math,
        "school" => QuantileRule::School,
        "shahvaish" => QuantileRule::Shahvaish,
        "hf1" => QuantileRule::Hf1,
        "hf2" => QuantileRule::Hf2,
        "hf3" => QuantileRule::Hf3,
        "hf4" => QuantileRule::Hf4,
        "hf5" => QuantileRule::Hf5,
        "hf6" => QuantileRule::Hf6,
        "hf7" => QuantileRule::Hf7,
        "hf8" => QuantileRule::Hf8,
        "hf9" => QuantileRule::Hf9,
        "ties=discrete;Wald" => QuantileRule::Linear,
        other => panic!("no rule {other}"),
    }
}

fn interval(option: &str) -> QuantileInterval {
    let named = option.split("interval=").nth(1);
    match named.map(|rest| rest.split(';').next().unwrap()) {
        Some("mean") => QuantileInterval::Mean,
        Some("beta") => QuantileInterval::Beta,
        Some("xlogit") => QuantileInterval::Xlogit,
        Some("asin") => QuantileInterval::Asin,
        Some("score") => QuantileInterval::Score,
        Some(other) => panic!("no interval {other}"),
        None => QuantileInterval::Wald,
    }
}

#[test]
fn quantiles_and_their_intervals_are_those_of_r() {
    let Some(rows) = Row::read("quantile.csv") else {
        return;
    };
    let mut account = Account::default();
    let mut designs: HashMap<String, Known> = HashMap::new();
    for row in &rows {
        let known = designs
            .entry(row.design.clone())
            .or_insert_with(|| known(&row.design).unwrap());
        let column = match row.fun.as_str() {
            // The distribution function is a mean of ones and zeros.
            "svycdf" => {
                let limit: f64 = row.level.parse().unwrap();
                let below = |value: Option<f64>| Some(f64::from(u8::from(value? <= limit)));
                let values = known.frame.numbers(&row.y).into_iter().map(below);
                Arc::new(values.collect::<Float64Array>()) as ArrayRef
            }
            _ => known.frame.column(&row.y),
        };
        let by = row.by.split('+').filter(|name| !name.is_empty());
        let tabulation = Tabulate {
            by: by.map(|name| known.frame.column(name)).collect(),
            ..Tabulate::default()
        };
        let extra = Extra {
            kept: vec![column],
            ..Extra::default()
        };
        let block = block(&known.frame, &known.design);
        let (sample, kept) = reduce_with(&block, &known.design, &[tabulation], extra);
        let place = domain(&sample, row);
        account.row(row);
        if row.fun == "svycdf" {
            let columns = RowColumns {
                variable: 0,
                denominator: None,
            };
            let all = linearise_rows(&sample, &kept, 0, columns, Statistic::Mean).unwrap();
            account.number(row, "share", all[0].value, row.est);
            continue;
        }
        let request = QuantileRequest {
            probabilities: &[row.level.parse().unwrap()],
            rule: rule(&row.opt),
            interval: interval(&row.opt),
            level: 0.95,
            degrees_of_freedom: QuantileDegrees::OfAnswers,
        };
        let found = quantiles(&sample, &kept, 0, 0, &request).unwrap()[place][0];
        account.number(row, "quantile", found.value, row.est);
        if row.opt.starts_with("point") {
            continue;
        }
        account.missing_or_number(row, "se", found.standard_error, row.se);
        if row.by.is_empty() {
            account.missing_or_number(row, "lower end", found.lo, row.lo);
            account.missing_or_number(row, "upper end", found.hi, row.hi);
        }
        // The degrees of freedom of the file are those of the design, whatever was answered.
        let degrees = f64::from(sample.degrees_of_freedom());
        account.number(row, "degf", Some(degrees), row.degf);
    }
    account.finish(rows.len(), 0);
}
