//! `[calibrate]` and `[trim]`.

use std::ops::Range;

use chiso_expr::Expression;
use toml::Spanned;

use super::SpecificationError;
use super::check::Checker;
use super::raw::{RawCalibrate, RawMargin, RawTotals, RawTrim};

/// How the weights are made to meet known totals.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// The method.
    pub method: Method,
    /// Classifications with known totals: one for post-stratification, any number otherwise.
    pub margins: Vec<Margin>,
    /// Numbers with a known total.
    pub terms: Vec<Term>,
    /// The known number of people, as a total of its own.
    pub population: Option<f64>,
    /// Pass over known cells of which the sample has no row.
    pub partial: bool,
    /// Bounds of calibrated over starting weight.
    pub bounds: Option<(f64, f64)>,
    /// When to stop; none means the method's own.
    pub epsilon: Option<f64>,
    /// When to give up; none means the method's own.
    pub max_iterations: Option<usize>,
    /// Equal factors within the clusters of this stage (from 1).
    pub aggregate_stage: Option<usize>,
    /// Residual variance of each row, for the linear distance.
    pub variance: Option<Expression>,
}

/// Methods of calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Known totals of one classification.
    PostStratify,
    /// Known totals of several, one after the other until all hold.
    Rake,
    /// Linear distance (GREG).
    Linear,
    /// Exponential distance (R's `calfun = "raking"`).
    Exponential,
    /// Logit distance within bounds.
    Logit,
}

/// A classification with known totals.
#[derive(Debug, Clone)]
pub struct Margin {
    /// The classification's columns.
    pub by: Vec<String>,
    /// What is known.
    pub totals: Totals,
    /// Line of the specification, for messages.
    pub line: usize,
}

/// Known totals.
#[derive(Debug, Clone, PartialEq)]
pub enum Totals {
    /// A CSV file with the columns of `by` and `count`.
    File(String),
    /// The values of `by`, and the count, of each cell.
    Rows(Vec<(Vec<String>, f64)>),
}

/// A number with a known total.
#[derive(Debug, Clone)]
pub struct Term {
    /// The number.
    pub variable: Expression,
    /// Its total over the population.
    pub total: f64,
}

/// Bounds on weights, and where what is cut off goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trim {
    /// Smallest weight.
    pub lower: f64,
    /// Largest weight.
    pub upper: f64,
    /// Repeat until no weight is outside.
    pub strict: bool,
    /// Spread the excess in proportion to the weights, not equally.
    pub proportional: bool,
}

pub(super) fn calibration(
    checker: &Checker<'_>,
    raw: Spanned<RawCalibrate>,
) -> Result<Calibration, SpecificationError> {
    let span = raw.span();
    let raw = raw.into_inner();
    let method = checker.word(
        &raw.method,
        &[
            ("poststratify", Method::PostStratify),
            ("rake", Method::Rake),
            ("linear", Method::Linear),
            ("exponential", Method::Exponential),
            ("logit", Method::Logit),
        ],
    )?;
    let margins = margins(checker, &span, raw.by, raw.totals, raw.margins)?;
    let mut terms = Vec::new();
    for term in raw.terms {
        let term = term.into_inner();
        let variable = checker.expression(&term.variable)?;
        terms.push(Term {
            variable,
            total: term.total,
        });
    }
    let bounds = match raw.bounds {
        None => None,
        Some(bounds) => match bounds.get_ref()[..] {
            [low, high] if low < high => Some((low, high)),
            _ => {
                let found = format!("{:?}", bounds.get_ref());
                return checker.fail(bounds.span(), found, "bounds = [low, high], low below high");
            }
        },
    };
    let calibration = Calibration {
        method,
        margins,
        terms,
        population: raw.population.map(Spanned::into_inner),
        partial: raw.partial,
        bounds,
        epsilon: raw.epsilon.map(Spanned::into_inner),
        max_iterations: raw.max_iterations,
        aggregate_stage: raw.aggregate_stage,
        variance: raw
            .variance
            .map(|text| checker.expression(&text))
            .transpose()?,
    };
    check_fit(checker, &span, &calibration)?;
    Ok(calibration)
}

