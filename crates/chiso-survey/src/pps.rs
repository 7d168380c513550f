//! Variances of samples drawn with probability proportional to size, of one stage.
//!
//! All take the *weighted* linearised values `z_i = u_i/π_i` of the sampled PSUs, so that the
//! estimate is their sum, and give `Var(Σ_i z_i)`. For a total `u_i = y_i`; for a ratio
//! `u_i = (y_i − R x_i)/X̂`; outside a domain `z_i = 0` with the PSU kept in its place. For the
//! Horvitz–Thompson forms the variance is `Σ_ij Δ_ij z_i z_j` with
//! `Δ_ij = (π_ij − π_i π_j)/π_ij`; the methods differ in what they know of `π_ij`.
//!
//! Degrees of freedom are PSUs − strata, as R's `degf` of such designs.

use faer::{Mat, MatRef};
use thiserror::Error;

/// R's `ppsmat` takes a `Δ_ij` of smaller size for 0.
pub const JOINT_TOLERANCE: f64 = 1e-4;

/// How the variance of a PPS sample is found.
#[derive(Debug, Clone)]
pub enum PpsMethod<'a> {
    /// Probabilities of single draws with replacement: `n/(n − 1) Σ (z_i − z̄)²` in each stratum.
    WithReplacement,
    /// Brewer's approximation (Brewer 2002, p. 138–139; R `pps = "brewer"`):
    /// `n/(n − 1) Σ (1 − π_i)(z_i − z̄)²` in each stratum.
    Brewer,
    /// Overton's approximation of the joint probabilities (Overton 1985; R `pps = "overton"`):
    /// `Δ_ij = 1 − (n − (π_i + π_j)/2)/(n − 1)`.
    Overton,
    /// Hartley and Rao's approximation, truncated (R `HR()`):
    /// `Δ_ij = 1 − (n − π_i − π_j + p)/(n − 1)`, `p = Σ_population π²/n`.
    ///
    /// Where two probabilities sum to exactly 1, R sets `Δ_ij` to 0, so that an equal-probability
    /// sample of one half is treated as Poisson; here the formula holds throughout.
    HartleyRao {
        /// `p` of every stratum; `None` estimates it by the mean of the sampled `π_i`.
        p2bar: Option<&'a [f64]>,
    },
    /// Horvitz and Thompson's estimator with known joint probabilities (R `ppsmat`).
    HorvitzThompson {
        /// PSUs × PSUs, the `π_i` on the diagonal.
        joint: MatRef<'a, f64>,
        /// `Δ_ij` below it count as 0; R's default is [`JOINT_TOLERANCE`].
        tolerance: f64,
    },
    /// Yates and Grundy's (Sen's) estimator with known joint probabilities, for samples of fixed
    /// size: `−½ Σ_ij Δ_ij (z_i − z_j)²` (R `ppsmat` with `variance = "YG"`).
    YatesGrundy {
        /// PSUs × PSUs, the `π_i` on the diagonal.
        joint: MatRef<'a, f64>,
        /// `Δ_ij` below it count as 0; R's default is [`JOINT_TOLERANCE`].
        tolerance: f64,
    },
}

/// Why a PPS variance cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PpsError {
    /// Two lengths that should agree.
    #[error("{what}: {found} given, {expected} expected")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A probability outside `(0, 1]`.
    #[error("PSU {psu}: inclusion probability {found}; expected above 0 and at most 1")]
    Probability {
        /// The PSU, counted from 0.
        psu: usize,
        /// The value found.
        found: f64,
    },
    /// A value that is not finite.
    #[error("PSU {psu}, variable {variable}: value {found}; expected a finite number")]
    Value {
        /// The PSU, counted from 0.
        psu: usize,
        /// The variable, counted from 0.
        variable: usize,
        /// The value found.
        found: f64,
    },
    /// A joint probability that cannot be.
    #[error(
        "PSUs {first} and {second}: joint probability {found}; expected above 0, at most {most} \
         and the same both ways, with the inclusion probabilities on the diagonal"
    )]
    Joint {
        /// One PSU, counted from 0.
        first: usize,
        /// The other.
        second: usize,
        /// The value found.
        found: f64,
        /// The smaller of the two inclusion probabilities.
        most: f64,
    },
    /// A mean squared probability that cannot be.
    #[error("stratum {stratum}: Σπ²/n is {found}; expected above 0 and at most 1")]
    SquaredProbability {
        /// The stratum, counted from 0.
        stratum: usize,
        /// The value found.
        found: f64,
    },
    /// A stratum of one PSU that was not certain.
    #[error("stratum {stratum} has only one PSU (probability {probability}); expected at least 2")]
    LonelyPsu {
        /// The stratum, counted from 0.
        stratum: usize,
        /// The PSU's inclusion probability.
        probability: f64,
    },
}

