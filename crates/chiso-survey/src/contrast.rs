//! Contrasts of estimates and their errors: linear ones, and smooth functions by the delta
//! method; and the t test of one.
//!
//! With estimates θ of covariance V, a linear contrast Lθ has covariance L V Lᵀ, and a function
//! g(θ) with gradient ∇ has variance ∇ᵀ V ∇ (Wolter 2007, chapter 6; R `survey`
//! `svycontrast`). Estimates from samples that share clusters need their covariance in V; that is
//! the caller's.

use crate::distribution::{DistributionError, student_t_cdf, two_sided_critical_value};
use crate::proportion::Interval;

/// Estimates with their covariance matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    values: Vec<f64>,
    covariance: Vec<f64>,
}

/// Why a contrast or test cannot be given.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContrastError {
    /// A matrix that does not fit the estimates.
    #[error("{what} must hold {expected} numbers, found {found}")]
    Size {
        /// Which argument.
        what: &'static str,
        /// What fits.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// A number that is missing or infinite.
    #[error("{what}, number {place}: must be finite, found {value}")]
    NotFinite {
        /// Which argument.
        what: &'static str,
        /// Its place, from 1.
        place: usize,
        /// What was found.
        value: f64,
    },
    /// An estimate asked for by a place that does not exist.
    #[error("there is no estimate {place}; there are {count}, counted from 0")]
    Place {
        /// The place asked for.
        place: usize,
        /// How many there are.
        count: usize,
    },
    /// A comparison that the estimates do not allow, as a ratio to zero.
    #[error("{function} is not defined for the estimates {first} and {second}")]
    Undefined {
        /// The comparison.
        function: &'static str,
        /// The first estimate.
        first: f64,
        /// The second estimate.
        second: f64,
    },
    /// No degrees of freedom are left.
    #[error("no test: the design leaves {0} degrees of freedom, more than 0 are needed")]
    DegreesOfFreedom(f64),
    /// An estimate without variation cannot be tested.
    #[error("no test: the variance of the contrast is {0}, it must be above 0")]
    Variance(f64),
    /// A tail or quantile could not be computed.
    #[error(transparent)]
    Distribution(#[from] DistributionError),
}

impl Estimates {
    /// `values` with their `covariance`, row by row (values × values, symmetric).
    pub fn new(values: Vec<f64>, covariance: Vec<f64>) -> Result<Self, ContrastError> {
        let expected = values.len() * values.len();
        if covariance.len() != expected {
            let found = covariance.len();
            return Err(ContrastError::Size {
                what: "the covariance",
                expected,
                found,
            });
        }
        finite("the estimates", &values)?;
        finite("the covariance", &covariance)?;
        Ok(Self { values, covariance })
    }

    /// The estimates.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Their covariance, row by row.
    pub fn covariance(&self) -> &[f64] {
        &self.covariance
    }

    /// Lθ and L V Lᵀ for the matrix `coefficients`, row by row, one row a contrast.
    pub fn linear(&self, coefficients: &[f64]) -> Result<Self, ContrastError> {
        let width = self.values.len();
        if width == 0 || !coefficients.len().is_multiple_of(width) {
            let expected = coefficients.len().div_ceil(width.max(1)) * width;
            let found = coefficients.len();
            return Err(ContrastError::Size {
                what: "the coefficients",
                expected,
                found,
            });
        }
        finite("the coefficients", coefficients)?;
        let rows: Vec<&[f64]> = coefficients.chunks(width).collect();
        let values = rows.iter().map(|row| dot(row, &self.values)).collect();
        let carried: Vec<Vec<f64>> = rows.iter().map(|row| self.times_covariance(row)).collect();
        let covariance = carried
            .iter()
            .flat_map(|left| rows.iter().map(|row| dot(left, row)))
            .collect();
        Ok(Self { values, covariance })
    }

    /// The contrast `value` = g(θ) with the given gradient of g at θ, by the delta method.
    pub fn smooth(&self, value: f64, gradient: &[f64]) -> Result<Contrast, ContrastError> {
        if gradient.len() != self.values.len() {
            let (expected, found) = (self.values.len(), gradient.len());
            return Err(ContrastError::Size {
                what: "the gradient",
                expected,
                found,
            });
        }
        finite("the gradient", gradient)?;
        let variance = dot(&self.times_covariance(gradient), gradient);
        // A perfectly correlated difference can round to just below zero.
        Ok(Contrast {
            estimate: value,
            variance: variance.max(0.0),
        })
    }

    /// θ_first − θ_second.
    pub fn difference(&self, first: usize, second: usize) -> Result<Contrast, ContrastError> {
        let (a, b) = (self.at(first)?, self.at(second)?);
        self.pair(first, second, a - b, [1.0, -1.0])
    }

    /// θ_first / θ_second; the second must not be zero.
    pub fn ratio(&self, first: usize, second: usize) -> Result<Contrast, ContrastError> {
        let (a, b) = (self.at(first)?, self.at(second)?);
        if b == 0.0 {
            return Err(ContrastError::Undefined {
                function: "the ratio",
                first: a,
                second: b,
            });
        }
        self.pair(first, second, a / b, [1.0 / b, -a / (b * b)])
    }

    /// ln(θ_first / θ_second); both must have the same sign and not be zero.
    pub fn log_ratio(&self, first: usize, second: usize) -> Result<Contrast, ContrastError> {
        let (a, b) = (self.at(first)?, self.at(second)?);
        if a == 0.0 || b == 0.0 || (a < 0.0) != (b < 0.0) {
            let function = "the logarithm of the ratio";
            return Err(ContrastError::Undefined {
                function,
                first: a,
                second: b,
            });
        }
        self.pair(first, second, (a / b).ln(), [1.0 / a, -1.0 / b])
    }

    /// 100 (θ_first / θ_second − 1), in percent of the second, which must not be zero.
    pub fn percent_change(&self, first: usize, second: usize) -> Result<Contrast, ContrastError> {
        let ratio = self.ratio(first, second)?;
        let change = 100.0 * (self.values[first] - self.values[second]) / self.values[second];
        Ok(Contrast {
            estimate: change,
            variance: 1e4 * ratio.variance,
        })
    }

    fn at(&self, place: usize) -> Result<f64, ContrastError> {
        let count = self.values.len();
        self.values
            .get(place)
            .copied()
            .ok_or(ContrastError::Place { place, count })
    }

    fn pair(
        &self,
        first: usize,
        second: usize,
        value: f64,
        slopes: [f64; 2],
    ) -> Result<Contrast, ContrastError> {
        let mut gradient = vec![0.0; self.values.len()];
        gradient[first] += slopes[0];
        gradient[second] += slopes[1];
        self.smooth(value, &gradient)
    }

    fn times_covariance(&self, row: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; row.len()];
        for (factor, line) in row.iter().zip(self.covariance.chunks(row.len())) {
            if *factor != 0.0 {
                product
                    .iter_mut()
                    .zip(line)
                    .for_each(|(sum, v)| *sum += factor * v);
            }
        }
        product
    }
}

