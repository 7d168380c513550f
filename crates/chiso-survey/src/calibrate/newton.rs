//! The Newton iteration of generalised raking, with R's steps, halvings and stopping rule.

use super::algebra::{NormalSolver, dot};

/// How the factor g depends on the linear predictor `u = x'λ / σ²`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CalibrationFunction {
    /// `g = 1 + u`, cut at the bounds: generalised regression (GREG).
    #[default]
    Linear,
    /// `g = exp(u)`, cut at the bounds: never negative.
    Raking,
    /// `g = (L(U−1) + U(1−L) e^{Au}) / (U−1 + (1−L) e^{Au})` with
    /// `A = (U−L) / ((U−1)(1−L))`: strictly between the bounds L < 1 < U.
    Logit,
}

impl CalibrationFunction {
    /// g and dg/du at u. The derivatives at cut factors are those of R's `cal.linear` and
    /// `cal.raking` (which compare u, not exp u, with the bounds).
    fn evaluate(self, u: f64, lower: f64, upper: f64) -> (f64, f64) {
        let inside = u < upper - 1.0 && u > lower - 1.0;
        match self {
            Self::Linear => ((u + 1.0).max(lower).min(upper), f64::from(u8::from(inside))),
            Self::Raking => {
                let e = u.exp();
                (e.max(lower).min(upper), if inside { e } else { 0.0 })
            }
            Self::Logit => {
                let a = (upper - lower) / ((upper - 1.0) * (1.0 - lower));
                let e = (a * u).exp();
                let below = upper - 1.0 + (1.0 - lower) * e;
                let above = lower * (upper - 1.0) + upper * (1.0 - lower) * e;
                let slope = (1.0 - lower) * e * a;
                (
                    above / below,
                    upper * slope / below - above * slope / (below * below),
                )
            }
        }
    }
}

/// One problem: find λ such that `Σ wᵢ g(xᵢ'λ/σᵢ²) xᵢ` equals the totals.
pub(super) struct Problem<'a> {
    /// Auxiliary columns.
    pub columns: &'a [Vec<f64>],
    /// Weights before calibration.
    pub weights: &'a [f64],
    /// Population totals, one a column.
    pub totals: &'a [f64],
    /// σ², one a record; None is 1.
    pub variance: Option<&'a [f64]>,
    /// The function g.
    pub function: CalibrationFunction,
    /// Least and greatest factor, one or one a record.
    pub bounds: (&'a [f64], &'a [f64]),
    /// Converged when every |misfit| / (1 + |total|) is below this.
    pub epsilon: f64,
    /// Most steps, halvings included.
    pub max_iterations: usize,
}

/// Where the iteration ended.
pub(super) struct Solution {
    /// g, one a record.
    pub factors: Vec<f64>,
    /// Steps made.
    pub iterations: usize,
    /// Whether every total is met.
    pub converged: bool,
}

struct State {
    coefficients: Vec<f64>,
    factors: Vec<f64>,
    slopes: Vec<f64>,
}