/// Covariance matrix (variables × variables) of the totals `Σ_i z_i` of a one-stage PPS sample.
///
/// * `z`: a slice a variable, each one weighted value a PSU;
/// * `probabilities`: `π_i` of every PSU;
/// * `strata`: the stratum of every PSU, numbered from 0, or `None`. The joint-probability methods
///   find stratification in the joint probabilities and do not use it.
///
/// # Errors
/// Lengths that differ, values that are not finite, probabilities out of range, joint
/// probabilities that do not fit the single ones, or (for the methods that divide by `n − 1`) a
/// stratum of one PSU with `π < 1`; one with `π = 1` adds nothing.
pub fn pps_variance(
    method: &PpsMethod<'_>,
    z: &[&[f64]],
    probabilities: &[f64],
    strata: Option<&[usize]>,
) -> Result<Mat<f64>, PpsError> {
    check(z, probabilities)?;
    match *method {
        PpsMethod::HorvitzThompson { joint, tolerance } => {
            let delta = joint_delta(joint, probabilities, tolerance)?;
            Ok(quadratic_form(z, &apply(delta.as_ref(), z)))
        }
        PpsMethod::YatesGrundy { joint, tolerance } => {
            let delta = joint_delta(joint, probabilities, tolerance)?;
            Ok(yates_grundy(delta.as_ref(), z))
        }
        _ => by_strata(method, z, probabilities, strata),
    }
}

fn check(z: &[&[f64]], probabilities: &[f64]) -> Result<(), PpsError> {
    let expected = probabilities.len();
    let bad_probability = |&found: &f64| !(found > 0.0 && found <= 1.0);
    if let Some(psu) = probabilities.iter().position(bad_probability) {
        return Err(PpsError::Probability {
            psu,
            found: probabilities[psu],
        });
    }
    for (variable, values) in z.iter().enumerate() {
        if values.len() != expected {
            let what = "values of a variable";
            return Err(PpsError::Length {
                what,
                found: values.len(),
                expected,
            });
        }
        if let Some(psu) = values.iter().position(|value| !value.is_finite()) {
            return Err(PpsError::Value {
                psu,
                variable,
                found: values[psu],
            });
        }
    }
    Ok(())
}

/// `Δ`, with small entries set to 0.
fn joint_delta(
    joint: MatRef<'_, f64>,
    probabilities: &[f64],
    tolerance: f64,
) -> Result<Mat<f64>, PpsError> {
    /// Probabilities that went through a text file agree to this.
    const ROUNDING: f64 = 1e-6;
    let psus = probabilities.len();
    if let Some(&found) = [joint.nrows(), joint.ncols()].iter().find(|&&n| n != psus) {
        return Err(PpsError::Length {
            what: "PSUs in the joint probabilities",
            found,
            expected: psus,
        });
    }
    for (second, &of_second) in probabilities.iter().enumerate() {
        for (first, &of_first) in probabilities.iter().enumerate() {
            let found = joint[(first, second)];
            let most = of_first.min(of_second);
            let fits = found > 0.0
                && found <= most * (1.0 + ROUNDING)
                && (found - joint[(second, first)]).abs() <= ROUNDING * found
                && (first != second || found >= most * (1.0 - ROUNDING));
            if !fits {
                return Err(PpsError::Joint {
                    first,
                    second,
                    found,
                    most,
                });
            }
        }
    }
    Ok(Mat::from_fn(psus, psus, |i, j| {
        let delta = (joint[(i, j)] - joint[(i, i)] * joint[(j, j)]) / joint[(i, j)];
        if delta.abs() < tolerance { 0.0 } else { delta }
    }))
}

/// `Δ z` for every variable.
fn apply(delta: MatRef<'_, f64>, z: &[&[f64]]) -> Vec<Vec<f64>> {
    let row = |values: &[f64], i: usize| {
        values
            .iter()
            .enumerate()
            .map(|(j, value)| delta[(i, j)] * value)
            .sum::<f64>()
    };
    z.iter()
        .map(|values| (0..delta.nrows()).map(|i| row(values, i)).collect())
        .collect()
}

fn quadratic_form(z: &[&[f64]], applied: &[Vec<f64>]) -> Mat<f64> {
    Mat::from_fn(z.len(), z.len(), |k, l| {
        z[k].iter().zip(&applied[l]).map(|(a, b)| a * b).sum()
    })
}