/// One contrast and its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The estimated contrast.
    pub estimate: f64,
    /// Its design variance.
    pub variance: f64,
}

/// A two-sided t test of a contrast against zero, with the interval that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TTest {
    /// The contrast over its standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: f64,
    /// The two-sided p-value.
    pub p_value: f64,
    /// The confidence interval of the contrast.
    pub interval: Interval,
}

impl Contrast {
    /// The standard error.
    pub fn standard_error(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Tests the contrast against zero; infinite `degrees_of_freedom` make it a normal test.
    ///
    /// R's `svyttest` takes the design's degrees of freedom less one, for one mean and for the
    /// difference of two alike, over the rows that have an answer.
    pub fn t_test(&self, degrees_of_freedom: f64, level: f64) -> Result<TTest, ContrastError> {
        if degrees_of_freedom.is_nan() || degrees_of_freedom <= 0.0 {
            return Err(ContrastError::DegreesOfFreedom(degrees_of_freedom));
        }
        if !(self.variance > 0.0 && self.variance.is_finite()) {
            return Err(ContrastError::Variance(self.variance));
        }
        let se = self.standard_error();
        let t = self.estimate / se;
        let half = two_sided_critical_value(level, degrees_of_freedom)? * se;
        Ok(TTest {
            t,
            degrees_of_freedom,
            p_value: 2.0 * student_t_cdf(-t.abs(), degrees_of_freedom)?,
            interval: Interval {
                lo: self.estimate - half,
                hi: self.estimate + half,
            },
        })
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn finite(what: &'static str, numbers: &[f64]) -> Result<(), ContrastError> {
    match numbers.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => Err(ContrastError::NotFinite {
            what,
            place: at + 1,
            value: numbers[at],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn two() -> Estimates {
        Estimates::new(vec![3.0, 2.0], vec![0.5, 0.2, 0.2, 0.4]).unwrap()
    }

    #[test]
    fn a_difference_is_the_linear_contrast_one_minus_one() {
        let linear = two().linear(&[1.0, -1.0, 1.0, 0.0]).unwrap();
        let difference = two().difference(0, 1).unwrap();
        assert_eq!(linear.values(), [1.0, 3.0]);
        assert_eq!(difference.estimate, 1.0);
        assert!((linear.covariance()[0] - 0.5).abs() < 1e-15);
        assert_eq!(difference.variance, linear.covariance()[0]);
        // cov(a − b, a) = 0.5 − 0.2
        assert!((linear.covariance()[1] - 0.3).abs() < 1e-15);
    }

    #[test]
    fn a_contrast_of_an_estimate_with_itself_has_no_error() {
        for same in [
            two().difference(1, 1),
            two().ratio(1, 1),
            two().log_ratio(1, 1),
        ] {
            assert!(same.unwrap().variance < 1e-15);
        }
    }

    #[test]
    fn undefined_comparisons_name_their_estimates() {
        let zero = Estimates::new(vec![1.0, 0.0, -1.0], vec![0.0; 9]).unwrap();
        assert!(matches!(
            zero.ratio(0, 1),
            Err(ContrastError::Undefined { second: 0.0, .. })
        ));
        assert!(matches!(
            zero.percent_change(0, 1),
            Err(ContrastError::Undefined { .. })
        ));
        assert!(matches!(
            zero.log_ratio(0, 2),
            Err(ContrastError::Undefined { .. })
        ));
        let none = Err(ContrastError::Place { place: 3, count: 3 });
        assert_eq!(zero.difference(0, 3), none);
        assert!(matches!(
            zero.linear(&[1.0; 4]),
            Err(ContrastError::Size { .. })
        ));
        assert!(Estimates::new(vec![f64::NAN], vec![1.0]).is_err());
    }

    #[test]
    fn a_test_needs_degrees_of_freedom_and_variation() {
        let contrast = Contrast {
            estimate: 1.0,
            variance: 1.0,
        };
        assert_eq!(
            contrast.t_test(0.0, 0.95),
            Err(ContrastError::DegreesOfFreedom(0.0))
        );
        let fixed = Contrast {
            estimate: 1.0,
            variance: 0.0,
        };
        assert_eq!(fixed.t_test(5.0, 0.95), Err(ContrastError::Variance(0.0)));
    }

    proptest! {
        #[test]
        fn gradients_agree_with_finite_differences(
            a in 0.5f64..5.0, b in 0.5f64..5.0, correlation in -0.9f64..0.9,
        ) {
            let covariance = vec![0.01, 0.01 * correlation, 0.01 * correlation, 0.01];
            let at = |a: f64, b: f64| Estimates::new(vec![a, b], covariance.clone()).unwrap();
            let functions: [fn(&Estimates) -> Contrast; 4] = [
                |e| e.difference(0, 1).unwrap(),
                |e| e.ratio(0, 1).unwrap(),
                |e| e.log_ratio(0, 1).unwrap(),
                |e| e.percent_change(0, 1).unwrap(),
            ];
            for f in functions {
                let h = 1e-5;
                let slope = |up: Estimates, down: Estimates| {
                    (f(&up).estimate - f(&down).estimate) / (2.0 * h)
                };
                let x = slope(at(a + h, b), at(a - h, b));
                let y = slope(at(a, b + h), at(a, b - h));
                let numeric = 0.01 * (x * x + y * y + 2.0 * correlation * x * y);
                let exact = f(&at(a, b)).variance;
                prop_assert!((numeric - exact).abs() <= 1e-6 * exact.max(1e-3));
            }
        }

        #[test]
        fn a_p_value_below_five_percent_is_an_interval_without_zero(
            estimate in -4f64..4.0, df in 1f64..200.0,
        ) {
            let test = Contrast { estimate, variance: 1.0 }.t_test(df, 0.95).unwrap();
            let excludes = test.interval.lo > 0.0 || test.interval.hi < 0.0;
            prop_assert_eq!(test.p_value < 0.05, excludes);
        }
    }
}
