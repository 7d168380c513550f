//! By the unit's other values in a group of nodes, on one scale.

use super::ImputeFault;
use crate::method::moments::Extent;
use crate::pack::Direction;

/// A column of the group on the scale from its worst value (0) to its best (1).
struct Part<'a> {
    values: &'a [f64],
    worst: f64,
    best: f64,
}

impl Part<'_> {
    fn share(&self, row: usize) -> f64 {
        (self.values[row] - self.worst) / (self.best - self.worst)
    }
}

/// Fills the marked cells of column `own` of a group of columns by the mean of the unit's other
/// values in the group, and says how many were filled: a unit without another value stays without.
///
/// Every column is put on the scale from its worst value (0) to its best (1); the mean of a row's
/// scores there is put back on the scale of `own`.
///
/// # Errors
/// Columns of different lengths; another column with a value where one is to be filled whose values
/// do not differ, so that it has no such scale; a result that is no finite number.
pub fn row_mean(
    columns: &[&[f64]],
    directions: &[Direction],
    own: usize,
    missing: &[bool],
    out: &mut [f64],
) -> Result<usize, ImputeFault> {
    let (part, parts) = (own + 1, columns.len());
    let values = *columns.get(own).ok_or(ImputeFault::Part { part, parts })?;
    ImputeFault::check_length(directions.len(), parts)?;
    for length in columns
        .iter()
        .map(|column| column.len())
        .chain([missing.len(), out.len()])
    {
        ImputeFault::check_length(length, values.len())?;
    }
    out.copy_from_slice(values);
    let is_gap = |row: &usize| missing[*row] && values[*row].is_nan();
    let gaps: Vec<usize> = (0..values.len()).filter(is_gap).collect();
    if gaps.is_empty() {
        return Ok(0);
    }
    let parts: Vec<Part> = columns
        .iter()
        .zip(directions)
        .map(|(c, d)| part_of(c, *d))
        .collect();
    if values.iter().all(|value| value.is_nan()) {
        return Ok(0);
    }
    let mut filled = 0;
    for row in gaps {
        if let Some(share) = mean_share(&parts, row)? {
            out[row] = share * (parts[own].best - parts[own].worst) + parts[own].worst;
            if !out[row].is_finite() {
                return Err(ImputeFault::NotFinite { row });
            }
            filled += 1;
        }
    }
    Ok(filled)
}

fn part_of(values: &[f64], direction: Direction) -> Part<'_> {
    let extent = Extent::of(values);
    let (worst, best) = match direction {
        Direction::Higher => (extent.min, extent.max),
        Direction::Lower => (extent.max, extent.min),
    };
    Part {
        values,
        worst,
        best,
    }
}

/// The mean of a row's scores in the parts that have a value; none where no part has.
fn mean_share(parts: &[Part], row: usize) -> Result<Option<f64>, ImputeFault> {
    let (mut sum, mut count) = (0.0, 0.0);
    for (place, part) in parts
        .iter()
        .enumerate()
        .filter(|(_, part)| !part.values[row].is_nan())
    {
        if part.worst == part.best {
            let (part, value) = (place + 1, part.best);
            return Err(ImputeFault::ConstantPart { part, value });
        }
        sum += part.share(row);
        count += 1.0;
    }
    Ok((count > 0.0).then(|| sum / count))
}