fn yates_grundy(delta: MatRef<'_, f64>, z: &[&[f64]]) -> Mat<f64> {
    let psus = delta.nrows();
    let pairs = || (0..psus).flat_map(|j| (0..j).map(move |i| (i, j)));
    Mat::from_fn(z.len(), z.len(), |k, l| {
        let of_pair = |(i, j): (usize, usize)| {
            let symmetric = (delta[(i, j)] + delta[(j, i)]) / 2.0;
            symmetric * (z[k][i] - z[k][j]) * (z[l][i] - z[l][j])
        };
        -pairs().map(of_pair).sum::<f64>()
    })
}

/// One stratum: its values by variable, and its probabilities.
struct Stratum {
    z: Vec<Vec<f64>>,
    probabilities: Vec<f64>,
}

fn by_strata(
    method: &PpsMethod<'_>,
    z: &[&[f64]],
    probabilities: &[f64],
    strata: Option<&[usize]>,
) -> Result<Mat<f64>, PpsError> {
    let psus = probabilities.len();
    let whole;
    let strata = match strata {
        Some(strata) if strata.len() != psus => {
            let what = "strata of PSUs";
            return Err(PpsError::Length {
                what,
                found: strata.len(),
                expected: psus,
            });
        }
        Some(strata) => strata,
        None => {
            whole = vec![0; psus];
            &whole
        }
    };
    let count = strata.iter().max().map_or(0, |last| last + 1);
    let mut members = vec![Vec::new(); count];
    strata
        .iter()
        .enumerate()
        .for_each(|(psu, &stratum)| members[stratum].push(psu));
    let p2bar = given_squared_probabilities(method, count)?;
    let mut variance = Mat::zeros(z.len(), z.len());
    for (h, members) in members
        .iter()
        .enumerate()
        .filter(|(_, members)| !members.is_empty())
    {
        let stratum = Stratum {
            z: z.iter()
                .map(|values| members.iter().map(|&psu| values[psu]).collect())
                .collect(),
            probabilities: members.iter().map(|&psu| probabilities[psu]).collect(),
        };
        match stratum.probabilities[..] {
            [1.0] => continue,
            [probability] => {
                return Err(PpsError::LonelyPsu {
                    stratum: h,
                    probability,
                });
            }
            _ => {}
        }
        variance += match method {
            PpsMethod::WithReplacement => centred(&stratum, |_| 1.0),
            PpsMethod::Brewer => centred(&stratum, |probability| 1.0 - probability),
            PpsMethod::HartleyRao { .. } => {
                let n = stratum.probabilities.len() as f64;
                let mean = stratum.probabilities.iter().sum::<f64>() / n;
                let p = p2bar.map_or(mean, |given| given[h]);
                linear_delta(&stratum, 1.0 - (n + p) / (n - 1.0), 1.0 / (n - 1.0))
            }
            _ => {
                let n = stratum.probabilities.len() as f64;
                linear_delta(&stratum, 1.0 - n / (n - 1.0), 0.5 / (n - 1.0))
            }
        };
    }
    Ok(variance)
}

fn given_squared_probabilities<'a>(
    method: &PpsMethod<'a>,
    strata: usize,
) -> Result<Option<&'a [f64]>, PpsError> {
    let PpsMethod::HartleyRao { p2bar: Some(given) } = *method else {
        return Ok(None);
    };
    if given.len() != strata {
        let what = "strata with Σπ²/n";
        return Err(PpsError::Length {
            what,
            found: given.len(),
            expected: strata,
        });
    }
    match given.iter().position(|&p| !(p > 0.0 && p <= 1.0)) {
        Some(stratum) => Err(PpsError::SquaredProbability {
            stratum,
            found: given[stratum],
        }),
        None => Ok(Some(given)),
    }
}

/// `n/(n − 1) Σ_i factor(π_i) (z_i − z̄)(z_i − z̄)ᵀ`.
fn centred(stratum: &Stratum, factor: impl Fn(f64) -> f64) -> Mat<f64> {
    let n = stratum.probabilities.len() as f64;
    let deviations: Vec<Vec<f64>> = stratum
        .z
        .iter()
        .map(|values| {
            let mean = values.iter().sum::<f64>() / n;
            values.iter().map(|value| value - mean).collect()
        })
        .collect();
    Mat::from_fn(stratum.z.len(), stratum.z.len(), |k, l| {
        let products = deviations[k]
            .iter()
            .zip(&deviations[l])
            .zip(&stratum.probabilities);
        n / (n - 1.0) * products.map(|((a, b), &p)| factor(p) * a * b).sum::<f64>()
    })
}

