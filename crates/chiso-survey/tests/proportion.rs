//! Proportion intervals against `svyciprop` of R `survey` 4.5 (`reference/survey/ciprop.csv`).

mod stats_support;

use chiso_survey::proportion::{
    Interval, ProportionError, ProportionInput, ProportionMethod, proportion_interval,
    r_logistic_proportion,
};
use stats_support::{Design, Table, apart};
use std::collections::BTreeMap;

#[test]
fn intervals_equal_rs_to_ten_digits() {
    let Some(table) = Table::read("ciprop.csv") else {
        return;
    };
    let mut designs: BTreeMap<String, Design> = BTreeMap::new();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..table.rows.len() {
        let kind = check(&table, row, &mut designs);
        *count.entry(kind).or_default() += 1;
    }
    println!("{count:?}");
    let expected = [
        ("R raised an error", 2),
        ("R's beta at zero variance", 1),
        ("blank in R", 26),
        ("compared", 71),
        ("likelihood, left out", 15),
        ("undefined in both", 4),
    ];
    assert_eq!(count.into_iter().collect::<Vec<_>>(), expected);
}

fn check(table: &Table, row: usize, designs: &mut BTreeMap<String, Design>) -> &'static str {
    let method = match table.text(row, "opt") {
        "mean" => ProportionMethod::Mean,
        "logit" => ProportionMethod::Logit,
        "xlogit" => ProportionMethod::Xlogit,
        "asin" => ProportionMethod::Asin,
        "beta" => ProportionMethod::Beta,
        "wilson" => ProportionMethod::Wilson,
        "likelihood" => return "likelihood, left out",
        "" => return "R raised an error",
        other => panic!("unknown method {other}"),
    };
    let Some(estimate) = table.number(row, "est") else {
        return "blank in R";
    };
    let name = table.text(row, "design");
    if !designs.contains_key(name) {
        designs.insert(name.to_owned(), Design::named(name).unwrap());
    }
    let design = &designs[name];
    let age = table.text(row, "bylevel");
    let (y, inside) = variable(design, table.text(row, "y"), age);
    let (proportion, variance) = design.mean(&y, &inside);
    let record = &table.rows[row];
    let proportion = if method == ProportionMethod::Logit {
        fit(design, &y, &inside, age)
    } else {
        proportion
    };
    assert!(
        apart(proportion, estimate) < 1e-10,
        "{record:?}: estimate {proportion}"
    );
    if let Some(se) = table.number(row, "se") {
        assert!(
            (variance.sqrt() - se).abs() < 1e-12,
            "{record:?}: error {}",
            variance.sqrt()
        );
    }
    let n = inside.iter().filter(|i| **i).count() as f64;
    let degrees_of_freedom = table.number(row, "degf").unwrap();
    // The design fixes the share of a stratum; what is left of its variance is rounding.
    let variance = if variance < 1e-30 { 0.0 } else { variance };
    let input = ProportionInput {
        proportion,
        variance,
        n,
        degrees_of_freedom,
        level: 0.95,
    };
    let got = proportion_interval(method, input);
    let ends = (table.number(row, "ci_lo"), table.number(row, "ci_hi"));
    let (Some(lo), Some(hi)) = ends else {
        return without_interval(got, proportion, record);
    };
    let got = got.unwrap();
    if method == ProportionMethod::Beta && variance == 0.0 {
        assert_eq!((lo, hi), (0.5, 0.5));
        assert_eq!(
            got,
            Interval {
                lo: proportion,
                hi: proportion
            }
        );
        return "R's beta at zero variance";
    }
    let far = if proportion == 0.0 { 0.1 } else { 1e-10 };
    assert!(
        apart(got.lo, lo) < far && apart(got.hi, hi) < far,
        "{record:?}: {got:?}"
    );
    "compared"
}

/// R's fit, with the mean weight over the domain's rows, answered or not.
fn fit(design: &Design, y: &[f64], inside: &[bool], age: &str) -> f64 {
    let of_age = |row: &usize| age.is_empty() || design.data.text(*row, "agecat") == age;
    let domain: Vec<usize> = (0..y.len()).filter(of_age).collect();
    let total: f64 = domain.iter().map(|row| design.weights[*row]).sum();
    let answered = domain.iter().filter(|row| inside[**row]);
    let rows = answered.map(|row| (design.weights[*row], y[*row] == 1.0));
    r_logistic_proportion(rows, total / domain.len() as f64).unwrap()
}

fn without_interval(
    got: Result<Interval, ProportionError>,
    proportion: f64,
    record: &csv::StringRecord,
) -> &'static str {
    if proportion == 0.0 {
        assert_eq!(got, Err(ProportionError::Boundary(0.0)), "{record:?}");
        return "undefined in both";
    }
    assert_eq!(
        got,
        Ok(Interval {
            lo: proportion,
            hi: proportion
        }),
        "{record:?}"
    );
    "blank in R"
}

/// The indicator of `expression` and the rows of the domain.
fn variable(design: &Design, expression: &str, age: &str) -> (Vec<f64>, Vec<bool>) {
    let data = &design.data;
    let rows = 0..data.rows.len();
    if expression == "HI_CHOL" {
        let answers = data.numbers("HI_CHOL");
        let inside = rows
            .map(|row| {
                answers[row].is_some() && (age.is_empty() || data.text(row, "agecat") == age)
            })
            .collect();
        return (answers.iter().map(|a| a.unwrap_or(0.0)).collect(), inside);
    }
    let holds = |row: usize| match expression {
        "api00>900" => data.number(row, "api00").unwrap() > 900.0,
        equals => {
            let (column, value) = equals.trim_end_matches('\'').split_once("=='").unwrap();
            data.text(row, column) == value
        }
    };
    let y = rows.map(|row| f64::from(u8::from(holds(row)))).collect();
    (y, vec![true; data.rows.len()])
}
