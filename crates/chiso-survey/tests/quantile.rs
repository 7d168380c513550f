//! Quantiles, their intervals and distribution functions against R `survey` 4.5
//! (`reference/survey/quantile.csv`).

mod stats_support;

use chiso_survey::quantile::{
    QuantileInterval, QuantileLimits, QuantileOptions, QuantileRule, SortedSample, SortedValues,
    quantile_limits, replicate_quantile_limits,
};
use stats_support::{Design, Table, apart};
use std::collections::BTreeMap;
use std::convert::Infallible;

#[test]
fn every_row_equals_rs_to_ten_digits() {
    let Some(table) = Table::read("quantile.csv") else {
        return;
    };
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let names = [
        "apisrs_fpc",
        "apistrat_fpc",
        "apiclus1_fpc",
        "apiclus2_fpc2",
    ];
    for name in names {
        let design = Design::named(name).unwrap();
        for row in (0..table.rows.len()).filter(|row| table.text(*row, "design") == name) {
            let kind = check(&design, &table, row);
            *count.entry(kind).or_default() += 1;
        }
    }
    println!("{count:?}");
    // Nothing is left out.
    assert_eq!(count.values().sum::<usize>(), table.rows.len());
}

fn check(design: &Design, table: &Table, row: usize) -> String {
    let y = design.data.numbers(table.text(row, "y"));
    let domain: Vec<bool> = (0..y.len())
        .map(|at| {
            let level = table.text(row, "bylevel");
            y[at].is_some() && (level.is_empty() || design.data.text(at, "stype") == level)
        })
        .collect();
    let pick = |all: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..y.len()).filter(|at| domain[*at]).map(all).collect()
    };
    let sample =
        SortedSample::new(&pick(&|at| y[at].unwrap()), &pick(&|at| design.weights[at])).unwrap();
    let level: f64 = table.number(row, "level").unwrap();
    let record = &table.rows[row];
    let estimate = table.number(row, "est").unwrap();
    if table.text(row, "fun") == "svycdf" {
        assert!(
            apart(sample.cdf(level), estimate) < 1e-13,
            "{record:?}: {}",
            sample.cdf(level)
        );
        return "cdf".to_owned();
    }
    let (interval, rule) = method(table.text(row, "fun"), table.text(row, "opt"));
    let quantile = sample.quantile(level, rule).unwrap();
    assert!(
        apart(quantile, estimate) < 1e-13,
        "{record:?}: quantile {quantile}"
    );
    let Some(interval) = interval else {
        return format!("point {rule:?}");
    };
    let by = table.text(row, "by");
    let n = domain.iter().filter(|inside| **inside).count() as f64;
    let degrees_of_freedom = design.degrees_of_freedom(&domain);
    let options = QuantileOptions {
        rule,
        interval,
        level: 0.95,
        degrees_of_freedom,
        n,
    };
    let limits = quantile_limits(&sample, level, &options, |threshold| {
        let below: Vec<f64> = y
            .iter()
            .map(|y| f64::from(u8::from(y.unwrap_or(0.0) <= threshold)))
            .collect();
        Ok::<_, Infallible>(design.mean(&below, &domain))
    })
    .unwrap();
    compare(&limits, table, row, by.is_empty());
    format!("{interval:?} {by}")
}

fn compare(limits: &QuantileLimits, table: &Table, row: usize, with_ends: bool) {
    let same = |got: Option<f64>, column: &str| match (got, table.number(row, column)) {
        (Some(got), Some(wanted)) => apart(got, wanted) < 1e-10,
        (got, wanted) => got == wanted,
    };
    let record = &table.rows[row];
    assert!(same(limits.se, "se"), "{record:?}: {limits:?}");
    if with_ends {
        assert!(
            same(limits.lo, "ci_lo") && same(limits.hi, "ci_hi"),
            "{record:?}: {limits:?}"
        );
    }
}

fn method(function: &str, option: &str) -> (Option<QuantileInterval>, QuantileRule) {
    if function == "oldsvyquantile" {
        return (Some(QuantileInterval::Wald), QuantileRule::Linear);
    }
    let rule = match option.rsplit("qrule=").next().unwrap() {
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
        other => panic!("unknown rule {other}"),
    };
    let interval = match option
        .split("interval=")
        .nth(1)
        .map(|o| o.split(';').next().unwrap())
    {
        None => None,
        Some("mean") => Some(QuantileInterval::Mean),
        Some("beta") => Some(QuantileInterval::Beta),
        Some("xlogit") => Some(QuantileInterval::Xlogit),
        Some("asin") => Some(QuantileInterval::Asin),
        Some("score") => Some(QuantileInterval::Score),
        Some(other) => panic!("unknown interval {other}"),
    };
    (interval, rule)
}