fn check_fit(
    checker: &Checker<'_>,
    span: &Range<usize>,
    calibration: &Calibration,
) -> Result<(), SpecificationError> {
    let fault = match calibration.method {
        Method::PostStratify if calibration.margins.len() != 1 => Some((
            format!("{} classifications", calibration.margins.len()),
            "by and totals of one classification for method = poststratify",
        )),
        Method::PostStratify | Method::Rake
            if !calibration.terms.is_empty() || calibration.population.is_some() =>
        {
            Some((
                "a total of a number".to_owned(),
                "only totals of classifications for poststratify and rake, or method = linear",
            ))
        }
        Method::Rake if calibration.margins.is_empty() => Some((
            "no [[calibrate.margin]]".to_owned(),
            "one margin or more for method = rake",
        )),
        Method::Logit if calibration.bounds.is_none() => Some((
            "no bounds".to_owned(),
            "bounds = [low, high] for method = logit",
        )),
        Method::Linear | Method::Exponential | Method::Logit
            if calibration.margins.is_empty()
                && calibration.terms.is_empty()
                && calibration.population.is_none() =>
        {
            Some((
                "no totals".to_owned(),
                "[[calibrate.margin]], [[calibrate.total]] or population",
            ))
        }
        _ => None,
    };
    match fault {
        Some((found, expected)) => checker.fail(span.clone(), found, expected),
        None => Ok(()),
    }
}

fn margins(
    checker: &Checker<'_>,
    span: &Range<usize>,
    by: Vec<String>,
    totals: Option<Spanned<RawTotals>>,
    more: Vec<Spanned<RawMargin>>,
) -> Result<Vec<Margin>, SpecificationError> {
    let mut margins = Vec::new();
    match (by.is_empty(), totals) {
        (true, None) => {}
        (false, Some(totals)) => margins.push(margin(checker, by, totals)?),
        (true, Some(totals)) => {
            return checker.fail(
                totals.span(),
                "totals without by",
                "by = [columns] beside totals",
            );
        }
        (false, None) => {
            return checker.fail(span.clone(), "by without totals", "totals beside by");
        }
    }
    for raw in more {
        let raw = raw.into_inner();
        margins.push(margin(checker, raw.by, raw.totals)?);
    }
    Ok(margins)
}

fn margin(
    checker: &Checker<'_>,
    by: Vec<String>,
    totals: Spanned<RawTotals>,
) -> Result<Margin, SpecificationError> {
    let span = totals.span();
    let line = checker.line(span.start);
    let totals = match totals.into_inner() {
        RawTotals::File(path) => Totals::File(path),
        RawTotals::Rows(rows) => {
            let mut cells = Vec::new();
            for row in rows {
                let known = |name: &String| row.get(name).and_then(scalar_text);
                let values: Option<Vec<String>> = by.iter().map(known).collect();
                let count = row.get("count").and_then(number);
                match (values, count, row.len() == by.len() + 1) {
                    (Some(values), Some(count), true) => cells.push((values, count)),
                    _ => {
                        let found = format!("a row with {:?}", row.keys().collect::<Vec<_>>());
                        let expected = format!("each of {by:?} and a number as count");
                        return checker.fail(span, found, expected);
                    }
                }
            }
            Totals::Rows(cells)
        }
    };
    Ok(Margin { by, totals, line })
}

fn number(value: &toml::Value) -> Option<f64> {
    match value {
        toml::Value::Integer(value) => Some(*value as f64),
        toml::Value::Float(value) if value.is_finite() => Some(*value),
        _ => None,
    }
}

/// A text, number or truth value as the text that a column's value would print.
pub(super) fn scalar_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(value) => Some(value.to_string()),
        toml::Value::Float(value) => Some(value.to_string()),
        toml::Value::Boolean(value) => Some(i32::from(*value).to_string()),
        _ => None,
    }
}

pub(super) fn trim(
    checker: &Checker<'_>,
    raw: Spanned<RawTrim>,
) -> Result<Trim, SpecificationError> {
    let span = raw.span();
    let raw = raw.into_inner();
    let lower = raw.lower.unwrap_or(f64::NEG_INFINITY);
    let upper = raw.upper.unwrap_or(f64::INFINITY);
    if lower >= upper || (raw.lower.is_none() && raw.upper.is_none()) {
        let found = format!("lower = {lower}, upper = {upper}");
        return checker.fail(span, found, "lower, upper or both, lower below upper");
    }
    let proportional = match &raw.redistribute {
        None => false,
        Some(word) => checker.word(word, &[("equally", false), ("proportionally", true)])?,
    };
    Ok(Trim {
        lower,
        upper,
        strict: raw.strict,
        proportional,
    })
}
