//! Estimates and their replicate errors from sums per unit: one dense product, then columns.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::{ReplicateError, ReplicateWeights};

/// Weighted sums of one domain, a row a unit, a column a summed variable.
///
/// Rows may be laid out either way (`MatRef::from_row_major_slice`, `…_column_major_slice`).
#[derive(Debug, Clone, Copy)]
pub struct DomainSums<'a> {
    /// The unit of every row of the sums; `None` when the rows are all units in order. A unit that
    /// the domain does not touch needs no row.
    pub units: Option<&'a [usize]>,
    /// Units × columns: sums over the unit's rows in the domain, weighted by the sampling weight.
    pub sums: MatRef<'a, f64>,
    /// What is to be estimated from the columns.
    pub statistics: &'a [Statistic],
}

/// An estimate as a function of column totals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The total of a column.
    Total {
        /// Its index.
        column: usize,
    },
    /// The ratio of two totals; a mean is the ratio of `Σwy` to `Σw`, a proportion likewise.
    Ratio {
        /// Index of the numerator's column.
        numerator: usize,
        /// Index of the denominator's column.
        denominator: usize,
    },
    /// The element variance `n/(n − 1) · (Σwy²/Σw − (Σwy/Σw)²)`, `n` being the full sample's in
    /// every replicate (R `svyvar`).
    Variance {
        /// Index of the column of `Σwy²`.
        squares: usize,
        /// Index of the column of `Σwy`.
        sum: usize,
        /// Index of the column of `Σw`.
        weight: usize,
        /// Number of rows that answered.
        rows: f64,
    },
}

impl Statistic {
    fn columns(&self) -> impl Iterator<Item = usize> {
        let columns = match *self {
            Self::Total { column } => [column; 3],
            Self::Ratio {
                numerator,
                denominator,
            } => [numerator, denominator, denominator],
            Self::Variance {
                squares,
                sum,
                weight,
                ..
            } => [squares, sum, weight],
        };
        columns.into_iter()
    }

    fn value(&self, total: impl Fn(usize) -> f64) -> f64 {
        match *self {
            Self::Total { column } => total(column),
            Self::Ratio {
                numerator,
                denominator,
            } => total(numerator) / total(denominator),
            Self::Variance {
                squares,
                sum,
                weight,
                rows,
            } => {
                let mean = total(sum) / total(weight);
                rows / (rows - 1.0) * (total(squares) / total(weight) - mean * mean)
            }
        }
    }
}

/// An estimate of the full sample with its variance from the replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplicateEstimate {
    /// The full-sample estimate.
    pub estimate: f64,
    /// Its variance.
    pub variance: f64,
    /// Replicates that gave no number and were left out.
    pub discarded: usize,
}

/// How many columns one task multiplies: enough to pay for packing the multipliers, few enough to
/// share a single national domain among threads.
const COLUMNS_PER_TASK: usize = 48;

/// Totals of every column in every replicate: replicates × columns, `Mᵀ S` over the domain's units.
///
/// # Errors
/// A unit that does not exist, or sums of a length that is not the units'.
pub fn replicate_totals(
    weights: &ReplicateWeights,
    domain: &DomainSums<'_>,
) -> Result<Mat<f64>, ReplicateError> {
    let totals = totals(weights, domain)?;
    let (replicates, columns) = (weights.replicates(), domain.sums.ncols());
    Ok(MatRef::from_column_major_slice(&totals, replicates, columns).to_owned())
}

