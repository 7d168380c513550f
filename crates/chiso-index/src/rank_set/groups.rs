//! How probable each group of each unit is, counted over draws of the scores.

use super::error::RankSetError;
use super::estimates::{Estimates, RankSetOptions, prepare};
use crate::numbers::apportion;

/// Shares of draws in which a unit fell into a group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupProbabilities {
    groups: usize,
    /// How many draws were counted.
    draws: usize,
    /// A row a unit: how often it fell into each group.
    counts: Vec<usize>,
    /// A row a unit: the same as shares; NaN for a unit without groups.
    probabilities: Vec<f64>,
}

impl GroupProbabilities {
    /// The probabilities of a unit's groups; none for a unit that the rule never grouped.
    ///
    /// They are multiples of 2⁻⁵², within one of the counted share, and add up to 1 exactly, in
    /// whatever order.
    pub fn of(&self, unit: usize) -> Option<&[f64]> {
        let row = unit.checked_mul(self.groups)?;
        let found = self.probabilities.get(row..row + self.groups)?;
        found.first().filter(|first| !first.is_nan()).map(|_| found)
    }

    /// In how many draws a unit fell into each group.
    pub fn counts(&self, unit: usize) -> Option<&[usize]> {
        let row = unit.checked_mul(self.groups)?;
        self.counts.get(row..row + self.groups)
    }

    /// A unit's most probable group, from 0, with its probability; the first of equals.
    pub fn most_probable(&self, unit: usize) -> Option<(usize, f64)> {
        let row = self.of(unit)?;
        let larger = |best: (usize, f64), (group, &share): (usize, &f64)| match share > best.1 {
            true => (group, share),
            false => best,
        };
        Some(row.iter().enumerate().fold((0, f64::NEG_INFINITY), larger))
    }

    /// How many draws were counted.
    pub fn draws(&self) -> usize {
        self.draws
    }
}

/// The probability of every group for every unit.
///
/// `draws` are draws of the scores, one row of `units` numbers a draw (NaN: no score), such as the
/// scores of replicates or [`score_draws`]. `rule` gets the scores of one draw and writes each
/// unit's group, from 0 to `groups` − 1, or leaves `None`.
///
/// # Errors
///
/// If `draws` are not whole rows or none, if the rule names a group that does not exist, or if it
/// groups a unit in some draws only.
pub fn group_probabilities(
    draws: &[f64],
    units: usize,
    groups: usize,
    mut rule: impl FnMut(&[f64], &mut [Option<usize>]),
) -> Result<GroupProbabilities, RankSetError> {
    let rows = draws.len().checked_div(units).unwrap_or(0);
    if rows == 0 || rows * units != draws.len() {
        return Err(RankSetError::Length {
            what: "draws of scores",
            found: draws.len(),
            expected: format!("a positive multiple of {units}, the number of units"),
        });
    }
    let mut counts = vec![0_usize; units * groups];
    let mut found = vec![None; units];
    for (draw, scores) in draws.chunks_exact(units).enumerate() {
        found.fill(None);
        rule(scores, &mut found);
        for (unit, group) in found.iter().enumerate() {
            match *group {
                Some(found) if found >= groups => {
                    return Err(RankSetError::Group {
                        draw,
                        unit,
                        found,
                        groups,
                    });
                }
                Some(group) => counts[unit * groups + group] += 1,
                None => {}
            }
        }
    }
    let mut probabilities = Vec::with_capacity(counts.len());
    for (unit, row) in counts.chunks_exact(groups.max(1)).enumerate() {
        probabilities.extend(shares(unit, row, rows)?);
    }
    Ok(GroupProbabilities {
        groups,
        draws: rows,
        counts,
        probabilities,
    })
}

/// The counts of a unit as shares of the draws.
fn shares(unit: usize, counts: &[usize], draws: usize) -> Result<Vec<f64>, RankSetError> {
    // Sums of multiples of 2⁻⁵² up to 1 are exact.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    match counts.iter().sum() {
        0 => Ok(vec![f64::NAN; counts.len()]),
        sum if sum == draws => {
            let part = |&count: &usize| count as f64 / draws as f64 * WHOLE;
            let parts: Vec<f64> = counts.iter().map(part).collect();
            let whole = apportion(1 << 52, &parts).into_iter();
            Ok(whole.map(|part| part as f64 / WHOLE).collect())
        }
        found => Err(RankSetError::Grouped { unit, found, draws }),
    }
}

