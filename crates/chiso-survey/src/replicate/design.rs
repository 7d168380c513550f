//! The first stage of a sample as replication sees it: PSUs, their strata, and the strata's sizes.

use thiserror::Error;

/// Why replicate weights cannot be made, or cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReplicateError {
    /// No PSU at all.
    #[error("the design has no PSU; expected at least one")]
    NoPsu,
    /// A PSU points at a stratum that is not listed.
    #[error("PSU {psu} lies in stratum {stratum}, but only {strata} strata are listed")]
    UnknownStratum {
        /// The PSU, counted from 0.
        psu: usize,
        /// The stratum it names.
        stratum: usize,
        /// How many strata are listed.
        strata: usize,
    },
    /// A listed stratum holds no PSU.
    #[error("stratum {stratum} has no PSU in the sample; leave it out of the list")]
    EmptyStratum {
        /// The stratum, counted from 0.
        stratum: usize,
    },
    /// A population count below the sample's or not a number.
    #[error(
        "stratum {stratum} has {sampled} sampled PSUs but a population count of {population}; \
         expected a count of at least {sampled}, or infinity for none"
    )]
    Population {
        /// The stratum, counted from 0.
        stratum: usize,
        /// PSUs in the sample.
        sampled: usize,
        /// The population count found.
        population: f64,
    },
    /// A method that needs two PSUs met a stratum with one.
    #[error("stratum {stratum} has only one PSU; {method} needs at least two")]
    LonelyPsu {
        /// The stratum, counted from 0.
        stratum: usize,
        /// The replication method.
        method: &'static str,
    },
    /// BRR met a stratum with an odd number of PSUs.
    #[error("stratum {stratum} has {sampled} PSUs; balanced half-samples need pairs")]
    OddStratum {
        /// The stratum, counted from 0.
        stratum: usize,
        /// PSUs in the sample.
        sampled: usize,
    },
    /// JK1 asked of a stratified design.
    #[error("JK1 is for a design without strata, but {strata} strata are listed; use JKn")]
    Stratified {
        /// How many strata are listed.
        strata: usize,
    },
    /// Too few replicates.
    #[error("{found} replicates were asked for; {method} needs at least 2")]
    Replicates {
        /// The number asked for.
        found: usize,
        /// The replication method.
        method: &'static str,
    },
    /// Fay's coefficient outside its range.
    #[error("rho is {found}; expected 0 ≤ rho < 1")]
    Rho {
        /// The value found.
        found: f64,
    },
    /// A number of draws that is not possible.
    #[error("stratum {stratum}: {found} bootstrap draws were asked for; expected at least 1")]
    Draws {
        /// The stratum, counted from 0.
        stratum: usize,
        /// The number found.
        found: usize,
    },
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
    /// A weight that is negative or not a number.
    #[error("{what} of row {row}{}: found {found}, expected a finite number of at least 0",
            .replicate.map(|r| format!(", replicate {r}")).unwrap_or_default())]
    Weight {
        /// Which weight.
        what: &'static str,
        /// The row, counted from 0.
        row: usize,
        /// The replicate, counted from 0.
        replicate: Option<usize>,
        /// The value found.
        found: f64,
    },
    /// A combined replicate weight where the sampling weight is zero.
    #[error(
        "row {row} has sampling weight 0 but replicate weight {found} in replicate {replicate}"
    )]
    ZeroBase {
        /// The row, counted from 0.
        row: usize,
        /// The replicate, counted from 0.
        replicate: usize,
        /// The replicate weight found.
        found: f64,
    },
    /// A scale that is negative or not a number.
    #[error("{what} is {found}; expected a finite number of at least 0")]
    Scale {
        /// Which scale.
        what: &'static str,
        /// The value found.
        found: f64,
    },
    /// A cluster or stratum that is not nested in the stage above.
    #[error("stage {stage}: {what} {id} occurs in more than one {parent}")]
    NotNested {
        /// The stage, counted from 1.
        stage: usize,
        /// `cluster` or `stratum`.
        what: &'static str,
        /// Its number.
        id: usize,
        /// What it should be nested in.
        parent: &'static str,
    },
    /// A column or PSU that the sums do not have.
    #[error("{what} {found} does not exist; there are {available}")]
    OutOfRange {
        /// What was looked up.
        what: &'static str,
        /// The index found.
        found: usize,
        /// How many there are.
        available: usize,
    },
    /// The full sample gives no number for a statistic.
    #[error("domain {domain}, statistic {statistic}: the full sample gives no finite value")]
    NoEstimate {
        /// The domain, counted from 0.
        domain: usize,
        /// The statistic, counted from 0.
        statistic: usize,
    },
    /// No replicate gives a number.
    #[error("all {replicates} replicates gave no finite value")]
    AllDiscarded {
        /// How many replicates there were.
        replicates: usize,
    },
}