/// Every statistic of every domain with its replicate variance: the outer list goes by domain, the
/// inner by the domain's statistics. Domains are worked in parallel; only the totals of the
/// domains in hand (replicates × columns) are held, never all replicates of all estimates.
///
/// A statistic that the full sample or all replicates leave without a finite value is an error of
/// its own and does not stop the others.
///
/// # Errors
/// A unit or column that does not exist, or sums of a length that is not the units'.
pub fn replicate_estimates(
    weights: &ReplicateWeights,
    domains: &[DomainSums<'_>],
) -> Result<Vec<Vec<Result<ReplicateEstimate, ReplicateError>>>, ReplicateError> {
    let one = |(index, domain): (usize, &DomainSums<'_>)| {
        check_columns(domain)?;
        let totals = totals(weights, domain)?;
        let full = column_sums(domain.sums);
        let mut theta = vec![0.0; weights.replicates()];
        let estimates = domain
            .statistics
            .iter()
            .enumerate()
            .map(|(place, statistic)| {
                let estimate = full_estimate(statistic, &full, index, place)?;
                fill(statistic, &totals, &mut theta);
                let spread = weights.variance(&theta, estimate)?;
                let (variance, discarded) = (spread.variance, spread.discarded);
                Ok(ReplicateEstimate {
                    estimate,
                    variance,
                    discarded,
                })
            });
        Ok(estimates.collect())
    };
    domains.par_iter().enumerate().map(one).collect()
}

/// The statistics of the given domains, in order, in the full sample and in every replicate:
/// (full estimates, replicates × estimates), for covariances and for functions of estimates
/// ([`super::replicate_covariance`]).
///
/// # Errors
/// As [`replicate_estimates`], and a statistic without a finite full-sample value.
pub fn replicate_values(
    weights: &ReplicateWeights,
    domains: &[DomainSums<'_>],
) -> Result<(Vec<f64>, Mat<f64>), ReplicateError> {
    let replicates = weights.replicates();
    let mut full_estimates = Vec::new();
    let mut columns = Vec::new();
    for (index, domain) in domains.iter().enumerate() {
        check_columns(domain)?;
        let totals = totals(weights, domain)?;
        let full = column_sums(domain.sums);
        for (place, statistic) in domain.statistics.iter().enumerate() {
            full_estimates.push(full_estimate(statistic, &full, index, place)?);
            let mut theta = vec![0.0; replicates];
            fill(statistic, &totals, &mut theta);
            columns.push(theta);
        }
    }
    let values = Mat::from_fn(replicates, columns.len(), |r, k| columns[k][r]);
    Ok((full_estimates, values))
}

fn full_estimate(
    statistic: &Statistic,
    full: &[f64],
    domain: usize,
    place: usize,
) -> Result<f64, ReplicateError> {
    let estimate = statistic.value(|column| full[column]);
    if estimate.is_finite() {
        Ok(estimate)
    } else {
        Err(ReplicateError::NoEstimate {
            domain,
            statistic: place,
        })
    }
}

fn fill(statistic: &Statistic, totals: &[f64], theta: &mut [f64]) {
    let replicates = theta.len();
    for (r, value) in theta.iter_mut().enumerate() {
        *value = statistic.value(|column| totals[column * replicates + r]);
    }
}

fn column_sums(sums: MatRef<'_, f64>) -> Vec<f64> {
    (0..sums.ncols())
        .map(|column| sums.col(column).iter().sum())
        .collect()
}

fn check_columns(domain: &DomainSums<'_>) -> Result<(), ReplicateError> {
    let available = domain.sums.ncols();
    match domain
        .statistics
        .iter()
        .flat_map(Statistic::columns)
        .find(|&c| c >= available)
    {
        Some(found) => Err(ReplicateError::OutOfRange {
            what: "column",
            found,
            available,
        }),
        None => Ok(()),
    }
}

/// Column-major replicates × columns.
fn totals(weights: &ReplicateWeights, domain: &DomainSums<'_>) -> Result<Vec<f64>, ReplicateError> {
    let (available, replicates) = (weights.units(), weights.replicates());
    let expected = domain.units.map_or(available, <[usize]>::len);
    let (found, columns) = (domain.sums.nrows(), domain.sums.ncols());
    if found != expected {
        return Err(ReplicateError::Length {
            what: "rows of sums",
            found,
            expected,
        });
    }
    let gathered;
    let multipliers = match domain.units {
        None => weights.multipliers.as_ref(),
        Some(units) => {
            if let Some(&found) = units.iter().find(|&&unit| unit >= available) {
                return Err(ReplicateError::OutOfRange {
                    what: "unit",
                    found,
                    available,
                });
            }
            gathered = Mat::from_fn(units.len(), replicates, |i, r| {
                weights.multipliers[(units[i], r)]
            });
            gathered.as_ref()
        }
    };
    let mut totals = vec![0.0; replicates * columns];
    let task = |(index, target): (usize, &mut [f64])| {
        let width = target.len() / replicates;
        let target = MatMut::from_column_major_slice_mut(target, replicates, width);
        let sums = domain.sums.subcols(index * COLUMNS_PER_TASK, width);
        matmul(
            target,
            Accum::Replace,
            multipliers.transpose(),
            sums,
            1.0,
            Par::Seq,
        );
    };
    let chunk = (replicates * COLUMNS_PER_TASK).max(1);
    totals.par_chunks_mut(chunk).enumerate().for_each(task);
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replicate::{PsuDesign, jk1};

    #[test]
    fn a_domain_of_some_units_equals_the_same_domain_with_zeros_elsewhere() {
        let weights = jk1(&PsuDesign::unstratified(6, f64::INFINITY).unwrap()).unwrap();
        let dense = Mat::from_fn(6, 100, |i, k| {
            if [1, 4].contains(&i) {
                (i * 100 + k) as f64
            } else {
                0.0
            }
        });
        let sparse = Mat::from_fn(2, 100, |i, k| dense[([1, 4][i], k)]);
        let whole = DomainSums {
            units: None,
            sums: dense.as_ref(),
            statistics: &[],
        };
        let part = DomainSums {
            units: Some(&[1, 4]),
            sums: sparse.as_ref(),
            statistics: &[],
        };
        let (a, b) = (
            replicate_totals(&weights, &whole),
            replicate_totals(&weights, &part),
        );
        let difference = a.unwrap() - b.unwrap();
        assert!(difference.norm_max() < 1e-9);
    }

    #[test]
    fn an_empty_domain_is_an_error_of_its_own() {
        let weights = jk1(&PsuDesign::unstratified(3, f64::INFINITY).unwrap()).unwrap();
        let sums = Mat::from_fn(3, 2, |i, k| if k == 0 { i as f64 } else { 0.0 });
        let statistics = [
            Statistic::Ratio {
                numerator: 0,
                denominator: 1,
            },
            Statistic::Total { column: 0 },
        ];
        let domain = DomainSums {
            units: None,
            sums: sums.as_ref(),
            statistics: &statistics,
        };
        let estimates = replicate_estimates(&weights, &[domain]).unwrap();
        assert_eq!(
            estimates[0][0],
            Err(ReplicateError::NoEstimate {
                domain: 0,
                statistic: 0
            })
        );
        assert_eq!(estimates[0][1].as_ref().unwrap().estimate, 3.0);
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let weights = jk1(&PsuDesign::unstratified(3, f64::INFINITY).unwrap()).unwrap();
        let sums = Mat::<f64>::zeros(2, 1);
        let unit = DomainSums {
            units: Some(&[0, 3]),
            sums: sums.as_ref(),
            statistics: &[],
        };
        let error = replicate_totals(&weights, &unit).unwrap_err();
        assert_eq!(error.to_string(), "unit 3 does not exist; there are 3");
        let rows = DomainSums {
            units: None,
            sums: sums.as_ref(),
            statistics: &[],
        };
        assert!(matches!(
            replicate_totals(&weights, &rows),
            Err(ReplicateError::Length { .. })
        ));
        let statistics = [Statistic::Total { column: 1 }];
        let column = DomainSums {
            units: Some(&[0, 1]),
            sums: sums.as_ref(),
            statistics: &statistics,
        };
        assert!(matches!(
            replicate_estimates(&weights, &[column]),
            Err(ReplicateError::OutOfRange { what: "column", .. })
        ));
    }
}