/// Draws of the scores: each is the scores plus one draw of their errors, one row of as many
/// numbers as units; NaN for units without a score. With [`super::Errors::Estimated`] these are
/// θ + se · t with t of Student's distribution of the unit's degrees of freedom (se · z over the
/// root of χ²_ν / ν): the score's fiducial distribution, from the same z and χ² as rank sets.
/// [`RankSetOptions::confidence`] and `step_down`
/// play no part beyond the check that there are draws enough.
///
/// # Errors
///
/// As [`super::marginal`].
pub fn score_draws(
    estimates: &Estimates,
    options: &RankSetOptions,
) -> Result<Vec<f64>, RankSetError> {
    let ordered = prepare(estimates, options)?.ordered;
    let all = estimates.scores.len();
    let mut draws = vec![f64::NAN; ordered.draws() * all];
    for (draw, row) in draws.chunks_exact_mut(all.max(1)).enumerate() {
        let drawn = ordered.draw(draw);
        for (place, (&unit, score)) in ordered.units.iter().zip(&ordered.scores).enumerate() {
            row[unit] = match drawn.variance_ratios.get(place) {
                Some(ratio) => score + drawn.errors[place] / ratio.sqrt(),
                None => score + drawn.errors[place],
            };
        }
    }
    Ok(draws)
}

#[cfg(test)]
mod tests {
    use super::super::Errors;
    use super::*;
    use proptest::prelude::*;

    /// The better half is group 0.
    fn halves(scores: &[f64], groups: &mut [Option<usize>]) {
        for (unit, score) in scores.iter().enumerate().filter(|(_, s)| !s.is_nan()) {
            let better = scores.iter().filter(|other| *other > score).count();
            groups[unit] = Some(usize::from(2 * better >= scores.len()));
        }
    }

    #[test]
    fn a_probability_is_the_share_of_draws() {
        let draws = [
            3.0,
            1.0,
            f64::NAN,
            1.0,
            3.0,
            f64::NAN,
            5.0,
            4.0,
            f64::NAN,
            9.0,
            2.0,
            f64::NAN,
        ];
        let rule = |scores: &[f64], groups: &mut [Option<usize>]| {
            let first = scores[0] > scores[1];
            groups[..2].copy_from_slice(&[Some(usize::from(!first)), Some(usize::from(first))]);
        };
        let found = group_probabilities(&draws, 3, 2, rule).unwrap();
        assert_eq!(found.of(0), Some([0.75, 0.25].as_slice()));
        assert_eq!(found.counts(1), Some([1, 3].as_slice()));
        assert_eq!(found.most_probable(1), Some((1, 0.75)));
        assert_eq!((found.of(2), found.of(3)), (None, None));
    }

    #[test]
    fn a_rule_that_names_no_group_or_forgets_a_unit_is_refused() {
        let wrong = group_probabilities(&[1.0, 2.0], 1, 2, |_, g| g[0] = Some(2)).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "group of the unit at index 0 in draw 0: found 2, expected a number below 2"
        );
        let sometimes = |s: &[f64], g: &mut [Option<usize>]| g[0] = (s[0] > 1.5).then_some(0);
        let wrong = group_probabilities(&[1.0, 2.0], 1, 2, sometimes).unwrap_err();
        assert!(matches!(
            wrong,
            RankSetError::Grouped {
                unit: 0,
                found: 1,
                draws: 2
            }
        ));
        assert!(group_probabilities(&[1.0, 2.0, 3.0], 2, 2, halves).is_err());
    }

    #[test]
    fn a_score_without_error_has_one_group_for_sure() {
        let estimates = Estimates {
            scores: &[5.0, f64::NAN, 3.0, 1.0, 0.0],
            errors: Errors::Independent(&[0.0; 5]),
        };
        let draws = score_draws(&estimates, &RankSetOptions::default()).unwrap();
        let found = group_probabilities(&draws, 5, 2, halves).unwrap();
        assert_eq!(found.of(0), Some([1.0, 0.0].as_slice()));
        assert_eq!(found.of(4), Some([0.0, 1.0].as_slice()));
        assert_eq!(found.of(1), None);
    }

    proptest! {
        #[test]
        fn group_probabilities_sum_to_one_exactly(
            scores in proptest::collection::vec(0.0_f64..3.0, 1..12),
            draws in 20_usize..90,
            seed: u64,
        ) {
            let errors = vec![1.0; scores.len()];
            let estimates = Estimates { scores: &scores, errors: Errors::Independent(&errors) };
            let options = RankSetOptions { draws, seed, ..RankSetOptions::default() };
            let draws = score_draws(&estimates, &options).unwrap();
            let thirds = |scores: &[f64], groups: &mut [Option<usize>]| {
                let third = |score: &f64| Some(score.clamp(0.0, 2.9) as usize);
                groups.iter_mut().zip(scores).for_each(|(group, score)| *group = third(score));
            };
            let found = group_probabilities(&draws, scores.len(), 3, thirds).unwrap();
            for unit in 0..scores.len() {
                let row = found.of(unit).unwrap();
                prop_assert_eq!(row[0] + row[1] + row[2], 1.0);
                prop_assert_eq!(row[2] + row[0] + row[1], 1.0);
                for (share, count) in row.iter().zip(found.counts(unit).unwrap()) {
                    let counted = *count as f64 / found.draws() as f64;
                    prop_assert!((share - counted).abs() <= 4.5e-16);
                }
            }
        }
    }
}
