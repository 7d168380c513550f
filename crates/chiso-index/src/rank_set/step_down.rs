//! Many hypotheses at once: critical values from the draws, and decisions that make room for more.

use rayon::prelude::*;

use super::differences::{Comparisons, Draw};
use super::estimates::Ordered;

/// Decides a family of hypotheses "unit j is no better than unit k" at one family-wise level, and
/// tells of each that is refuted as (better, worse), by places in the order.
///
/// The critical value is the order statistic at `place` of the draws' largest studentised
/// differences, over the hypotheses still open. With `step_down`, hypotheses once refuted leave the
/// family and the others are tried again, until nothing more is refuted (Romano and Wolf, *Exact
/// and approximate stepdown methods for multiple hypothesis testing*, JASA 100, 2005).
pub(super) fn decide(
    ordered: &Ordered,
    family: &mut [Comparisons],
    place: usize,
    step_down: bool,
    mut found: impl FnMut(usize, usize),
) {
    let mut maxima = Maxima::new(ordered, family, place);
    loop {
        let mut decided = 0;
        for comparisons in family.iter_mut() {
            comparisons.decide(&ordered.scores, maxima.critical, |better, worse| {
                decided += 1;
                found(better, worse);
            });
        }
        if decided == 0 || !step_down {
            break;
        }
        maxima.lower(ordered, family);
    }
}

/// The draws' largest studentised differences, as far as they matter for the critical value.
struct Maxima {
    /// One a draw: its largest difference over the hypotheses now open, or over more of them.
    bounds: Vec<f64>,
    /// How many draws lie at or above the critical value.
    above: usize,
    critical: f64,
}

impl Maxima {
    fn new(ordered: &Ordered, family: &[Comparisons], place: usize) -> Self {
        let draws = (0..ordered.draws()).into_par_iter().with_min_len(64);
        let bounds: Vec<f64> = draws
            .map(|draw| largest(ordered.draw(draw), family))
            .collect();
        let critical = match bounds.is_empty() {
            true => 0.0,
            false => {
                *bounds
                    .clone()
                    .select_nth_unstable_by(place, f64::total_cmp)
                    .1
            }
        };
        Maxima {
            above: bounds.len().saturating_sub(place),
            bounds,
            critical,
        }
    }

    /// The critical value over fewer hypotheses.
    ///
    /// A draw's largest difference can only have become smaller, so what it was bounds it from
    /// above: draws below the new critical value need not be looked at.
    fn lower(&mut self, ordered: &Ordered, family: &[Comparisons]) {
        let before = self.critical;
        let mut top = Largest::new(self.above);
        // Those that were largest fill the list, so that few of the others are looked at.
        let (near, far): (Vec<usize>, Vec<usize>) =
            (0..self.bounds.len()).partition(|&draw| self.bounds[draw] >= before);
        for draw in near.into_iter().chain(far) {
            if self.bounds[draw] > top.least() {
                self.bounds[draw] = largest(ordered.draw(draw), family);
                top.offer(self.bounds[draw]);
            }
        }
        self.critical = top.least();
    }
}

fn largest(draw: Draw, family: &[Comparisons]) -> f64 {
    let all = family.iter().map(|comparisons| comparisons.largest(draw));
    all.fold(0.0, |most, value| if value > most { value } else { most })
}

/// The largest numbers of those offered.
struct Largest {
    ascending: Vec<f64>,
}

impl Largest {
    fn new(count: usize) -> Self {
        Largest {
            ascending: vec![f64::NEG_INFINITY; count],
        }
    }

    /// The least of them, −∞ while there are too few.
    fn least(&self) -> f64 {
        self.ascending.first().copied().unwrap_or(0.0)
    }

    fn offer(&mut self, value: f64) {
        let place = self.ascending.partition_point(|&kept| kept < value);
        if place > 0 {
            self.ascending[0] = value;
            self.ascending[..place].rotate_left(1);
        }
    }
}
