//! Winsorising: the most extreme values take the next value inwards.

use super::{Treated, Treatment};
use crate::method::moments::{LANES, Moments, in_lanes};

impl Treatment {
    /// Writes the column with its extremes drawn in until it passes or [`Treatment::most`] cells
    /// are; `present` is memory for the values that are there.
    pub(super) fn winsorise(
        &self,
        values: &[f64],
        before: &Moments,
        out: &mut [f64],
        present: &mut Vec<f64>,
    ) -> Treated {
        present.clear();
        present.extend(values.iter().copied().filter(|value| !value.is_nan()));
        let mut treated = Treated {
            moments: *before,
            high: 0,
            low: 0,
        };
        while treated.high + treated.low < self.most
            && (self.force || !self.holds(&treated.moments))
        {
            let extent = treated.moments.extent;
            let high = treated.moments.leans_high();
            let (next, cells) = if high {
                next_below(present, extent.max)
            } else {
                next_above(present, extent.min)
            };
            // What remains must be two values at least: a constant column says nothing.
            if (high && next <= extent.min) || (!high && next >= extent.max) {
                break;
            }
            let bounds = if high {
                treated.high = cells;
                [extent.min, next]
            } else {
                treated.low = cells;
                [next, extent.max]
            };
            treated.moments = treated.moments.held(present, bounds, cells);
        }
        let extent = treated.moments.extent;
        for (out, value) in out.iter_mut().zip(values) {
            *out = value.clamp(extent.min, extent.max);
        }
        treated
    }
}

/// The greatest value below a number, and how many values equal the number.
fn next_below(values: &[f64], top: f64) -> (f64, usize) {
    let mut lanes = ([f64::NEG_INFINITY; LANES], [0.0; LANES]);
    in_lanes(values, &mut lanes, |(next, cells), lane, value| {
        let nearer = (value < top) & (value > next[lane]);
        next[lane] = if nearer { value } else { next[lane] };
        cells[lane] += if value == top { 1.0 } else { 0.0 };
    });
    let next = lanes.0.into_iter().fold(f64::NEG_INFINITY, f64::max);
    (next, lanes.1.iter().sum::<f64>() as usize)
}

/// The least value above a number, and how many values equal the number.
fn next_above(values: &[f64], bottom: f64) -> (f64, usize) {
    let mut lanes = ([f64::INFINITY; LANES], [0.0; LANES]);
    in_lanes(values, &mut lanes, |(next, cells), lane, value| {
        let nearer = (value > bottom) & (value < next[lane]);
        next[lane] = if nearer { value } else { next[lane] };
        cells[lane] += if value == bottom { 1.0 } else { 0.0 };
    });
    let next = lanes.0.into_iter().fold(f64::INFINITY, f64::min);
    (next, lanes.1.iter().sum::<f64>() as usize)
}
