//! A request for calibration, checked and laid out for the main weights and every replicate.

use super::error::{CalibrationError, check_length, check_weights};
use super::greg::{Bounds, GregOptions, ResidualVariance};
use super::model_matrix::ModelMatrix;
use super::newton::{CalibrationFunction, Problem, Solution};

/// Above this ratio of every total to its sample total R rescales the weights first: the caller
/// started without weights.
const RESCALE_ABOVE: f64 = 20.0;

/// A checked request, ready to be solved for the main weights and for every replicate.
pub(super) struct Setup<'a> {
    options: GregOptions<'a>,
    /// Used columns, cluster means if aggregated.
    pub model: ModelMatrix,
    pub totals: Vec<f64>,
    pub variance: Option<Vec<f64>>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    pub clusters: Option<ClusterMeans>,
}

impl<'a> Setup<'a> {
    pub fn new(
        weights: &[f64],
        model: &ModelMatrix,
        totals: &[f64],
        options: &GregOptions<'a>,
    ) -> Result<Self, CalibrationError> {
        check(weights, model, totals, options)?;
        let (lower, upper) = bounds_of_records(weights, options)?;
        let clusters = options.aggregate.map(ClusterMeans::new);
        let mut variance = variance_of_records(model, options)?;
        let mut model = model.clone();
        if let Some(means) = &clusters {
            model = model.cluster_means(means);
            // R averages σ² in its closed form only.
            if options.is_closed_form() {
                variance = variance.map(|v| means.of(&v));
            }
        }
        let keep: Vec<bool> = (0..totals.len())
            .map(|j| totals[j] != 0.0 || model.columns()[j].iter().any(|x| *x != 0.0))
            .collect();
        Ok(Self {
            options: *options,
            totals: (0..keep.len())
                .filter(|j| keep[*j])
                .map(|j| totals[j])
                .collect(),
            model: model.only(&keep),
            variance,
            lower,
            upper,
            clusters,
        })
    }

    /// The weights that are calibrated: cluster means if aggregated.
    pub fn working(&self, weights: &[f64]) -> Vec<f64> {
        self.clusters
            .as_ref()
            .map_or_else(|| weights.to_vec(), |means| means.of(weights))
    }

    /// Factors for one set of weights.
    pub fn solve(&self, weights: &[f64]) -> Solution {
        let mut working = self.working(weights);
        let scale = self.rescaling(&working);
        working.iter_mut().for_each(|w| *w *= scale.unwrap_or(1.0));
        let problem = Problem {
            columns: self.model.columns(),
            weights: &working,
            totals: &self.totals,
            variance: self.variance.as_deref(),
            function: self.options.function,
            bounds: (&self.lower, &self.upper),
            epsilon: self.options.epsilon,
            max_iterations: self.options.max_iterations,
        };
        if self.options.is_closed_form() {
            return problem.solve_linear();
        }
        let mut solution = problem.solve();
        if let Some(scale) = scale {
            solution.factors.iter_mut().for_each(|g| *g *= scale);
        }
        if let Some(range) = self.options.trim {
            trim_factors(&mut solution, &self.working(weights), range);
        }
        solution
    }

    /// The mean ratio of totals to sample totals, if all exceed R's threshold.
    fn rescaling(&self, working: &[f64]) -> Option<f64> {
        if self.options.is_closed_form() {
            return None;
        }
        let sample = self.model.totals(working);
        let ratios: Vec<f64> = self
            .totals
            .iter()
            .zip(&sample)
            .map(|(total, sample)| total / sample)
            .collect();
        let all_above = ratios.iter().all(|r| r.is_finite() && *r > RESCALE_ABOVE);
        all_above.then(|| ratios.iter().sum::<f64>() / ratios.len() as f64)
    }

    /// Reached totals of the used columns, and |misfit| / (1 + |total|) of each; a gap that is not
    /// a number counts as infinite.
    fn gaps(&self, weights: &[f64], solution: &Solution) -> (Vec<f64>, Vec<f64>) {
        let calibrated: Vec<f64> = self
            .working(weights)
            .iter()
            .zip(&solution.factors)
            .map(|(w, g)| w * g)
            .collect();
        let reached = self.model.totals(&calibrated);
        let gap = |(reached, total): (&f64, &f64)| {
            let gap = (reached - total).abs() / (1.0 + total.abs());
            if gap.is_nan() { f64::INFINITY } else { gap }
        };
        let gaps = reached.iter().zip(&self.totals).map(gap).collect();
        (reached, gaps)
    }

    /// The greatest gap of any total.
    pub fn greatest_gap(&self, weights: &[f64], solution: &Solution) -> f64 {
        self.gaps(weights, solution)
            .1
            .into_iter()
            .fold(0.0, f64::max)
    }

    /// The total with the greatest gap, as an error.
    pub fn worst(&self, weights: &[f64], solution: &Solution) -> CalibrationError {
        let (reached, gaps) = self.gaps(weights, solution);
        let worst = (0..gaps.len()).fold(0, |best, j| if gaps[j] > gaps[best] { j } else { best });
        CalibrationError::TotalNotMet {
            variable: self.model.names()[worst].clone(),
            wanted: self.totals[worst],
            reached: reached[worst],
            iterations: solution.iterations,
        }
    }
}

