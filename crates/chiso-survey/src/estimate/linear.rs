//! Statistics and their linearised values.

use std::ops::Range;

use super::calibrated::{CellCalibration, CellValues};
use super::{DesignEffect, Statistic};
use crate::calibrate::CalibrationError;
use crate::design::Structure;
use crate::pps::{PpsError, PpsMethod, pps_variance};
use crate::sums::{Moments, PairMoments, Sample, Sums};
use crate::variance::{LeafValues, VarianceError, covariance, variance};

/// A statistic of one domain, with what its error is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linearised {
    /// The estimate; none where no row has a value, or a denominator is zero.
    pub value: Option<f64>,
    /// Rows with a value and a positive weight.
    pub n: f64,
    /// Rows of the design as R counts them (`nrow`), which intervals of proportions after Korn
    /// and Graubard read: the domain's rows with a positive weight, answered or not; after
    /// calibration those of the whole sample, where R keeps them with a weight of 0.
    pub rows: f64,
    /// Σ w over those with a value.
    pub weight: f64,
    /// Variance of the statistic in a simple random sample with replacement of n rows.
    pub srs_variance: f64,
    /// Leaves of the design with a value, in the order of its tree.
    pub leaves: Vec<u32>,
    /// The total of the linearised values on each of them.
    pub values: Vec<f64>,
    /// Clusters of the first stage less strata, among the domain's rows with a positive weight,
    /// whatever they answered.
    pub domain_degrees_of_freedom: u32,
}

/// The sums a statistic takes: a variable's, or a pair's, by place in the tabulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A variable.
    Variable(usize),
    /// A numerator and a denominator.
    Pair(usize),
}

impl Source {
    /// The sums of a group; those of a denominator are zero for a single variable.
    pub(super) fn at(self, sums: &Sums, place: usize) -> PairMoments {
        match self {
            Source::Variable(variable) => widen(sums.variables[variable][place]),
            Source::Pair(pair) => sums.pairs[pair][place],
        }
    }

    /// The same sums with every weight 1, which raking needs.
    fn unweighted_at(self, sums: &Sums, place: usize) -> PairMoments {
        match self {
            Source::Variable(variable) => widen(sums.unweighted_variables[variable][place]),
            Source::Pair(pair) => sums.unweighted_pairs[pair][place],
        }
    }
}

fn widen(sum: Moments) -> PairMoments {
    let Moments { n, w, wy, wyy } = sum;
    PairMoments {
        n,
        w,
        wy,
        wyy,
        ..PairMoments::default()
    }
}

/// The statistic of every domain of a tabulation, in the order of its domains.
///
/// # Errors
/// When the sample is calibrated in a way that needs sums that were not made.
pub fn linearise(
    sample: &Sample,
    tabulation: usize,
    source: Source,
    statistic: Statistic,
) -> Result<Vec<Linearised>, CalibrationError> {
    let sums = &sample.tabulations[tabulation];
    sums.domain_ranges()
        .into_iter()
        .zip(&sums.degrees_of_freedom)
        .map(|(range, degrees)| {
            let rows = match &sample.calibration {
                Some(_) => sample.structure.rows,
                None => sums.weights[range.clone()].iter().map(|one| one.n).sum(),
            };
            let found = domain(sample, sums, range, source, statistic)?;
            Ok(Linearised {
                rows: rows as f64,
                domain_degrees_of_freedom: *degrees,
                ..found
            })
        })
        .collect()
}

fn domain(
    sample: &Sample,
    sums: &Sums,
    range: Range<usize>,
    source: Source,
    statistic: Statistic,
) -> Result<Linearised, CalibrationError> {
    let mut total = PairMoments::default();
    for place in range.clone() {
        total.add(&source.at(sums, place));
    }
    let mut result = Linearised {
        n: total.n,
        weight: total.w,
        ..Linearised::default()
    };
    let Some(function) = Function::of(statistic, &total) else {
        return Ok(result);
    };
    result.value = Some(function.value);
    result.srs_variance = function.srs_variance(&total);
    for place in range.clone() {
        let part = source.at(sums, place);
        if part.n > 0.0 {
            result.add(sums.groups[place].leaf, function.linearised(&part));
        }
    }
    if let Some(calibration) = &sample.calibration {
        let mut cells = CellValues::new(calibration);
        for place in range {
            let cell = sums.groups[place].cell;
            cells.add_weighted(cell, function.linearised(&source.at(sums, place)));
            if calibration.needs_unweighted() {
                let part = source.unweighted_at(sums, place);
                cells.add_unweighted(cell, function.linearised(&part));
            }
        }
        result.leaves_become_residuals(sample, &calibration.coefficients(&cells)?, calibration);
    }
    Ok(result)
}

/// A statistic with its coefficients: the linearised total of a group is
/// a·Σw + b·Σwy + c·Σwy² + d·Σwx.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    statistic: Statistic,
    pub(super) value: f64,
    w: f64,
    wy: f64,
    wyy: f64,
    wx: f64,
}

