//! Jackknife weights: one PSU left out at a time, its weight shared by the rest of its stratum.

use faer::Mat;

use crate::design::LonelyPsu;

use super::{PsuDesign, ReplicateError, ReplicateMethod, ReplicateWeights};

/// JK1: `n` replicates, each without one PSU, the others' weights times `n/(n − 1)`; scale
/// `(1 − f)(n − 1)/n`. Degrees of freedom `n − 1`. (R `jk1weights`.)
///
/// When every PSU of the population was taken there are no replicates, and variances are 0.
///
/// # Errors
/// A stratified design, or a single PSU out of more.
pub fn jk1(design: &PsuDesign) -> Result<ReplicateWeights, ReplicateError> {
    if design.strata() != 1 {
        return Err(ReplicateError::Stratified {
            strata: design.strata(),
        });
    }
    let psus = design.psus();
    let correction = design.finite_correction(0);
    if psus == 1 && correction > 0.0 {
        return Err(ReplicateError::LonelyPsu {
            stratum: 0,
            method: "JK1",
        });
    }
    let replicates = if correction > 0.0 { psus } else { 0 };
    let n = psus as f64;
    Ok(ReplicateWeights {
        multipliers: Mat::from_fn(
            psus,
            replicates,
            |i, r| {
                if i == r { 0.0 } else { n / (n - 1.0) }
            },
        ),
        scale: correction * (n - 1.0) / n,
        replicate_scales: vec![1.0; replicates],
        method: ReplicateMethod::Jk1,
        rho: 0.0,
        mse: false,
        degrees_of_freedom: replicates.saturating_sub(1),
    })
}

/// JKn: for every stratum with something left to sample, `n_h` replicates, each without one PSU,
/// the others' weights in the stratum times `n_h/(n_h − 1)`; replicate scale
/// `(1 − f_h)(n_h − 1)/n_h`. Degrees of freedom PSUs − strata, over the strata with replicates.
/// (R `jknweights`.)
///
/// A stratum with one of several PSUs is treated as R's `jknweights` reads `survey.lonely.psu`:
/// `Adjust` makes one replicate that leaves the stratum out and gives its weight to all other
/// strata; `Remove` and `Certainty` make none, so the stratum adds no variance; `Average` makes
/// none and multiplies the whole variance by PSUs / replicates.
///
/// Where R stops because all strata were taken completely, this gives no replicates and variances
/// of 0.
///
/// # Errors
/// A lonely PSU, with [`LonelyPsu::Fail`]; with `Adjust`, a lone stratum.
pub fn jkn(design: &PsuDesign, lonely: LonelyPsu) -> Result<ReplicateWeights, ReplicateError> {
    let mut columns = Vec::new();
    let mut freedom = 0;
    for h in strata_by_first_psu(design) {
        let correction = design.finite_correction(h);
        if correction == 0.0 {
            continue;
        }
        if design.sampled(h) > 1 {
            freedom += design.sampled(h) - 1;
            columns.extend(leave_out_each(design, h, correction));
            continue;
        }
        match lonely {
            LonelyPsu::Fail => {
                return Err(ReplicateError::LonelyPsu {
                    stratum: h,
                    method: "JKn",
                });
            }
            LonelyPsu::Adjust if design.strata() == 1 => {
                return Err(ReplicateError::LonelyPsu {
                    stratum: h,
                    method: "JKn",
                });
            }
            LonelyPsu::Adjust => {
                freedom += 1;
                columns.push(leave_out_stratum(design, h));
            }
            LonelyPsu::Remove | LonelyPsu::Certainty | LonelyPsu::Average => {}
        }
    }
    let psus = design.psus();
    let average = lonely == LonelyPsu::Average && !columns.is_empty();
    let scale = if average {
        psus as f64 / columns.len() as f64
    } else {
        1.0
    };
    let mut multipliers = Mat::full(psus, columns.len(), 1.0);
    for (r, column) in columns.iter().enumerate() {
        column
            .changed
            .iter()
            .for_each(|&(psu, multiplier)| multipliers[(psu, r)] = multiplier);
    }
    Ok(ReplicateWeights {
        multipliers,
        scale,
        replicate_scales: columns.iter().map(|column| column.scale).collect(),
        method: ReplicateMethod::Jkn,
        rho: 0.0,
        mse: false,
        degrees_of_freedom: freedom.min(columns.len().saturating_sub(1)),
    })
}