/// R's `trim`: factors cut to a range, what was cut spread evenly per unit of weight.
fn trim_factors(solution: &mut Solution, weights: &[f64], (least, greatest): (f64, f64)) {
    let (mut cut, mut weight_inside) = (0.0, 0.0);
    let outside: Vec<bool> = solution
        .factors
        .iter()
        .map(|g| *g < least || *g > greatest)
        .collect();
    if !outside.contains(&true) {
        return;
    }
    for (i, g) in solution.factors.iter_mut().enumerate() {
        if outside[i] {
            cut += (*g - g.clamp(least, greatest)) * weights[i];
            *g = g.clamp(least, greatest);
        } else {
            weight_inside += weights[i];
        }
    }
    for (g, outside) in solution.factors.iter_mut().zip(outside) {
        if !outside && weight_inside > 0.0 {
            *g += cut / weight_inside;
        }
    }
    solution.converged = true;
}

fn check(
    weights: &[f64],
    model: &ModelMatrix,
    totals: &[f64],
    options: &GregOptions<'_>,
) -> Result<(), CalibrationError> {
    check_weights(weights)?;
    check_length(
        "records of the model matrix",
        model.records(),
        weights.len(),
    )?;
    check_length("population totals", totals.len(), model.columns().len())?;
    if totals.is_empty() {
        return Err(CalibrationError::Length {
            what: "auxiliary variables",
            found: 0,
            expected: 1,
        });
    }
    if let Some(index) = totals.iter().position(|t| !t.is_finite()) {
        return Err(CalibrationError::Value {
            what: format!("population total of {}", model.names()[index]),
            index,
            found: totals[index],
            expected: "a finite number",
        });
    }
    if let Some(clusters) = options.aggregate {
        check_length("clusters", clusters.len(), weights.len())?;
    }
    if let Some((least, greatest)) = options.trim
        && !(least < 1.0 && greatest > 1.0)
    {
        return Err(CalibrationError::Setting {
            what: "range to which factors are trimmed",
            found: if least < 1.0 { greatest } else { least },
            expected: "one that contains 1",
        });
    }
    if options.epsilon > 0.0 && options.max_iterations > 0 {
        return Ok(());
    }
    Err(CalibrationError::Setting {
        what: "calibration tolerance or greatest number of steps",
        found: options.epsilon.min(options.max_iterations as f64),
        expected: "a positive number",
    })
}

fn variance_of_records(
    model: &ModelMatrix,
    options: &GregOptions<'_>,
) -> Result<Option<Vec<f64>>, CalibrationError> {
    let variance = match options.variance {
        ResidualVariance::Constant => return Ok(None),
        ResidualVariance::PerRecord(variance) => {
            check_length("variances", variance.len(), model.records())?;
            variance.to_vec()
        }
        ResidualVariance::PerColumn(coefficients) => {
            check_length(
                "variance coefficients",
                coefficients.len(),
                model.columns().len(),
            )?;
            model.times(coefficients)
        }
    };
    match variance.iter().position(|v| !(v.is_finite() && *v > 0.0)) {
        Some(index) => Err(CalibrationError::Value {
            what: "variance of the working model".to_owned(),
            index,
            found: variance[index],
            expected: "a positive number",
        }),
        None => Ok(Some(variance)),
    }
}

/// Least and greatest factor: one of each, or one a record if the bounds are on weights.
fn bounds_of_records(
    weights: &[f64],
    options: &GregOptions<'_>,
) -> Result<(Vec<f64>, Vec<f64>), CalibrationError> {
    let of_weight = |bound: f64, weight: &f64| if *weight > 0.0 { bound / weight } else { bound };
    let (lower, upper) = match options.bounds {
        Bounds::None => (vec![f64::NEG_INFINITY], vec![f64::INFINITY]),
        Bounds::Factor { lower, upper } => (vec![lower], vec![upper]),
        Bounds::Weight { lower, upper } => (
            weights.iter().map(|w| of_weight(lower, w)).collect(),
            weights.iter().map(|w| of_weight(upper, w)).collect(),
        ),
    };
    let logit = options.function == CalibrationFunction::Logit;
    for (index, (low, high)) in lower.iter().zip(&upper).enumerate() {
        let ordered = low < high;
        let around_one = *low < 1.0 && *high > 1.0 && low.is_finite() && high.is_finite();
        // A record without weight has no factor to bound.
        let weightless = lower.len() > 1 && weights[index] == 0.0;
        if !ordered || (logit && !around_one && !weightless) {
            return Err(CalibrationError::Value {
                what: "bounds of the factor".to_owned(),
                index,
                found: if ordered && *low < 1.0 { *high } else { *low },
                expected: if logit {
                    "finite bounds with 1 between them, as logit calibration needs"
                } else {
                    "a lower bound below the upper"
                },
            });
        }
    }
    Ok((lower, upper))
}

/// Plain means over clusters, given back to every record of the cluster (R `ave`).
pub(super) struct ClusterMeans {
    cluster: Vec<u32>,
    sizes: Vec<f64>,
}

impl ClusterMeans {
    fn new(cluster: &[u32]) -> Self {
        let cross = super::cross::Cross::new(&[cluster], cluster.len());
        Self {
            sizes: cross.sums(&vec![1.0; cluster.len()]),
            cluster: cross.of_record,
        }
    }

    /// The mean of `values` over each record's cluster.
    pub fn of(&self, values: &[f64]) -> Vec<f64> {
        let mut means = super::adjustment::sum_by_category(values, &self.cluster, self.sizes.len());
        for (mean, size) in means.iter_mut().zip(&self.sizes) {
            *mean /= size;
        }
        self.cluster.iter().map(|c| means[*c as usize]).collect()
    }
}