impl Problem<'_> {
    fn sigma2(&self, record: usize) -> f64 {
        self.variance.map_or(1.0, |v| v[record])
    }

    fn state(&self, coefficients: Vec<f64>) -> State {
        let records = self.weights.len();
        let mut u = vec![0.0; records];
        for (column, coefficient) in self.columns.iter().zip(&coefficients) {
            for (sum, value) in u.iter_mut().zip(column) {
                *sum += value * coefficient;
            }
        }
        let bound = |bounds: &[f64], i: usize| bounds[if bounds.len() == 1 { 0 } else { i }];
        let (factors, slopes) = (0..records)
            .map(|i| {
                let (lower, upper) = (bound(self.bounds.0, i), bound(self.bounds.1, i));
                self.function.evaluate(u[i] / self.sigma2(i), lower, upper)
            })
            .unzip();
        State {
            coefficients,
            factors,
            slopes,
        }
    }

    /// Totals − Σ w g x.
    fn misfit(&self, factors: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> = self
            .weights
            .iter()
            .zip(factors)
            .map(|(w, g)| w * g)
            .collect();
        self.columns
            .iter()
            .zip(self.totals)
            .map(|(column, total)| total - dot(column, &weights))
            .collect()
    }

    fn met(&self, misfit: &[f64]) -> bool {
        misfit
            .iter()
            .zip(self.totals)
            .all(|(gap, total)| gap.abs() / (1.0 + total.abs()) < self.epsilon)
    }

    /// Solver of `Σ w g' x x' / σ²`.
    fn solver(&self, slopes: &[f64]) -> NormalSolver {
        let size = self.columns.len();
        let mut matrix = vec![0.0; size * size];
        let mut scaled = vec![0.0; self.weights.len()];
        for a in 0..size {
            for (i, value) in scaled.iter_mut().enumerate() {
                *value = self.columns[a][i] * self.weights[i] * slopes[i] / self.sigma2(i);
            }
            for b in 0..=a {
                let sum = dot(&scaled, &self.columns[b]);
                matrix[a * size + b] = sum;
                matrix[b * size + a] = sum;
            }
        }
        NormalSolver::new(&matrix, size)
    }

    /// Newton's iteration from λ = 0 with R's step halving: a step that makes g or its slope
    /// infinite is halved, each halving counting as an iteration.
    ///
    /// Source: Deville, Särndal & Sautory 1993; R `survey::grake`.
    pub fn solve(&self) -> Solution {
        let mut state = self.state(vec![0.0; self.columns.len()]);
        let mut iterations = 1;
        loop {
            let mut step = self
                .solver(&state.slopes)
                .solve(&self.misfit(&state.factors));
            let mut next = self.state(moved(&state.coefficients, &step));
            while iterations < self.max_iterations && !next.is_finite() {
                iterations += 1;
                step.iter_mut().for_each(|s| *s /= 2.0);
                next = self.state(moved(&state.coefficients, &step));
            }
            state = next;
            let converged = self.met(&self.misfit(&state.factors));
            if converged || iterations >= self.max_iterations {
                return Solution {
                    factors: state.factors,
                    iterations,
                    converged,
                };
            }
            iterations += 1;
        }
    }

    /// Linear calibration without bounds: one solution, refined on its own misfit so that the
    /// totals are met to rounding.
    ///
    /// Source: Deville & Särndal 1992, eq. 2.2; R `survey::regcalibrate`.
    pub fn solve_linear(&self) -> Solution {
        const REFINEMENTS: usize = 3;
        let ones = vec![1.0; self.weights.len()];
        let solver = self.solver(&ones);
        let mut state = self.state(vec![0.0; self.columns.len()]);
        for _ in 0..REFINEMENTS {
            let step = solver.solve(&self.misfit(&state.factors));
            state = self.state(moved(&state.coefficients, &step));
        }
        let converged = self.met(&self.misfit(&state.factors));
        Solution {
            factors: state.factors,
            iterations: 1,
            converged,
        }
    }
}

impl State {
    fn is_finite(&self) -> bool {
        self.factors
            .iter()
            .chain(&self.slopes)
            .all(|v| v.is_finite())
    }
}

fn moved(from: &[f64], step: &[f64]) -> Vec<f64> {
    from.iter().zip(step).map(|(a, b)| a + b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_derivatives_of_the_factors() {
        let h = 1e-6;
        for function in [
            CalibrationFunction::Linear,
            CalibrationFunction::Raking,
            CalibrationFunction::Logit,
        ] {
            for u in [-0.5, -0.1, 0.0, 0.2, 0.6] {
                let at = |u| function.evaluate(u, 0.2, 4.0).0;
                let numeric = (at(u + h) - at(u - h)) / (2.0 * h);
                let slope = function.evaluate(u, 0.2, 4.0).1;
                assert!((numeric - slope).abs() < 1e-8, "{function:?} at {u}");
            }
            assert!((function.evaluate(0.0, 0.2, 4.0).0 - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn logit_factors_stay_between_their_bounds() {
        for u in [-50.0, -3.0, 3.0, 50.0] {
            let g = CalibrationFunction::Logit.evaluate(u, 0.2, 4.0).0;
            assert!((0.2..=4.0).contains(&g), "{g}");
        }
    }
}
