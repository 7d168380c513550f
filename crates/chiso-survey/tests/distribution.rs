//! Tails and quantiles against R's own values and against exact ones, on a wide grid.
//!
//! `data/distribution_r.csv` holds what `distribution_r.R` printed with R 4.2.2 (column `r`) and
//! the same to 20 digits by `distribution_exact.py` with mpmath 1.3 (column `exact`).

use chiso_survey::distribution::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Far tails lose digits by the size of their exponent: e^−690 at 1e-300.
const AGAINST_EXACT: f64 = 3e-12;
const AGAINST_R: f64 = 1e-10;

#[test]
fn every_function_is_exact_to_twelve_digits_and_equals_r_where_r_is_exact() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/distribution_r.csv");
    let mut worst: BTreeMap<String, f64> = BTreeMap::new();
    let (mut rows, mut r_is_off) = (0, 0);
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let number = |i: usize| row[i].parse::<f64>().unwrap_or(f64::NAN);
        let (r, exact) = (number(4), number(5));
        let got = value(&row[0], number(1), number(2), number(3)).unwrap();
        let apart = relative(got, exact);
        let entry = worst.entry(row[0].to_owned()).or_default();
        *entry = entry.max(apart);
        assert!(
            apart < AGAINST_EXACT,
            "{row:?}: {got:?}, {apart:e} from exact"
        );
        if relative(r, exact) > AGAINST_R / 2.0 {
            r_is_off += 1;
        } else {
            assert!(relative(got, r) < AGAINST_R, "{row:?}: {got:?} is not R's");
        }
        rows += 1;
    }
    // R takes F with over 4e5 denominator degrees of freedom as chi-square, and loses digits of
    // small F quantiles by subtraction.
    println!("{rows} rows, R itself off in {r_is_off}; worst {worst:?}");
    assert_eq!((rows, r_is_off), (2818, 75));
}

fn relative(got: f64, wanted: f64) -> f64 {
    if got == wanted {
        0.0
    } else {
        (got - wanted).abs() / wanted.abs()
    }
}

fn value(function: &str, x: f64, a: f64, b: f64) -> Result<f64, DistributionError> {
    match function {
        "pnorm" => normal_cdf(x),
        "qnorm" => normal_quantile(x),
        "pt" => student_t_cdf(x, a),
        "qt" => student_t_quantile(x, a),
        "pchisq" => chi_square_cdf(x, a),
        "pchisq_upper" => chi_square_upper_tail(x, a),
        "qchisq" => chi_square_quantile(x, a),
        "pbeta" => beta_cdf(x, a, b),
        "pbeta_upper" => beta_upper_tail(x, a, b),
        "qbeta" => beta_quantile(x, a, b),
        "pf" => f_cdf(x, a, b),
        "pf_upper" => f_upper_tail(x, a, b),
        "qf" => f_quantile(x, a, b),
        other => panic!("unknown function {other}"),
    }
}
