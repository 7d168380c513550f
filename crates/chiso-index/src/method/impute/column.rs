//! By a statistic of the column, or of the unit's group in it.

use super::{ImputeFault, Statistic};

/// Fills the marked cells without a value by a statistic of the column, and says how many were
/// filled: none where the column has no value.
///
/// # Errors
/// Columns of different lengths, a statistic that is no finite number.
pub fn column(
    statistic: Statistic,
    values: &[f64],
    missing: &[bool],
    out: &mut [f64],
) -> Result<usize, ImputeFault> {
    ImputeFault::check_length(missing.len(), values.len())?;
    ImputeFault::check_length(out.len(), values.len())?;
    out.copy_from_slice(values);
    let is_gap = |row: &usize| missing[*row] && values[*row].is_nan();
    if !(0..values.len()).any(|row| is_gap(&row)) {
        return Ok(0);
    }
    let mut present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let Some(filling) = statistic.of(&mut present) else {
        return Ok(0);
    };
    let mut filled = 0;
    for row in (0..values.len()).filter(is_gap) {
        out[row] = finite(filling, row)?;
        filled += 1;
    }
    Ok(filled)
}

/// Fills the marked cells without a value by a statistic of the values of the same group, and says
/// how many were filled. A unit without a group (`u32::MAX`), and one in whose group nothing has a
/// value, stays without a value.
///
/// # Errors
/// Columns of different lengths, a statistic that is no finite number.
pub fn grouped(
    statistic: Statistic,
    groups: &[u32],
    values: &[f64],
    missing: &[bool],
    out: &mut [f64],
) -> Result<usize, ImputeFault> {
    for length in [groups.len(), missing.len(), out.len()] {
        ImputeFault::check_length(length, values.len())?;
    }
    out.copy_from_slice(values);
    let is_gap = |row: &usize| missing[*row] && values[*row].is_nan() && groups[*row] != u32::MAX;
    let gaps: Vec<usize> = (0..values.len()).filter(is_gap).collect();
    if gaps.is_empty() {
        return Ok(0);
    }
    let mut wanted: Vec<u32> = gaps.iter().map(|&row| groups[row]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let fillings = match statistic {
        Statistic::Mean => means(&wanted, groups, values),
        Statistic::Median => medians(&wanted, groups, values),
    };
    let mut filled = 0;
    for row in gaps {
        if let Some(filling) = place(&wanted, groups[row]).and_then(|place| fillings[place]) {
            out[row] = finite(filling, row)?;
            filled += 1;
        }
    }
    Ok(filled)
}

/// The place of a group among ascending ones.
#[inline(always)]
fn place(wanted: &[u32], group: u32) -> Option<usize> {
    const FEW: usize = 8;
    if wanted.len() <= FEW {
        wanted.iter().position(|&other| other == group)
    } else {
        wanted.binary_search(&group).ok()
    }
}

/// The mean of each wanted group; none of a group without a value.
fn means(wanted: &[u32], groups: &[u32], values: &[f64]) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); wanted.len()];
    for (&group, &value) in groups.iter().zip(values) {
        if let (false, Some(place)) = (value.is_nan(), place(wanted, group)) {
            sums[place].0 += value;
            sums[place].1 += 1.0;
        }
    }
    let mean = |(sum, count): (f64, f64)| (count > 0.0).then_some(sum / count);
    sums.into_iter().map(mean).collect()
}

/// The median of each wanted group; none of a group without a value.
fn medians(wanted: &[u32], groups: &[u32], values: &[f64]) -> Vec<Option<f64>> {
    let mut members: Vec<Vec<f64>> = vec![Vec::new(); wanted.len()];
    for (&group, &value) in groups.iter().zip(values) {
        if let (false, Some(place)) = (value.is_nan(), place(wanted, group)) {
            members[place].push(value);
        }
    }
    let median = |members: &mut Vec<f64>| Statistic::Median.of(members);
    members.iter_mut().map(median).collect()
}

fn finite(filling: f64, row: usize) -> Result<f64, ImputeFault> {
    if filling.is_finite() {
        Ok(filling)
    } else {
        Err(ImputeFault::NotFinite { row })
    }
}