/// The Horvitz–Thompson form with `Δ_ij = a + b(π_i + π_j)` off the diagonal and `1 − π_i` on it,
/// in time linear in the PSUs.
fn linear_delta(stratum: &Stratum, a: f64, b: f64) -> Mat<f64> {
    let probabilities = &stratum.probabilities;
    let applied: Vec<Vec<f64>> = stratum
        .z
        .iter()
        .map(|values| {
            let sum: f64 = values.iter().sum();
            let weighted: f64 = values.iter().zip(probabilities).map(|(z, p)| z * p).sum();
            let row = |(&z, &p): (&f64, &f64)| {
                (a + b * p) * (sum - z) + b * (weighted - p * z) + (1.0 - p) * z
            };
            values.iter().zip(probabilities).map(row).collect()
        })
        .collect();
    let z: Vec<&[f64]> = stratum.z.iter().map(Vec::as_slice).collect();
    quadratic_form(&z, &applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z: [f64; 5] = [3.0, 8.0, 1.0, 6.0, 7.5];

    /// `N² (1 − n/N) s²/n` of a simple random sample of 5 from 20.
    fn simple_random() -> f64 {
        let mean = Z.iter().sum::<f64>() / 5.0;
        let squares: f64 = Z.iter().map(|v| (v - mean).powi(2)).sum();
        // The values are weighted already: z = y N/n, so N² s²/n is n/(n − 1) Σ(z − z̄)².
        0.75 * 5.0 / 4.0 * squares
    }

    fn joint() -> Mat<f64> {
        Mat::from_fn(5, 5, |i, j| {
            if i == j {
                0.25
            } else {
                5.0 * 4.0 / (20.0 * 19.0)
            }
        })
    }

    #[test]
    fn of_equal_probabilities_the_exact_methods_are_simple_random_sampling() {
        let joint = joint();
        let matrix = || joint.as_ref();
        for method in [
            PpsMethod::Brewer,
            PpsMethod::Overton,
            PpsMethod::HartleyRao { p2bar: None },
            PpsMethod::HartleyRao {
                p2bar: Some(&[0.25]),
            },
            PpsMethod::HorvitzThompson {
                joint: matrix(),
                tolerance: 0.0,
            },
            PpsMethod::YatesGrundy {
                joint: matrix(),
                tolerance: 0.0,
            },
        ] {
            let found = pps_variance(&method, &[&Z], &[0.25; 5], None).unwrap()[(0, 0)];
            assert!((found / simple_random() - 1.0).abs() < 1e-12, "{method:?}");
        }
    }

    #[test]
    fn a_half_sample_of_equal_probabilities_is_not_taken_for_poisson() {
        let method = PpsMethod::HartleyRao { p2bar: None };
        let found = pps_variance(&method, &[&Z], &[0.5; 5], None).unwrap()[(0, 0)];
        assert!((found / (simple_random() / 0.75 * 0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn strata_add_up() {
        let z = [Z, Z].concat();
        let strata: Vec<usize> = (0..10).map(|i| i / 5).collect();
        let both = pps_variance(&PpsMethod::Overton, &[&z], &[0.25; 10], Some(&strata)).unwrap();
        assert!((both[(0, 0)] / (2.0 * simple_random()) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn bad_input_is_named() {
        let variance = |method: &PpsMethod<'_>, p: &[f64]| pps_variance(method, &[&Z], p, None);
        let probability = variance(&PpsMethod::Brewer, &[0.5, 0.0, 0.5, 0.5, 0.5]).unwrap_err();
        assert_eq!(probability, PpsError::Probability { psu: 1, found: 0.0 });
        let short = variance(&PpsMethod::Brewer, &[0.5; 4]).unwrap_err();
        assert!(matches!(
            short,
            PpsError::Length {
                found: 5,
                expected: 4,
                ..
            }
        ));
        let mut joint = joint();
        joint[(1, 3)] = 0.0;
        let method = PpsMethod::HorvitzThompson {
            joint: joint.as_ref(),
            tolerance: 0.0,
        };
        let error = variance(&method, &[0.25; 5]).unwrap_err();
        assert!(
            matches!(
                error,
                PpsError::Joint {
                    first: 3,
                    second: 1,
                    most: 0.25,
                    ..
                }
            ),
            "{error}"
        );
        let lonely = pps_variance(&PpsMethod::Brewer, &[&Z[..1]], &[0.5], None).unwrap_err();
        assert_eq!(
            lonely,
            PpsError::LonelyPsu {
                stratum: 0,
                probability: 0.5
            }
        );
        let certain = pps_variance(&PpsMethod::Brewer, &[&Z[..1]], &[1.0], None).unwrap();
        assert_eq!(certain[(0, 0)], 0.0);
        let nan = pps_variance(&PpsMethod::Brewer, &[&[1.0, f64::NAN]], &[0.5; 2], None);
        assert!(matches!(
            nan,
            Err(PpsError::Value {
                psu: 1,
                variable: 0,
                ..
            })
        ));
    }
}
