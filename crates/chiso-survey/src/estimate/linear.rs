//! Statistics and their linearised values.

use super::{DesignEffect, Statistic};
use crate::design::Structure;
use crate::sums::{Group, Moments, PairMoments, Sample, Sums, degrees_of_freedom};
use crate::variance::{LeafValues, VarianceError, covariance, variance};

/// A statistic of one domain, with what its error is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linearised {
    /// The estimate; none where no row has a value, or a denominator is zero.
    pub value: Option<f64>,
    /// Rows with a value and a positive weight.
    pub n: f64,
    /// Σ w over those rows.
    pub weight: f64,
    /// Variance of the statistic in a simple random sample with replacement of n rows.
    pub srs_variance: f64,
    /// Leaves of the design with a value, in the order of its tree.
    pub leaves: Vec<u32>,
    /// The total of the linearised values on each of them.
    pub values: Vec<f64>,
    /// Clusters of the first stage less strata, among the domain's rows.
    pub domain_degrees_of_freedom: u32,
}

/// The sums a statistic takes: a variable's, or a pair's.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The sums of one variable, for each group of the tabulation.
    Variable(&'a [Moments]),
    /// The sums of a numerator and a denominator.
    Pair(&'a [PairMoments]),
}

impl Source<'_> {
    /// The sums of a group; those of a denominator are zero for a single variable.
    fn at(&self, place: usize) -> PairMoments {
        match self {
            Source::Variable(sums) => {
                let Moments { n, w, wy, wyy } = sums[place];
                PairMoments { n, w, wy, wyy, ..PairMoments::default() }
            }
            Source::Pair(sums) => sums[place],
        }
    }
}

/// The statistic of every domain of a tabulation, in the order of its domains.
#[must_use]
pub fn linearise(
    sample: &Sample,
    sums: &Sums,
    source: Source<'_>,
    statistic: Statistic,
) -> Vec<Linearised> {
    sums.domain_ranges()
        .into_iter()
        .map(|range| {
            let groups = &sums.groups[range.clone()];
            let parts: Vec<PairMoments> = range.map(|place| source.at(place)).collect();
            domain(&sample.structure, groups, &parts, statistic)
        })
        .collect()
}

fn domain(
    structure: &Structure,
    groups: &[Group],
    parts: &[PairMoments],
    statistic: Statistic,
) -> Linearised {
    let mut total = PairMoments::default();
    for part in parts {
        total.add(part);
    }
    let mut result = Linearised { n: total.n, weight: total.w, ..Linearised::default() };
    let Some(function) = Function::of(statistic, &total) else {
        return result;
    };
    result.value = Some(function.value);
    result.srs_variance = function.srs_variance(&total);
    for (group, part) in groups.iter().zip(parts) {
        if part.n == 0.0 {
            continue;
        }
        let value = function.linearised(part);
        match result.leaves.last() {
            Some(last) if *last == group.leaf => {
                if let Some(sum) = result.values.last_mut() {
                    *sum += value;
                }
            }
            _ => {
                result.leaves.push(group.leaf);
                result.values.push(value);
            }
        }
    }
    result.domain_degrees_of_freedom =
        degrees_of_freedom(structure, result.leaves.iter().copied());
    result
}

/// A statistic with its coefficients: the linearised total of a group is
/// a·Σw + b·Σwy + c·Σwy² + d·Σwx.
#[derive(Debug, Clone, Copy)]
struct Function {
    statistic: Statistic,
    value: f64,
    w: f64,
    wy: f64,
    wyy: f64,
    wx: f64,
}

