//! Preston's rescaled bootstrap for samples of several stages without replacement.

use std::collections::HashMap;

use faer::Mat;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use super::bootstrap::bootstrap_weights;
use super::draw::{stream, without_replacement};
use super::{ReplicateError, ReplicateMethod, ReplicateWeights};

/// One stage of the sample, as every unit of the last stage sees it: three columns, one entry a
/// last-stage unit.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a> {
    /// The stratum in which the unit's cluster was drawn. From the second stage on strata lie
    /// within a cluster of the stage before, so their numbers are unique over the whole sample.
    pub stratum: &'a [usize],
    /// The unit's cluster at this stage, numbered uniquely over the whole sample.
    pub cluster: &'a [usize],
    /// How many clusters the stratum has in the population; infinite for none.
    pub population: &'a [f64],
}

/// A sample of several stages, laid out for repeated drawing.
#[derive(Debug, Clone)]
pub struct MultistageDesign {
    units: usize,
    stages: Vec<Vec<StageStratum>>,
}

/// A stratum of one stage: its clusters' units, and how much of it was sampled.
#[derive(Debug, Clone)]
struct StageStratum {
    clusters: Vec<Vec<usize>>,
    fraction: f64,
}

impl MultistageDesign {
    /// Lays out the stages, first to last.
    ///
    /// # Errors
    /// No unit or no stage; columns of unequal length; a cluster in two strata, or a stratum of a
    /// later stage in two clusters of the stage before; a population count below the sampled one.
    pub fn new(stages: &[Stage<'_>]) -> Result<Self, ReplicateError> {
        let units = stages.first().map_or(0, |stage| stage.cluster.len());
        if units == 0 {
            return Err(ReplicateError::NoPsu);
        }
        let mut laid_out = Vec::with_capacity(stages.len());
        for (index, stage) in stages.iter().enumerate() {
            let columns = [
                stage.stratum.len(),
                stage.cluster.len(),
                stage.population.len(),
            ];
            if let Some(&found) = columns.iter().find(|&&length| length != units) {
                let what = "units in a column of a stage";
                return Err(ReplicateError::Length {
                    what,
                    found,
                    expected: units,
                });
            }
            nested(
                index + 1,
                "cluster",
                stage.cluster,
                "stratum",
                stage.stratum,
            )?;
            if let Some(above) = index.checked_sub(1) {
                let parent = stages[above].cluster;
                nested(
                    index + 1,
                    "stratum",
                    stage.stratum,
                    "cluster of the stage before",
                    parent,
                )?;
            }
            laid_out.push(lay_out(stage)?);
        }
        Ok(Self {
            units,
            stages: laid_out,
        })
    }

    /// How many units the last stage has.
    pub fn units(&self) -> usize {
        self.units
    }
}

fn nested(
    stage: usize,
    what: &'static str,
    child: &[usize],
    parent: &'static str,
    of: &[usize],
) -> Result<(), ReplicateError> {
    let mut seen = HashMap::new();
    for (&id, &above) in child.iter().zip(of) {
        if *seen.entry(id).or_insert(above) != above {
            return Err(ReplicateError::NotNested {
                stage,
                what,
                id,
                parent,
            });
        }
    }
    Ok(())
}

/// Strata and clusters in the order of their first unit, so that draws do not hang on their numbers.
fn lay_out(stage: &Stage<'_>) -> Result<Vec<StageStratum>, ReplicateError> {
    let mut strata: Vec<(usize, f64, Vec<Vec<usize>>)> = Vec::new();
    let mut place_of_stratum = HashMap::new();
    let mut place_of_cluster = HashMap::new();
    for unit in 0..stage.cluster.len() {
        let id = stage.stratum[unit];
        let place = *place_of_stratum.entry(id).or_insert_with(|| {
            strata.push((id, stage.population[unit], Vec::new()));
            strata.len() - 1
        });
        let clusters = &mut strata[place].2;
        let cluster = *place_of_cluster
            .entry(stage.cluster[unit])
            .or_insert_with(|| {
                clusters.push(Vec::new());
                clusters.len() - 1
            });
        clusters[cluster].push(unit);
    }
    let checked = strata.into_iter().map(|(stratum, population, clusters)| {
        let sampled = clusters.len();
        if population.is_nan() || population < sampled as f64 * (1.0 - 1e-9) {
            return Err(ReplicateError::Population {
                stratum,
                sampled,
                population,
            });
        }
        let fraction = (sampled as f64 / population).min(1.0);
        Ok(StageStratum { clusters, fraction })
    });
    checked.collect()
}

/// Preston's multistage rescaled bootstrap (Survey Methodology 35(2), 2009, section 2; R
/// `mrbweights`): at every stage half of a stratum's clusters, `n* = ⌊n/2⌋`, are drawn without
/// replacement among those whose parents were drawn. With `δ` for drawn, `f` the sampling
/// fractions and `F` the product of the fractions of the stages before,
/// `multiplier = 1 + Σ_stages (Π_before √(n/n*) δ) λ ((n/n*) δ − 1)`,
/// `λ = √(n* F (1 − f)/(n − n*))`; scale 1, replicate scales `1/(R − 1)`.
///
/// A stratum of one cluster draws nothing and adds nothing. Negative multipliers do not occur at
/// one stage and may at several. One row a unit of the last stage.
///
/// # Errors
/// Fewer than two replicates.
pub fn multistage_rescaled(
    design: &MultistageDesign,
    replicates: usize,
    seed: u64,
) -> Result<ReplicateWeights, ReplicateError> {
    if replicates < 2 {
        let method = "the multistage bootstrap";
        return Err(ReplicateError::Replicates {
            found: replicates,
            method,
        });
    }
    let columns: Vec<Vec<f64>> = (0..replicates)
        .into_par_iter()
        .map(|replicate| draw_replicate(design, &mut stream(seed, replicate)))
        .collect();
    let multipliers = Mat::from_fn(design.units, replicates, |i, r| columns[r][i]);
    let mut weights = bootstrap_weights(multipliers, 1.0, ReplicateMethod::MultistageRescaled);
    weights.replicate_scales = vec![1.0 / (replicates as f64 - 1.0); replicates];
    Ok(weights)
}

fn draw_replicate(design: &MultistageDesign, rng: &mut ChaCha20Rng) -> Vec<f64> {
    let mut multiplier = vec![1.0; design.units];
    // 0 once a unit's cluster was not drawn, else the product of √(n/n*) so far.
    let mut carried = vec![1.0; design.units];
    let mut fractions_before = vec![1.0; design.units];
    for stratum in design.stages.iter().flatten() {
        let first = stratum.clusters[0][0];
        let n = stratum.clusters.len();
        let half = n / 2;
        let units = || stratum.clusters.iter().flatten();
        if half > 0 && carried[first] != 0.0 {
            let cumulative = fractions_before[first];
            let (n, kept) = (n as f64, half as f64);
            let lambda = (kept * cumulative * (1.0 - stratum.fraction) / (n - kept)).sqrt();
            let mut drawn = vec![false; stratum.clusters.len()];
            for cluster in without_replacement(rng, n as u64, half) {
                drawn[cluster as usize] = true;
            }
            for (cluster, drawn) in stratum.clusters.iter().zip(drawn) {
                let hit = if drawn { n / kept } else { 0.0 };
                for &unit in cluster {
                    multiplier[unit] += carried[unit] * lambda * (hit - 1.0);
                    carried[unit] *= if drawn { (n / kept).sqrt() } else { 0.0 };
                }
            }
        } else {
            units().for_each(|&unit| carried[unit] = 0.0);
        }
        units().for_each(|&unit| fractions_before[unit] *= stratum.fraction);
    }
    multiplier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stage_half_samples_by_hand() {
        let (strata, clusters) = ([0; 4], [0, 1, 2, 3]);
        let stage = Stage {
            stratum: &strata,
            cluster: &clusters,
            population: &[16.0; 4],
        };
        let design = MultistageDesign::new(&[stage]).unwrap();
        let weights = multistage_rescaled(&design, 8, 3).unwrap();
        let lambda = 0.75f64.sqrt();
        for r in 0..8 {
            let mut column: Vec<f64> = (0..4).map(|i| weights.multipliers[(i, r)]).collect();
            column.sort_by(f64::total_cmp);
            let expected = [1.0 - lambda, 1.0 - lambda, 1.0 + lambda, 1.0 + lambda];
            assert!(
                column
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-14)
            );
        }
    }

    #[test]
    fn a_cluster_in_two_strata_is_refused() {
        let stage = Stage {
            stratum: &[0, 1],
            cluster: &[5, 5],
            population: &[9.0, 9.0],
        };
        assert_eq!(
            MultistageDesign::new(&[stage]).unwrap_err(),
            ReplicateError::NotNested {
                stage: 1,
                what: "cluster",
                id: 5,
                parent: "stratum"
            }
        );
    }

    #[test]
    fn a_population_below_the_sample_is_refused() {
        let stage = Stage {
            stratum: &[0, 0],
            cluster: &[0, 1],
            population: &[1.0, 1.0],
        };
        let error = MultistageDesign::new(&[stage]).unwrap_err();
        assert_eq!(
            error,
            ReplicateError::Population {
                stratum: 0,
                sampled: 2,
                population: 1.0
            }
        );
    }
}