/// First-stage sample: every PSU's stratum and every stratum's population count.
///
/// PSUs and strata are numbered from 0. Their order matters to [`super::brr`] alone: to obtain R's
/// half-samples, number strata in the order of their names sorted as text, and PSUs in the order
/// in which they first occur in the data.
#[derive(Debug, Clone, PartialEq)]
pub struct PsuDesign {
    stratum_of_psu: Vec<usize>,
    psus_of_stratum: Vec<Vec<usize>>,
    population: Vec<f64>,
}

impl PsuDesign {
    /// A design of `stratum_of_psu.len()` PSUs and `population.len()` strata; `population[h]` is
    /// the number of PSUs that stratum `h` has in the population, infinite where no
    /// finite-population correction is wanted. The sampled count `n_h` is the number of PSUs
    /// listed in the stratum.
    ///
    /// # Errors
    /// No PSU, a stratum unknown or empty, a population count below the sampled one.
    pub fn new(stratum_of_psu: Vec<usize>, population: Vec<f64>) -> Result<Self, ReplicateError> {
        if stratum_of_psu.is_empty() {
            return Err(ReplicateError::NoPsu);
        }
        let strata = population.len();
        let mut psus_of_stratum = vec![Vec::new(); strata];
        for (psu, &stratum) in stratum_of_psu.iter().enumerate() {
            psus_of_stratum
                .get_mut(stratum)
                .ok_or(ReplicateError::UnknownStratum {
                    psu,
                    stratum,
                    strata,
                })?
                .push(psu);
        }
        for (stratum, (psus, &count)) in psus_of_stratum.iter().zip(&population).enumerate() {
            let sampled = psus.len();
            if sampled == 0 {
                return Err(ReplicateError::EmptyStratum { stratum });
            }
            // A count that came of a fraction (n / f) may fall short by rounding alone.
            if count.is_nan() || count < sampled as f64 * (1.0 - 1e-9) {
                return Err(ReplicateError::Population {
                    stratum,
                    sampled,
                    population: count,
                });
            }
        }
        Ok(Self {
            stratum_of_psu,
            psus_of_stratum,
            population,
        })
    }

    /// A design without strata: `psus` PSUs out of `population` (infinity for no correction).
    ///
    /// # Errors
    /// No PSU, or a population count below the sampled one.
    pub fn unstratified(psus: usize, population: f64) -> Result<Self, ReplicateError> {
        Self::new(vec![0; psus], vec![population])
    }

    /// How many PSUs were sampled.
    pub fn psus(&self) -> usize {
        self.stratum_of_psu.len()
    }

    /// How many strata there are.
    pub fn strata(&self) -> usize {
        self.population.len()
    }

    /// The stratum of every PSU.
    pub fn stratum_of_psu(&self) -> &[usize] {
        &self.stratum_of_psu
    }

    /// The PSUs of stratum `h`, in ascending order.
    pub fn psus_of(&self, h: usize) -> &[usize] {
        &self.psus_of_stratum[h]
    }

    /// `n_h`, the number of PSUs sampled in stratum `h`.
    pub fn sampled(&self, h: usize) -> usize {
        self.psus_of_stratum[h].len()
    }

    /// `N_h`, the population count of stratum `h`, infinite for none.
    pub fn population(&self, h: usize) -> f64 {
        self.population[h]
    }

    /// `1 − f_h = (N_h − n_h)/N_h`, which is 1 without a population count and 0 in a stratum that
    /// was taken completely.
    pub fn finite_correction(&self, h: usize) -> f64 {
        let population = self.population[h];
        if population.is_infinite() {
            return 1.0;
        }
        ((population - self.sampled(h) as f64) / population).max(0.0)
    }
}
