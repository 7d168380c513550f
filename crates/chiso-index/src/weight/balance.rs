//! Weights with which each part is as important to the index as it should be.
//!
//! The importance of part j is its correlation r_j with the index that the weights make. Sought are
//! positive weights w with `r_j / Σr = t_j / Σt` for targets t. In the logarithms of the weights,
//! which keeps them positive, this is a least-squares problem with a residual of zero where weights
//! exist; it is solved by Levenberg and Marquardt's method with differences for derivatives.
//!
//! Sources: P. Paruolo, M. Saisana, A. Saltelli, *Ratings and rankings: voodoo or science?*, Journal
//! of the Royal Statistical Society A 176 (2013); W. Becker and others, *Weights and importance in
//! composite indicators: Closing the gap*, Ecological Indicators 80 (2017); D. W. Marquardt (1963).

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};

/// Shares of importance that are so near to their targets, relative to those, are reached.
const REACHED: f64 = 1e-8;
/// At which the search ends: short of it, a step is still cheap.
const ENOUGH: f64 = 1e-12;
/// The step of the logarithm of a weight for differences.
const STEP: f64 = 1e-6;
/// No weight falls so far below the greatest, in logarithms, that it is as good as zero.
const DEPTH: f64 = 30.0;
/// Steps of one search.
const STEPS: usize = 200;
/// So many steps that gain next to nothing end a search.
const IDLE: usize = 8;

/// Why no weights are balanced. Parts count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BalanceFault {
    /// There are no parts.
    #[error("found no parts to balance; expected at least one")]
    NoParts,
    /// A target that no positive weight can mean.
    #[error("part {part}: found target {target}; expected a finite number above zero")]
    Target {
        /// The part.
        part: usize,
        /// The target.
        target: f64,
    },
    /// The index could not be computed with some weights.
    #[error("found no index with weights {weights:?}; expected one")]
    NoIndex {
        /// The weights.
        weights: Vec<f64>,
    },
    /// The correlations are not as many as the parts, or not numbers that can be shared.
    #[error(
        "found importances {importances:?}; expected {parts} finite numbers with a sum above zero"
    )]
    Importances {
        /// What was computed.
        importances: Vec<f64>,
        /// How many parts there are.
        parts: usize,
    },
    /// No positive weights give the targets.
    #[error(
        "found no positive weights with which importance is proportional to the targets; nearest \
         are shares of importance {shares:?} by weights {weights:?}; expected shares {targets:?}"
    )]
    NotReached {
        /// The nearest weights, of sum 1.
        weights: Vec<f64>,
        /// The shares of importance with them.
        shares: Vec<f64>,
        /// The shares that were sought.
        targets: Vec<f64>,
    },
}

/// Positive weights of sum 1 with which the importances are proportional to `targets`.
///
/// `evaluate` computes the importance of each part (its correlation with the index) for positive
/// weights of sum 1, or nothing when the index cannot be computed, which ends the search. Shares of
/// importance are reached to 1e-8 of each target.
///
/// # Errors
/// When a target is not above zero, the importances cannot be computed, or no weights reach the
/// targets: [`BalanceFault::NotReached`] then has the nearest, in squares of the shares.
pub fn balance(
    evaluate: impl FnMut(&[f64]) -> Option<Vec<f64>>,
    targets: &[f64],
) -> Result<Vec<f64>, BalanceFault> {
    let above_zero = |target: &f64| target.is_finite() && *target > 0.0;
    if let Some(part) = targets.iter().position(|target| !above_zero(target)) {
        return Err(BalanceFault::Target {
            part,
            target: targets[part],
        });
    }
    let parts = targets.len();
    let total: f64 = targets.iter().sum();
    let targets: Vec<f64> = targets.iter().map(|target| target / total).collect();
    let mut search = Search { evaluate, targets };
    match parts {
        0 => return Err(BalanceFault::NoParts),
        1 => return Ok(vec![1.0]),
        _ => (),
    }
    let starts = [search.targets.clone(), vec![1.0 / parts as f64; parts]];
    let (mut nearest, mut failed): (Option<Point>, _) = (None, None);
    for start in starts {
        match search.from(&start) {
            Ok(point) if point.gap(&search.targets) <= REACHED => return Ok(point.weights()),
            Ok(point)
                if nearest
                    .as_ref()
                    .is_none_or(|near| point.cost() < near.cost()) =>
            {
                nearest = Some(point);
            }
            Ok(_) => (),
            // From another start the importances may have a sum above zero.
            Err(fault @ BalanceFault::Importances { .. }) => failed = Some(fault),
            Err(fault) => return Err(fault),
        }
    }
    Err(match (nearest, failed) {
        (Some(point), _) => BalanceFault::NotReached {
            weights: point.weights(),
            shares: point.shares(&search.targets),
            targets: search.targets,
        },
        (None, Some(fault)) => fault,
        (None, None) => BalanceFault::NoParts,
    })
}

