//! Errors from the replicates of a sample: every replicate is scored like the sample itself.

use std::sync::Arc;

use super::known_nodes;
use crate::engine::{Plan, Runner, StepFault};
use crate::pack::{Edition, NodeIndex};
use crate::rank_set::Normals;

/// Observations of every replicate of a sample: the variance of any statistic θ of them is
/// Σ factor·(θ of the replicate − θ of the sample)², or about the replicates' mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replicates {
    /// The codes of the units.
    pub units: Vec<Arc<str>>,
    /// The cells that vary: edition, unit as a place in `units`, leaf.
    pub cells: Vec<(Edition, usize, NodeIndex)>,
    /// A factor per replicate.
    pub factors: Vec<f64>,
    /// A value per replicate and cell, replicate after replicate.
    pub values: Vec<f64>,
    /// Whether squares are about θ of the sample rather than about the replicates' mean.
    pub from_sample: bool,
}

/// Sums over replicates: Σd, Σc, Σcd and Σcd² of deviations d with factors c.
#[derive(Clone, Copy, Default)]
struct Deviations {
    plain: f64,
    factors: f64,
    first: f64,
    second: f64,
}

impl Deviations {
    fn add(&mut self, factor: f64, deviation: f64) {
        self.plain += deviation;
        self.factors += factor;
        self.first += factor * deviation;
        self.second += factor * deviation * deviation;
    }

    /// √Σc(d − m)², with m the mean of d, or 0 where squares are about the sample's own value. NaN
    /// where a deviation is: a replicate without a score says nothing of the error.
    fn standard_error(&self, times: f64, from_sample: bool) -> f64 {
        let mean = if from_sample { 0.0 } else { self.plain / times };
        let variance = self.second - 2.0 * mean * self.first + mean * mean * self.factors;
        // What rounding leaves below zero is zero; NaN stays, which `max` would make zero.
        if variance < 0.0 { 0.0 } else { variance.sqrt() }
    }
}

impl Replicates {
    /// The standard errors of every node, by node and row: NaN where a replicate has no score, and
    /// above a leaf with a value that is in no replicate and has no standard error of zero. The
    /// sample's leaves are put back.
    ///
    /// # Errors
    /// A step that cannot be carried out on a replicate.
    pub(super) fn errors(
        &self,
        runner: &mut Runner,
        leaf_errors: &[f64],
    ) -> Result<Vec<Vec<f64>>, StepFault> {
        let (nodes, rows) = (
            runner.plan().version().tree.len(),
            runner.plan().frame().rows(),
        );
        let places = self.leaf_cells(runner.plan());
        let sample = runner.leaves().to_vec();
        let centre: Vec<Vec<f64>> = (0..nodes)
            .map(|node| runner.column(NodeIndex(node)).to_vec())
            .collect();
        let mut sums = vec![vec![Deviations::default(); rows]; nodes];
        let mut done = Ok(());
        for (factor, values) in self.factors.iter().zip(self.by_replicate()) {
            put(&places, values, runner.leaves_mut());
            done = runner.run();
            if done.is_err() {
                break;
            }
            for (node, sums) in sums.iter_mut().enumerate() {
                let column = runner.column(NodeIndex(node)).iter().zip(&centre[node]);
                for (sum, (value, centre)) in sums.iter_mut().zip(column) {
                    sum.add(*factor, value - centre);
                }
            }
        }
        runner.leaves_mut().copy_from_slice(&sample);
        done.and(runner.run())?;
        let mut known: Vec<bool> = leaf_errors.iter().map(|error| *error == 0.0).collect();
        places
            .iter()
            .flatten()
            .for_each(|place| known[*place] = true);
        let known = known_nodes(runner, known.into_iter());
        let times = self.factors.len() as f64;
        let error = |(sum, known): (&Deviations, &bool)| match known {
            true => sum.standard_error(times, self.from_sample),
            false => f64::NAN,
        };
        let by_node = sums.iter().zip(&known);
        Ok(by_node
            .map(|(sums, known)| sums.iter().zip(known).map(error).collect())
            .collect())
    }

    /// Where each of its cells lies among the engine's leaves.
    pub(in crate::score) fn leaf_cells(&self, plan: &Plan) -> Vec<Option<usize>> {
        let (frame, rows) = (plan.frame(), plan.frame().rows());
        let place = |&(edition, unit, node): &(Edition, usize, NodeIndex)| {
            let edition = frame.editions().iter().position(|e| e.edition == edition)?;
            let row = frame.row(edition, self.units.get(unit)?)?;
            let slot = plan.leaves().iter().position(|leaf| *leaf == node)?;
            Some(slot * rows + row)
        };
        self.cells.iter().map(place).collect()
    }

