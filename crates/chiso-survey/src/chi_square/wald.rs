//! Wald's test of independence on estimated totals.

use super::algebra::{matrix, quadratic_form};
use super::{ChiSquareError, Test, TwoWayTable};
use crate::distribution::f_upper_tail;

/// Wald's test of independence in a table of estimated totals.
///
/// W = Y′V⁻¹Y with Y the differences Nᵢⱼ − Nᵢ₊N₊ⱼ/N of all but the first row and column and V
/// their covariance by the delta method. With k = (r − 1)(c − 1) and ν the design's degrees of
/// freedom the statistic is W/k against F(k, ν), or `adjusted` for few clusters
/// W(ν − k + 1)/(kν) against F(k, ν − k + 1) (R `svychisq`, "Wald" and "adjWald").
pub fn wald(
    totals: &TwoWayTable,
    degrees_of_freedom: f64,
    adjusted: bool,
) -> Result<Test, ChiSquareError> {
    let count = totals.interactions() as f64;
    let needed = if adjusted { count - 1.0 } else { 0.0 };
    if degrees_of_freedom.is_nan() || degrees_of_freedom <= needed {
        return Err(ChiSquareError::DegreesOfFreedom {
            needed,
            found: degrees_of_freedom,
        });
    }
    let form = statistic(totals)?;
    let denominator = if adjusted {
        degrees_of_freedom - needed
    } else {
        degrees_of_freedom
    };
    // Infinite over infinite degrees of freedom is one.
    let factor = if denominator.is_infinite() {
        1.0
    } else {
        denominator / degrees_of_freedom
    };
    let statistic = form / count * factor;
    Ok(Test {
        statistic,
        numerator_df: Some(count),
        denominator_df: Some(denominator),
        p_value: f_upper_tail(statistic, count, denominator)?,
    })
}

fn statistic(table: &TwoWayTable) -> Result<f64, ChiSquareError> {
    let (size, columns) = (table.rows * table.columns, table.columns);
    let (by_row, by_column) = table.margins();
    let total: f64 = by_row.iter().sum();
    let used: Vec<usize> = (0..size)
        .filter(|cell| cell / columns > 0 && cell % columns > 0)
        .collect();
    let expected = |cell: usize| by_row[cell / columns] * by_column[cell % columns] / total;
    let is = |same: bool| f64::from(u8::from(same));
    let jacobian: Vec<f64> = used
        .iter()
        .flat_map(|cell| (0..size).map(move |other| (*cell, other)))
        .map(|(cell, other)| {
            is(cell == other)
                - is(cell / columns == other / columns) * by_column[cell % columns] / total
                - is(cell % columns == other % columns) * by_row[cell / columns] / total
                + expected(cell) / total
        })
        .collect();
    let carried = table.cells.linear(&jacobian)?;
    let count = used.len();
    let y = matrix(count, 1, |k, _| {
        table.cells.values()[used[k]] - expected(used[k])
    });
    let covariance = matrix(count, count, |i, j| carried.covariance()[i * count + j]);
    quadratic_form(&covariance, &y).ok_or(ChiSquareError::Singular)
}