/// Logarithms of weights, and how far the shares of importance are from the targets.
#[derive(Clone, Debug)]
struct Point {
    logarithms: Vec<f64>,
    distances: Vec<f64>,
}

impl Point {
    fn weights(&self) -> Vec<f64> {
        let most = self
            .logarithms
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = self
            .logarithms
            .iter()
            .map(|log| (log - most).exp())
            .collect();
        let total: f64 = raw.iter().sum();
        raw.iter().map(|weight| weight / total).collect()
    }

    fn cost(&self) -> f64 {
        self.distances
            .iter()
            .map(|distance| distance * distance)
            .sum()
    }

    fn gap(&self, targets: &[f64]) -> f64 {
        let gaps = self
            .distances
            .iter()
            .zip(targets)
            .map(|(distance, t)| (distance / t).abs());
        gaps.fold(0.0, f64::max)
    }

    fn shares(&self, targets: &[f64]) -> Vec<f64> {
        self.distances
            .iter()
            .zip(targets)
            .map(|(distance, target)| distance + target)
            .collect()
    }
}

struct Search<F> {
    evaluate: F,
    targets: Vec<f64>,
}

impl<F: FnMut(&[f64]) -> Option<Vec<f64>>> Search<F> {
    fn at(&mut self, logarithms: Vec<f64>) -> Result<Point, BalanceFault> {
        let parts = self.targets.len();
        let mut point = Point {
            logarithms,
            distances: Vec::new(),
        };
        let weights = point.weights();
        let Some(importances) = (self.evaluate)(&weights) else {
            return Err(BalanceFault::NoIndex { weights });
        };
        let total: f64 = importances.iter().sum();
        if importances.len() != parts || !total.is_finite() || total <= 0.0 {
            return Err(BalanceFault::Importances { importances, parts });
        }
        let shares = importances.iter().map(|importance| importance / total);
        point.distances = shares
            .zip(&self.targets)
            .map(|(share, t)| share - t)
            .collect();
        Ok(point)
    }

    /// The nearest point that is found from these weights.
    fn from(&mut self, start: &[f64]) -> Result<Point, BalanceFault> {
        let mut point = self.at(start.iter().map(|weight| weight.ln()).collect())?;
        let (mut damping, mut idle) = (1e-3, 0);
        for _ in 0..STEPS {
            if point.gap(&self.targets) <= ENOUGH || idle == IDLE {
                break;
            }
            let slopes = self.slopes(&point)?;
            let Some(next) = self.better(&point, &slopes, &mut damping)? else {
                break;
            };
            let gained = next.cost() < point.cost() * (1.0 - 1e-6);
            idle = if gained { 0 } else { idle + 1 };
            point = next;
        }
        Ok(point)
    }

    /// The derivatives of the distances, a column per logarithm, by differences to both sides.
    fn slopes(&mut self, point: &Point) -> Result<Mat<f64>, BalanceFault> {
        let parts = self.targets.len();
        let mut slopes = Mat::zeros(parts, parts);
        for part in 0..parts {
            let mut moved = point.logarithms.clone();
            moved[part] += STEP;
            let up = self.at(moved.clone())?;
            moved[part] -= 2.0 * STEP;
            let down = self.at(moved)?;
            for (row, (up, down)) in up.distances.iter().zip(&down.distances).enumerate() {
                slopes[(row, part)] = (up - down) / (2.0 * STEP);
            }
        }
        Ok(slopes)
    }