    /// About which value of each cell squares are: the sample's, or the replicates' mean.
    pub(in crate::score) fn centre(&self, places: &[Option<usize>], sample: &[f64]) -> Vec<f64> {
        if self.from_sample {
            return places
                .iter()
                .map(|place| place.map_or(f64::NAN, |place| sample[place]))
                .collect();
        }
        let mut sums = vec![0.0; self.cells.len()];
        for values in self.by_replicate() {
            sums.iter_mut()
                .zip(values)
                .for_each(|(sum, value)| *sum += value);
        }
        sums.iter()
            .map(|sum| sum / self.factors.len() as f64)
            .collect()
    }

    /// Changes the leaves by Σᵣ √(factorᵣ)·zᵣ·(xᵣ − centre): normal, with exactly the covariance that
    /// the replicates estimate. `places` and `centre` are those of its cells.
    pub(in crate::score) fn draw(
        &self,
        places: &[Option<usize>],
        centre: &[f64],
        leaves: &mut [f64],
        normals: &mut Normals,
    ) {
        for ((factor, values), z) in self.factors.iter().zip(self.by_replicate()).zip(normals) {
            let size = factor.max(0.0).sqrt() * z;
            for ((place, value), centre) in places.iter().zip(values).zip(centre) {
                if let Some(place) = place.filter(|_| !value.is_nan()) {
                    leaves[place] += size * (value - centre);
                }
            }
        }
    }

    fn by_replicate(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.cells.len().max(1))
    }
}

fn put(places: &[Option<usize>], values: &[f64], leaves: &mut [f64]) {
    for (place, value) in places.iter().zip(values) {
        if let Some(place) = place {
            leaves[*place] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two cells that lie at places 1 and 0, in three replicates.
    fn replicates(from_sample: bool) -> Replicates {
        Replicates {
            units: Vec::new(),
            cells: vec![(Edition(2020), 0, NodeIndex(0)); 2],
            factors: vec![0.25, 1.0, 0.5],
            values: vec![3.0, 2.0, 1.0, 4.0, 2.0, 5.0],
            from_sample,
        }
    }

    fn products(replicates: &Replicates) -> [f64; 3] {
        const DRAWS: usize = 20_000;
        let (places, sample) = ([Some(1), Some(0)], [1.0, 2.0, 7.0]);
        let centre = replicates.centre(&places, &sample);
        let (mut sums, mut normals) = ([0.0; 3], Normals::new(1));
        for _ in 0..DRAWS {
            let mut leaves = sample;
            replicates.draw(&places, &centre, &mut leaves, &mut normals);
            assert_eq!(leaves[2], 7.0, "a cell without replicates stays");
            let (a, b) = (leaves[0] - 1.0, leaves[1] - 2.0);
            let products = [a * a, b * b, a * b];
            products
                .iter()
                .zip(&mut sums)
                .for_each(|(product, sum)| *sum += product);
        }
        sums.map(|sum| sum / DRAWS as f64)
    }

    fn assert_near(found: [f64; 3], expected: [f64; 3]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 0.03 * expected.abs().max(4.0),
                "{found} and {expected}"
            );
        }
    }

    #[test]
    fn draws_from_replicates_have_their_covariance_about_the_sample_or_about_their_mean() {
        // Changes from the sample: place 1 by 1, −1, 0; place 0 by 1, 3, 4.
        let expected = [0.25 + 9.0 + 8.0, 0.25 + 1.0, 0.25 - 3.0];
        assert_near(products(&replicates(true)), expected);
        // From the means 2 and 11/3: place 1 by 1, −1, 0; place 0 by −5/3, 1/3, 4/3.
        let expected = [
            25.0 / 36.0 + 1.0 / 9.0 + 8.0 / 9.0,
            1.25,
            -5.0 / 12.0 - 1.0 / 3.0,
        ];
        assert_near(products(&replicates(false)), expected);
    }

    #[test]
    fn a_replicate_without_a_score_leaves_the_error_unknown() {
        let mut sum = Deviations::default();
        sum.add(0.5, 1.0);
        assert_eq!(sum.standard_error(1.0, true), 0.5f64.sqrt());
        sum.add(0.5, f64::NAN);
        assert!(sum.standard_error(2.0, true).is_nan());
        assert!(sum.standard_error(2.0, false).is_nan());
    }
}