impl Function {
    /// None where the statistic does not exist: no rows, or a denominator of zero.
    pub(super) fn of(statistic: Statistic, total: &PairMoments) -> Option<Function> {
        let zero = Function {
            statistic,
            value: 0.0,
            w: 0.0,
            wy: 0.0,
            wyy: 0.0,
            wx: 0.0,
        };
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
            Statistic::Total => Some(Function {
                value: total.wy,
                wy: 1.0,
                ..zero
            }),
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

    pub(super) fn linearised(&self, sum: &PairMoments) -> f64 {
        self.w * sum.w + self.wy * sum.wy + self.wyy * sum.wyy + self.wx * sum.wx
    }

    /// n/(n−1) times the weighted variance of the values whose mean (or total) this is, over n;
    /// times (Σw)² for a total. R takes the same for `vsrs`.
    pub(super) fn srs_variance(&self, total: &PairMoments) -> f64 {
        let spread = total.n / (total.n - 1.0);
        match self.statistic {
            Statistic::Mean => spread * central(total.w, total.wy, total.wyy) / total.w / total.n,
            Statistic::Total => spread * central(total.w, total.wy, total.wyy) * total.w / total.n,
            Statistic::Ratio => {
                let square =
                    total.wyy - 2.0 * self.value * total.wxy + self.value * self.value * total.wxx;
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
    /// Adds to a leaf; leaves come in order.
    fn add(&mut self, leaf: u32, value: f64) {
        match (self.leaves.last(), self.values.last_mut()) {
            (Some(last), Some(sum)) if *last == leaf => *sum += value,
            _ => {
                self.leaves.push(leaf);
                self.values.push(value);
            }
        }
    }

    /// z → z − Σ_c b_c·W_c on every leaf of the sample, in the domain or not: what the known
    /// totals explain is no error.
    fn leaves_become_residuals(
        &mut self,
        sample: &Sample,
        coefficients: &[f64],
        calibration: &CellCalibration,
    ) {
        let mut own = self.leaves.iter().zip(&self.values).peekable();
        let mut all = Linearised::default();
        for (group, weight) in sample.base.groups.iter().zip(&sample.base.weights) {
            if all.leaves.last() != Some(&group.leaf) {
                let value = own
                    .next_if(|(leaf, _)| **leaf == group.leaf)
                    .map_or(0.0, |own| *own.1);
                all.add(group.leaf, value);
            }
            let coefficient = calibration
                .place(group.cell)
                .map_or(0.0, |c| coefficients[c]);
            all.add(group.leaf, -coefficient * weight.sum);
        }
        self.leaves = all.leaves;
        self.values = all.values;
    }

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
        design_effect(variance, self.srs_variance, self.weight, self.n, kind)
    }
}

pub(super) fn design_effect(
    variance: f64,
    srs_variance: f64,
    weight: f64,
    n: f64,
    kind: DesignEffect,
) -> Option<f64> {
    let correction = match kind {
        DesignEffect::Replacement => 1.0,
        DesignEffect::WithoutReplacement => (weight - n) / weight,
    };
    let effect = variance / (srs_variance * correction);
    (effect.is_finite() && correction > 0.0).then_some(effect)
}

/// The covariance matrix (row by row) of several statistics of one sample, of whatever domains.
///
/// # Errors
/// When a stratum has one sampled cluster and the design says to stop.
pub fn covariance_of(
    structure: &Structure,
    statistics: &[&Linearised],
) -> Result<Vec<f64>, VarianceError> {
    let mut leaves: Vec<u32> = statistics
        .iter()
        .flat_map(|statistic| &statistic.leaves)
        .copied()
        .collect();
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
    covariance(
        structure,
        LeafValues {
            leaves: &leaves,
            values: &values,
            width,
        },
    )
}

/// As [`covariance_of`], under a method for unequal probabilities ([`crate::pps`]). The sample must
/// have one stage with finite populations: a cluster's probability is sampled ÷ population. Joint
/// probabilities are in the order of `structure.clusters[0]`.
///
/// # Errors
/// When probabilities are missing or impossible.
pub fn pps_covariance_of(
    structure: &Structure,
    method: &PpsMethod<'_>,
    statistics: &[&Linearised],
) -> Result<Vec<f64>, PpsError> {
    let clusters = &structure.clusters[0];
    let strata: Vec<usize> = clusters.iter().map(|c| c.stratum as usize).collect();
    let probabilities: Vec<f64> = clusters
        .iter()
        .zip(&strata)
        .map(|(cluster, stratum)| {
            f64::from(structure.strata[0][*stratum].sampled) / cluster.population
        })
        .collect();
    let totals: Vec<Vec<f64>> = statistics
        .iter()
        .map(|statistic| {
            let mut totals = vec![0.0; clusters.len()];
            for (leaf, value) in statistic.leaves.iter().zip(&statistic.values) {
                totals[structure.cluster_of(*leaf, 0) as usize] += value;
            }
            totals
        })
        .collect();
    let columns: Vec<&[f64]> = totals.iter().map(Vec::as_slice).collect();
    let matrix = pps_variance(method, &columns, &probabilities, Some(&strata))?;
    let width = statistics.len();
    let entries = (0..width * width).map(|at| matrix[(at / width, at % width)]);
    Ok(entries.collect())
}