    /// A point of lower cost along a damped step; none when no damping gives one.
    fn better(
        &mut self,
        point: &Point,
        slopes: &Mat<f64>,
        damping: &mut f64,
    ) -> Result<Option<Point>, BalanceFault> {
        let parts = self.targets.len();
        let normal = slopes.transpose() * slopes;
        let scale = (0..parts)
            .map(|part| normal[(part, part)])
            .fold(0.0, f64::max);
        let distances = Mat::from_fn(parts, 1, |row, _| -point.distances[row]);
        let downhill = slopes.transpose() * distances;
        while *damping < 1e10 && scale > 0.0 {
            let lift = *damping * scale;
            let damped = Mat::from_fn(parts, parts, |i, j| {
                normal[(i, j)] + if i == j { lift } else { 0.0 }
            });
            if let Ok(factor) = damped.llt(Side::Lower) {
                let step = factor.solve(&downhill);
                let moved = (0..parts).map(|part| point.logarithms[part] + step[(part, 0)]);
                let moved: Vec<f64> = moved.collect();
                let most = moved.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let moved = moved.into_iter().map(|log| log.max(most - DEPTH)).collect();
                match self.at(moved) {
                    Ok(next) if next.cost() < point.cost() => {
                        *damping = (*damping / 10.0).max(1e-15);
                        return Ok(Some(next));
                    }
                    Ok(_) | Err(BalanceFault::Importances { .. }) => (),
                    Err(fault) => return Err(fault),
                }
            }
            *damping *= 10.0;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Correlations of parts with the index by their weights, from the parts' covariances.
    fn importances(covariance: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
        let with_index: Vec<f64> = covariance
            .iter()
            .map(|row| row.iter().zip(weights).map(|(c, w)| c * w).sum())
            .collect();
        let variance: f64 = with_index.iter().zip(weights).map(|(c, w)| c * w).sum();
        let of_part = |part: usize| with_index[part] / (variance * covariance[part][part]).sqrt();
        (0..weights.len()).map(of_part).collect()
    }

    #[test]
    fn two_parts_of_unlike_spread_are_equally_important_when_spread_and_weight_cancel() {
        let covariance = vec![vec![4.0, 0.5], vec![0.5, 1.0]];
        let weights = balance(|w| Some(importances(&covariance, w)), &[1.0, 1.0]).unwrap();
        assert!((weights[0] - 1.0 / 3.0).abs() < 1e-8, "{weights:?}");
        assert_eq!(balance(|_| None, &[3.0]), Ok(vec![1.0]));
    }

    #[test]
    fn targets_that_no_weights_reach_are_told_with_the_nearest_weights() {
        let covariance = vec![
            vec![1.0, 0.8, -0.7],
            vec![0.8, 1.0, -0.7],
            vec![-0.7, -0.7, 1.0],
        ];
        // Weights 1 : 1 : a give equal correlations where 1.8 − 0.7a = a − 1.4.
        let reached = balance(|w| Some(importances(&covariance, w)), &[1.0; 3]).unwrap();
        assert!(
            (reached[2] / reached[0] - 3.2 / 1.7).abs() < 1e-6,
            "{reached:?}"
        );
        let fault = balance(|w| Some(importances(&covariance, w)), &[100.0, 1.0, 1.0]);
        let Err(BalanceFault::NotReached {
            weights,
            shares,
            targets,
        }) = fault
        else {
            panic!("{fault:?}")
        };
        assert!(weights.iter().all(|&weight| weight > 0.0));
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((targets[0] - 100.0 / 102.0).abs() < 1e-15);
    }

    #[test]
    fn targets_and_importances_that_cannot_be_are_faults() {
        let some = |_: &[f64]| Some(vec![0.5, 0.5]);
        assert!(matches!(
            balance(some, &[1.0, 0.0]),
            Err(BalanceFault::Target { part: 1, .. })
        ));
        assert!(balance(some, &[f64::NAN, 1.0]).is_err());
        assert_eq!(balance(some, &[]), Err(BalanceFault::NoParts));
        assert!(matches!(
            balance(|_| None, &[1.0, 1.0]),
            Err(BalanceFault::NoIndex { .. })
        ));
        let wrong = |_: &[f64]| Some(vec![0.5]);
        assert!(matches!(
            balance(wrong, &[1.0, 1.0]),
            Err(BalanceFault::Importances { .. })
        ));
        let opposed = |_: &[f64]| Some(vec![-0.5, 0.1]);
        assert!(matches!(
            balance(opposed, &[1.0, 1.0]),
            Err(BalanceFault::Importances { .. })
        ));
    }

    proptest! {
        #[test]
        fn importances_that_some_weights_have_are_reached(
            factors in (2usize..8).prop_flat_map(|parts| {
                prop::collection::vec((0.2f64..2.0, -1.0f64..1.0, 0.3f64..2.0), parts)
            }),
            seeds in prop::collection::vec(0.1f64..1.0, 8),
        ) {
            // Two common factors and one of each part.
            let parts = factors.len();
            let covariance: Vec<Vec<f64>> = (0..parts)
                .map(|i| (0..parts).map(|j| {
                    let own = if i == j { factors[i].2.powi(2) } else { 0.0 };
                    factors[i].0 * factors[j].0 + factors[i].1 * factors[j].1 + own
                }).collect())
                .collect();
            let targets = importances(&covariance, &seeds[..parts]);
            prop_assume!(targets.iter().all(|&target| target > 0.02));
            let weights = balance(|w| Some(importances(&covariance, w)), &targets).unwrap();
            let found = importances(&covariance, &weights);
            let ratio = found[0] / targets[0];
            for (found, target) in found.iter().zip(&targets) {
                prop_assert!((found / target / ratio - 1.0).abs() < 3e-8);
            }
        }
    }
}
