//! Tests of independence of two classifications.

use super::errors::Wanted;
use super::estimates::Inputs;
use super::{ResultError, TestRow};
use crate::chi_square::{RaoScottStatistic, Test, TwoWayTable, rao_scott, wald};
use crate::contrast::Estimates;
use crate::estimate::{Source, Statistic};
use crate::key::Key;
use crate::specification::TestSpecification;

/// The tests of the specification.
///
/// # Errors
/// When a table cannot be tested, by the test's name.
pub fn independence_tests(inputs: Inputs<'_>) -> Result<Vec<TestRow>, ResultError> {
    let tests = inputs.specification.tests.iter().zip(&inputs.plan.tests);
    tests
        .map(|(test, place)| one(inputs, test, *place))
        .collect()
}

fn one(
    inputs: Inputs<'_>,
    test: &TestSpecification,
    (tabulation, slot): (usize, usize),
) -> Result<TestRow, ResultError> {
    let fault = |reason: String| ResultError::Test {
        test: test.id.clone(),
        reason,
    };
    if inputs.plan.needs().all_variables {
        return Err(fault(
            "not offered with weights by row (GREG, trimming, given weights)".into(),
        ));
    }
    let sums = &inputs.sample.tabulations[tabulation];
    let values = |place: usize| {
        let mut values: Vec<&Key> = sums.domains.iter().map(|domain| &domain[place]).collect();
        values.sort();
        values.dedup();
        values
    };
    let (rows, columns) = (values(0), values(1));
    let mut measured = inputs.measure(Wanted {
        tabulation,
        sources: &[Source::Variable(slot)],
        kept: &[],
        statistic: Statistic::Total,
    })?;
    let measured = measured.pop().unwrap_or_default();
    let present: Vec<usize> = (0..measured.len())
        .filter(|d| measured[*d].linearised.value.is_some())
        .collect();
    let known: Vec<_> = present.iter().map(|domain| &measured[*domain]).collect();
    let matrix = inputs.matrix(&known)?;
    let size = rows.len() * columns.len();
    let cell = |domain: usize| {
        let keys = &sums.domains[domain];
        let row = rows.binary_search(&&keys[0]).unwrap_or(0);
        row * columns.len() + columns.binary_search(&&keys[1]).unwrap_or(0)
    };
    let mut totals = vec![0.0; size];
    let mut covariance = vec![0.0; size * size];
    for (i, domain) in present.iter().enumerate() {
        totals[cell(*domain)] = measured[*domain].linearised.value.unwrap_or(0.0);
        for (j, other) in present.iter().enumerate() {
            covariance[cell(*domain) * size + cell(*other)] = matrix[i * present.len() + j];
        }
    }
    let estimates = Estimates::new(totals, covariance).map_err(|e| fault(e.to_string()))?;
    let table = TwoWayTable::new(rows.len(), columns.len(), estimates)
        .map_err(|error| fault(error.to_string()))?;
    let answered: u64 = sums.weights.iter().map(|weights| weights.n).sum();
    let n = (answered + sums.without_domain) as f64;
    let degrees = inputs.replication.map_or_else(
        || f64::from(inputs.sample.degrees_of_freedom()),
        |replication| replication.degrees_of_freedom() as f64,
    );
    let found = statistic(&table, n, degrees, &test.statistic).map_err(fault)?;
    Ok(TestRow {
        id: test.id.clone(),
        rows: test.rows.text().to_owned(),
        columns: test.columns.text().to_owned(),
        statistic: test.statistic.clone(),
        value: found.statistic,
        numerator_df: found.numerator_df,
        denominator_df: found.denominator_df,
        p: found.p_value,
    })
}

fn statistic(table: &TwoWayTable, n: f64, degrees: f64, name: &str) -> Result<Test, String> {
    let text = |error: crate::chi_square::ChiSquareError| error.to_string();
    let of = |statistic| {
        let proportions = table.proportions().map_err(text)?;
        rao_scott(&proportions, n, degrees, statistic).map_err(text)
    };
    match name {
        "Chisq" => of(RaoScottStatistic::ChiSquare),
        "lincom" => of(RaoScottStatistic::LinearCombination),
        "saddlepoint" => of(RaoScottStatistic::Saddlepoint),
        "Wald" => wald(table, degrees, false).map_err(text),
        "adjWald" => wald(table, degrees, true).map_err(text),
        _ => of(RaoScottStatistic::F),
    }
}