impl Function {
    /// None where the statistic does not exist: no rows, or a denominator of zero.
    fn of(statistic: Statistic, total: &PairMoments) -> Option<Function> {
        let zero =
            Function { statistic, value: 0.0, w: 0.0, wy: 0.0, wyy: 0.0, wx: 0.0 };
        if total.n == 0.0 || total.w <= 0.0 {
            return None;
        }
        let mean = total.wy / total.w;
        match statistic {
            Statistic::Mean => Some(Function {
                value: mean,
                w: -mean / total.w,
                wy: 1.0 / total.w,
                ..zero
            }),
            Statistic::Total => Some(Function { value: total.wy, wy: 1.0, ..zero }),
            Statistic::Variance if total.n > 1.0 => {
                let spread = total.n / (total.n - 1.0);
                let variance = spread * central(total.w, total.wy, total.wyy) / total.w;
                Some(Function {
                    value: variance,
                    w: (spread * mean * mean - variance) / total.w,
                    wy: -2.0 * spread * mean / total.w,
                    wyy: spread / total.w,
                    ..zero
                })
            }
            Statistic::Ratio if total.wx != 0.0 => {
                let ratio = total.wy / total.wx;
                Some(Function {
                    value: ratio,
                    wy: 1.0 / total.wx,
                    wx: -ratio / total.wx,
                    ..zero
                })
            }
            Statistic::Variance | Statistic::Ratio => None,
        }
    }

    fn linearised(&self, sum: &PairMoments) -> f64 {
        self.w * sum.w + self.wy * sum.wy + self.wyy * sum.wyy + self.wx * sum.wx
    }

    /// n/(n−1) times the weighted variance of the values whose mean (or total) this is, over n;
    /// times (Σw)² for a total. R takes the same for `vsrs`.
    fn srs_variance(&self, total: &PairMoments) -> f64 {
        let spread = total.n / (total.n - 1.0);
        match self.statistic {
            Statistic::Mean => spread * central(total.w, total.wy, total.wyy) / total.w / total.n,
            Statistic::Total => {
                spread * central(total.w, total.wy, total.wyy) * total.w / total.n
            }
            Statistic::Ratio => {
                let square = total.wyy - 2.0 * self.value * total.wxy
                    + self.value * self.value * total.wxx;
                spread * square / (total.wx * total.wx) * total.w / total.n
            }
            Statistic::Variance => f64::NAN,
        }
    }
}

/// Σ w (y − ȳ)²
fn central(w: f64, wy: f64, wyy: f64) -> f64 {
    (wyy - wy * wy / w).max(0.0)
}

impl Linearised {
    /// The design variance.
    ///
    /// # Errors
    /// When a stratum has one sampled cluster and the design says to stop.
    pub fn variance(&self, structure: &Structure) -> Result<f64, VarianceError> {
        variance(structure, &self.leaves, &self.values)
    }

    /// The design effect of a variance; none where the comparison has no variance, or the
    /// estimated population is smaller than the sample.
    #[must_use]
    pub fn design_effect(&self, variance: f64, kind: DesignEffect) -> Option<f64> {
        let correction = match kind {
            DesignEffect::Replacement => 1.0,
            DesignEffect::WithoutReplacement => (self.weight - self.n) / self.weight,
        };
        let effect = variance / (self.srs_variance * correction);
        (effect.is_finite() && correction > 0.0).then_some(effect)
    }
}

/// The covariance matrix (row by row) of several statistics of one sample, of whatever domains.
///
/// # Errors
/// When a stratum has one sampled cluster and the design says to stop.
pub fn covariance_of(
    structure: &Structure,
    statistics: &[&Linearised],
) -> Result<Vec<f64>, VarianceError> {
    let mut leaves: Vec<u32> =
        statistics.iter().flat_map(|statistic| &statistic.leaves).copied().collect();
    leaves.sort_unstable_by_key(|leaf| structure.order[*leaf as usize]);
    leaves.dedup();
    let mut place = vec![u32::MAX; structure.leaves()];
    for (position, leaf) in leaves.iter().enumerate() {
        place[*leaf as usize] = position as u32;
    }
    let width = statistics.len();
    let mut values = vec![0.0; width * leaves.len()];
    for (column, statistic) in statistics.iter().enumerate() {
        for (leaf, value) in statistic.leaves.iter().zip(&statistic.values) {
            values[place[*leaf as usize] as usize * width + column] = *value;
        }
    }
    covariance(structure, LeafValues { leaves: &leaves, values: &values, width })
}
