//! Pearson's statistic with the corrections of Rao and Scott.

use super::algebra::{matrix, relative_eigenvalues};
use super::{ChiSquareError, Test, TwoWayTable};
use crate::distribution::{SumMethod, chi_square_upper_tail, f_upper_tail, weighted_f_upper_tail};
use faer::Mat;

/// Which reference distribution Pearson's statistic is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RaoScottStatistic {
    /// X²/Σδ against F with d = (Σδ)²/Σδ² and d·ν degrees of freedom, the second-order
    /// correction (R's default, "F"), ν those of the design.
    F,
    /// X² over the mean δ against chi-square with (r − 1)(c − 1), the first-order correction (R's
    /// "Chisq"; the statistic reported is X² itself).
    ChiSquare,
    /// X² against Σδₖχ²₁ over a chi-square of d·ν degrees of freedom, exactly (R's "lincom", which
    /// integrates to 1e-7 and without the package `CompQuadForm` takes the saddlepoint instead).
    LinearCombination,
    /// The same by a saddlepoint approximation (R's "saddlepoint").
    Saddlepoint,
}

/// Tests independence in a table of estimated proportions.
///
/// `n` is the number of rows of the design, those without an answer included, as in R.
/// `degrees_of_freedom` are the design's; for the last two statistics of a replicate design R
/// uses infinite ones.
pub fn rao_scott(
    proportions: &TwoWayTable,
    n: f64,
    degrees_of_freedom: f64,
    statistic: RaoScottStatistic,
) -> Result<Test, ChiSquareError> {
    if n.is_nan() || n < 1.0 {
        return Err(ChiSquareError::SampleSize(n));
    }
    if degrees_of_freedom.is_nan() || degrees_of_freedom <= 0.0 {
        return Err(ChiSquareError::DegreesOfFreedom {
            needed: 0.0,
            found: degrees_of_freedom,
        });
    }
    let pearson = pearson(proportions, n);
    let effects = design_effects(proportions, n)?;
    let sum: f64 = effects.iter().sum();
    if sum <= 0.0 {
        return Err(ChiSquareError::Singular);
    }
    let order = sum * sum / effects.iter().map(|d| d * d).sum::<f64>();
    let denominator = order * degrees_of_freedom;
    let against_sum = |method| -> Result<Test, ChiSquareError> {
        Ok(Test {
            statistic: pearson,
            numerator_df: None,
            denominator_df: None,
            p_value: weighted_f_upper_tail(pearson, &effects, denominator, method)?,
        })
    };
    match statistic {
        RaoScottStatistic::F => Ok(Test {
            statistic: pearson / sum,
            numerator_df: Some(order),
            denominator_df: Some(denominator),
            p_value: f_upper_tail(pearson / sum, order, denominator)?,
        }),
        RaoScottStatistic::ChiSquare => {
            let count = effects.len() as f64;
            Ok(Test {
                statistic: pearson,
                numerator_df: Some(count),
                denominator_df: None,
                p_value: chi_square_upper_tail(pearson * count / sum, count)?,
            })
        }
        RaoScottStatistic::LinearCombination => against_sum(SumMethod::Exact),
        RaoScottStatistic::Saddlepoint => against_sum(SumMethod::Saddlepoint),
    }
}

/// n Σ (pᵢⱼ − pᵢ₊p₊ⱼ)²/(pᵢ₊p₊ⱼ).
fn pearson(table: &TwoWayTable, n: f64) -> f64 {
    let (rows, columns) = table.margins();
    let total: f64 = rows.iter().sum();
    let cells = table.cells.values().iter().enumerate();
    let terms = cells.map(|(at, p)| {
        let expected = rows[at / table.columns] * columns[at % table.columns] / total;
        (p - expected).powi(2) / expected
    });
    n / total * terms.sum::<f64>()
}

/// The eigenvalues of Δ, with C the double-centred indicators of the first (r − 1)(c − 1) cells.
fn design_effects(table: &TwoWayTable, n: f64) -> Result<Vec<f64>, ChiSquareError> {
    let (size, count) = (table.rows * table.columns, table.interactions());
    let centred = |is: bool, levels: usize| f64::from(u8::from(is)) - 1.0 / levels as f64;
    let basis = matrix(size, count, |cell, k| {
        let (i, j) = (k / (table.columns - 1), k % (table.columns - 1));
        centred(cell / table.columns == i, table.rows)
            * centred(cell % table.columns == j, table.columns)
    });
    let inverse = |cell: usize| match table.cells.values()[cell] {
        p if p > 0.0 => 1.0 / p,
        _ => 0.0,
    };
    let scaled = matrix(size, count, |cell, k| inverse(cell) * basis[(cell, k)]);
    let covariance = matrix(size, size, |i, j| table.cells.covariance()[i * size + j]);
    let simple: Mat<f64> = basis.transpose() * &scaled * faer::Scale(1.0 / n);
    let design: Mat<f64> = scaled.transpose() * covariance * &scaled;
    relative_eigenvalues(&simple, &design).ok_or(ChiSquareError::Singular)
}