/// `reference/survey/replicates.csv`: Woodruff's interval with the replicates' variance of the
/// proportion, and the interval from the quantiles of the replicates themselves.
#[test]
fn replicate_intervals_equal_rs_to_ten_digits() {
    let Some(table) = Table::read("replicates.csv") else {
        return;
    };
    let index = Table::read("replicate_weights_INDEX.csv").unwrap();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for at in 0..index.rows.len() {
        let name = index.text(at, "name");
        let rows: Vec<usize> = (0..table.rows.len())
            .filter(|row| {
                table.text(*row, "fun") == "svyquantile" && table.text(*row, "design") == name
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let design = Replicates::read(&index, at);
        for row in rows {
            *count
                .entry(check_replicates(&design, &table, row))
                .or_default() += 1;
        }
    }
    println!("{count:?}");
    assert_eq!(
        count.into_iter().collect::<Vec<_>>(),
        [("mean", 39), ("quantile", 39)]
    );
}

/// A replicate design of the reference: data, weights and the terms of its variance.
struct Replicates {
    data: Table,
    base: Vec<f64>,
    weights: Vec<Vec<f64>>,
    scale: f64,
    rscales: Vec<f64>,
    mse: bool,
    degrees_of_freedom: f64,
}

impl Replicates {
    fn read(index: &Table, at: usize) -> Self {
        let name = index.text(at, "name");
        let data = Table::read(&format!("data_{}.csv", index.text(at, "dataset"))).unwrap();
        let base = Table::read(&format!("base_weights_{name}.csv")).unwrap();
        let table = Table::read(&format!("replicate_weights_{name}.csv")).unwrap();
        let count = index.number(at, "nrep").unwrap() as usize;
        let column = |r: usize| -> Vec<f64> {
            table
                .numbers(&format!("r{r}"))
                .iter()
                .map(|w| w.unwrap())
                .collect()
        };
        let rscales: Vec<f64> = index
            .text(at, "rscales")
            .split(';')
            .map(|r| r.parse().unwrap())
            .collect();
        Self {
            data,
            base: base.numbers("w").iter().map(|w| w.unwrap()).collect(),
            weights: (1..=count).map(column).collect(),
            scale: index.number(at, "scale").unwrap(),
            rscales: if rscales.len() == 1 {
                vec![rscales[0]; count]
            } else {
                rscales
            },
            mse: index.text(at, "mse") == "TRUE",
            degrees_of_freedom: index.number(at, "degf").unwrap(),
        }
    }

    /// R's `svrVar`.
    fn variance(&self, estimate: f64, replicates: &[f64]) -> f64 {
        let mean = replicates.iter().sum::<f64>() / replicates.len() as f64;
        let centre = if self.mse { estimate } else { mean };
        let squares = replicates
            .iter()
            .zip(&self.rscales)
            .map(|(r, s)| s * (r - centre).powi(2));
        self.scale * squares.sum::<f64>()
    }
}

fn check_replicates(design: &Replicates, table: &Table, row: usize) -> &'static str {
    let y: Vec<f64> = design
        .data
        .numbers(table.text(row, "y"))
        .iter()
        .map(|y| y.unwrap())
        .collect();
    let values = SortedValues::new(&y).unwrap();
    let sample = values.weighted(&design.base).unwrap();
    let p = table.number(row, "level").unwrap();
    let record = &table.rows[row];
    let quantile = sample.quantile(p, QuantileRule::Math).unwrap();
    assert!(
        apart(quantile, table.number(row, "est").unwrap()) < 1e-13,
        "{record:?}: {quantile}"
    );
    let (limits, kind) = if table.text(row, "opt").contains("interval=mean") {
        let options = QuantileOptions {
            rule: QuantileRule::Math,
            interval: QuantileInterval::Mean,
            level: 0.95,
            degrees_of_freedom: design.degrees_of_freedom,
            n: y.len() as f64,
        };
        let share = |threshold: f64, w: &[f64]| {
            let below = y
                .iter()
                .zip(w)
                .filter(|(y, _)| **y <= threshold)
                .map(|(_, w)| w);
            below.sum::<f64>() / w.iter().sum::<f64>()
        };
        let limits = quantile_limits(&sample, p, &options, |threshold| {
            let all: Vec<f64> = design.weights.iter().map(|w| share(threshold, w)).collect();
            let estimate = share(threshold, &design.base);
            Ok::<_, Infallible>((estimate, design.variance(estimate, &all)))
        });
        (limits.unwrap(), "mean")
    } else {
        let all: Vec<f64> = design
            .weights
            .iter()
            .map(|w| {
                values
                    .weighted(w)
                    .unwrap()
                    .quantile(p, QuantileRule::Math)
                    .unwrap()
            })
            .collect();
        let variance = design.variance(quantile, &all);
        let limits = replicate_quantile_limits(quantile, variance, 0.95, design.degrees_of_freedom);
        (limits.unwrap(), "quantile")
    };
    compare(&limits, table, row, true);
    kind
}