/// One replicate: the PSUs whose multiplier is not 1, and the replicate's scale.
struct Column {
    changed: Vec<(usize, f64)>,
    scale: f64,
}

/// R orders JKn's replicates by the strata's first occurrence in the data.
fn strata_by_first_psu(design: &PsuDesign) -> Vec<usize> {
    let mut strata: Vec<usize> = (0..design.strata()).collect();
    strata.sort_by_key(|&h| design.psus_of(h).first().copied());
    strata
}

fn leave_out_each(design: &PsuDesign, h: usize, correction: f64) -> Vec<Column> {
    let n = design.sampled(h) as f64;
    let psus = design.psus_of(h);
    let multiplier = |out: usize, psu: usize| if psu == out { 0.0 } else { n / (n - 1.0) };
    let column = |&out: &usize| Column {
        changed: psus
            .iter()
            .map(|&psu| (psu, multiplier(out, psu)))
            .collect(),
        scale: correction * (n - 1.0) / n,
    };
    psus.iter().map(column).collect()
}

fn leave_out_stratum(design: &PsuDesign, h: usize) -> Column {
    let strata = design.strata() as f64;
    let changed = design
        .stratum_of_psu()
        .iter()
        .enumerate()
        .map(|(psu, &stratum)| {
            (
                psu,
                if stratum == h {
                    0.0
                } else {
                    strata / (strata - 1.0)
                },
            )
        });
    Column {
        changed: changed.collect(),
        scale: (strata - 1.0) / strata,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stratum_taken_completely_gets_no_replicates() {
        let design = PsuDesign::new(vec![0, 0, 1, 1, 1], vec![2.0, 30.0]).unwrap();
        let weights = jkn(&design, LonelyPsu::Fail).unwrap();
        assert_eq!(weights.replicates(), 3);
        assert_eq!(weights.degrees_of_freedom, 2);
        assert!((0..3).all(|r| weights.multipliers[(0, r)] == 1.0));
        assert!((weights.replicate_scales[0] - 0.9 * 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn a_census_has_no_replicates_and_no_variance() {
        let census = jk1(&PsuDesign::unstratified(4, 4.0).unwrap()).unwrap();
        assert_eq!(census.replicates(), 0);
        assert_eq!(census.variance(&[], 3.0).unwrap().variance, 0.0);
    }

    #[test]
    fn a_lonely_psu_is_refused_or_handled_as_told() {
        let design = PsuDesign::new(vec![0, 0, 1], vec![f64::INFINITY; 2]).unwrap();
        let refused = jkn(&design, LonelyPsu::Fail).unwrap_err();
        assert_eq!(
            refused,
            ReplicateError::LonelyPsu {
                stratum: 1,
                method: "JKn"
            }
        );
        assert_eq!(jkn(&design, LonelyPsu::Remove).unwrap().replicates(), 2);
        let average = jkn(&design, LonelyPsu::Average).unwrap();
        assert!((average.scale - 1.5).abs() < 1e-15);
        let adjust = jkn(&design, LonelyPsu::Adjust).unwrap();
        assert_eq!(adjust.replicates(), 3);
        assert_eq!(
            [0, 1, 2].map(|psu| adjust.multipliers[(psu, 2)]),
            [2.0, 2.0, 0.0]
        );
        assert_eq!(adjust.replicate_scales[2], 0.5);
    }

    #[test]
    fn a_single_psu_out_of_more_cannot_be_jackknifed() {
        let design = PsuDesign::unstratified(1, 9.0).unwrap();
        assert!(matches!(
            jk1(&design),
            Err(ReplicateError::LonelyPsu { .. })
        ));
    }
}
