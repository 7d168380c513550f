//! A weighted sample in order: its distribution function and its quantiles by twelve rules.

/// From probability to value. With x₁ ≤ … ≤ xₙ, weights wᵢ, Cₖ = w₁ + … + wₖ and W = Cₙ.
///
/// The `Hf` rules carry the nine definitions of Hyndman and Fan (1996) to weights as R `survey`
/// does (R/qrule.R): 4 to 9 interpolate between the points (pₖ, xₖ) and are constant outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantileRule {
    /// The smallest xₖ with Cₖ ≥ pW (R's default; the same as `Hf1`).
    Math,
    /// As `Math`, but halfway to the next value where Cₖ = pW (the same as `Hf2`).
    School,
    /// Shah and Vaish (2006): a step function at pₖ = (Cₖn/W + ½ − wₖ/2)/(n + 1).
    Shahvaish,
    /// The inverse of the distribution function.
    Hf1,
    /// The inverse with averaging at jumps.
    Hf2,
    /// The nearest even order statistic of the distinct values.
    Hf3,
    /// pₖ = Cₖ/W.
    Hf4,
    /// pₖ = (Cₖ − wₖ/2)/W.
    Hf5,
    /// pₖ = Cₖ/(W + wₙ).
    Hf6,
    /// pₖ = Cₖ₋₁/Cₙ₋₁.
    Hf7,
    /// pₖ = (Cₖ₋₁/3 + 2Cₖ/3)/(W + wₙ/3).
    Hf8,
    /// pₖ = (3Cₖ₋₁/8 + 5Cₖ/8)/(W + wₙ/4).
    Hf9,
    /// Straight lines through (Cₖ/W, xₖ), constant outside: R's `oldsvyquantile`.
    Linear,
}

/// Why a sample has no quantile.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// No row with a weight above zero.
    #[error("a quantile needs at least one row with a weight above zero")]
    Empty,
    /// A value that is missing or infinite.
    #[error("row {row}: a value must be finite, found {value}")]
    Value {
        /// The row, from 1.
        row: usize,
        /// What was found.
        value: f64,
    },
    /// A weight that is negative or not finite.
    #[error("row {row}: a weight must be finite and not below zero, found {weight}")]
    Weight {
        /// The row, from 1.
        row: usize,
        /// What was found.
        weight: f64,
    },
    /// Values and weights of different length.
    #[error("{values} values but {weights} weights")]
    Length {
        /// How many values there are.
        values: usize,
        /// How many weights there are.
        weights: usize,
    },
    /// A probability outside 0..=1.
    #[error("a quantile's probability must lie between 0 and 1, found {0}")]
    Probability(f64),
}

/// Values in order, ready to be weighted again and again (once for each replicate).
#[derive(Debug, Clone, PartialEq)]
pub struct SortedValues {
    values: Vec<f64>,
    /// The row of each value; rows with equal values stay in their order.
    rows: Vec<usize>,
}

impl SortedValues {
    /// Sorts `values`; all must be finite.
    pub fn new(values: &[f64]) -> Result<Self, SampleError> {
        if let Some(at) = values.iter().position(|v| !v.is_finite()) {
            return Err(SampleError::Value {
                row: at + 1,
                value: values[at],
            });
        }
        let mut rows: Vec<usize> = (0..values.len()).collect();
        rows.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        Ok(Self {
            values: rows.iter().map(|row| values[*row]).collect(),
            rows,
        })
    }

    /// The sample under `weights`, one a row in the rows' first order. Rows of weight zero drop
    /// out.
    pub fn weighted(&self, weights: &[f64]) -> Result<SortedSample, SampleError> {
        if weights.len() != self.values.len() {
            let (values, weights) = (self.values.len(), weights.len());
            return Err(SampleError::Length { values, weights });
        }
        if let Some(at) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
            return Err(SampleError::Weight {
                row: at + 1,
                weight: weights[at],
            });
        }
        let kept = self
            .values
            .iter()
            .zip(&self.rows)
            .filter(|(_, row)| weights[**row] > 0.0);
        let (values, weights): (Vec<f64>, Vec<f64>) =
            kept.map(|(value, row)| (*value, weights[*row])).unzip();
        if values.is_empty() {
            return Err(SampleError::Empty);
        }
        let cumulative = running_sums(&weights);
        Ok(SortedSample {
            values,
            weights,
            cumulative,
        })
    }
}

/// A weighted sample in the order of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct SortedSample {
    values: Vec<f64>,
    weights: Vec<f64>,
    cumulative: Vec<f64>,
}

impl SortedSample {
    /// Sorts `values` with their `weights`.
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Self, SampleError> {
        SortedValues::new(values)?.weighted(weights)
    }

    /// The share of the weight at or below `x` (R `svycdf`).
    pub fn cdf(&self, x: f64) -> f64 {
        match self.values.partition_point(|v| *v <= x) {
            0 => 0.0,
            k => self.cumulative[k - 1] / self.total(),
        }
    }

    /// The value at probability `p` by `rule`.
    ///
    /// Below the first point the value is the smallest, as in R `survey` 4.5 (4.1.1 took the
    /// second smallest).
    pub fn quantile(&self, p: f64, rule: QuantileRule) -> Result<f64, SampleError> {
        if !(0.0..=1.0).contains(&p) {
            return Err(SampleError::Probability(p));
        }
        use QuantileRule as R;
        Ok(match rule {
            R::Math | R::Hf1 => Step::at(&self.values, &self.cumulative, p).upper(),
            R::School | R::Hf2 => Step::at(&self.values, &self.cumulative, p).averaged(),
            R::Hf3 => self.nearest_even(p),
            R::Hf4 => Step::at(&self.values, &self.cumulative, p).interpolated(),
            _ if self.values.len() == 1 => self.values[0],
            R::Shahvaish => self.shah_vaish(p),
            R::Hf5 => self.line(p, |_, now, w, all, _| (now - w / 2.0) / all),
            R::Hf6 => self.line(p, |_, now, _, all, last| now / (all + last)),
            R::Hf7 => {
                let all_but_last = self.cumulative[self.values.len() - 2];
                self.line(p, |before, _, _, _, _| before / all_but_last)
            }
            R::Hf8 => self.line(p, |before, now, _, all, last| {
                (before / 3.0 + now * 2.0 / 3.0) / (all + last / 3.0)
            }),
            R::Hf9 => self.line(p, |before, now, _, all, last| {
                (before * 3.0 / 8.0 + now * 5.0 / 8.0) / (all + last / 4.0)
            }),
            R::Linear => self.line(p, |_, now, _, all, _| now / all),
        })
    }

    /// The sum of the weights.
    pub fn total(&self) -> f64 {
        self.cumulative[self.cumulative.len() - 1]
    }

    /// The smallest value.
    pub fn smallest(&self) -> f64 {
        self.values[0]
    }

    /// The largest value.
    pub fn largest(&self) -> f64 {
        self.values[self.values.len() - 1]
    }

    /// The share of rows, not weighted, with a value at or below `x`.
    pub(super) fn share_of_rows_at_most(&self, x: f64) -> f64 {
        self.values.partition_point(|v| *v <= x) as f64 / self.values.len() as f64
    }

    /// Third less first quartile of the values without weights (Hyndman and Fan's 7, R `IQR`).
    pub(super) fn interquartile_range(&self) -> f64 {
        let at = |p: f64| {
            let place = p * (self.values.len() - 1) as f64;
            let low = place.floor();
            let next = self.values[place.ceil() as usize];
            let first = self.values[low as usize];
            first + (place - low) * (next - first)
        };
        at(0.75) - at(0.25)
    }

    fn nearest_even(&self, p: f64) -> f64 {
        let mut values = Vec::new();
        let mut cumulative = Vec::new();
        for (value, sum) in self.values.iter().zip(&self.cumulative) {
            if values.last() == Some(value) {
                cumulative.pop();
            } else {
                values.push(*value);
            }
            cumulative.push(*sum);
        }
        let step = Step::at(&values, &cumulative, p);
        if step.below == 0.0 && step.place.is_multiple_of(2) {
            step.low
        } else {
            step.high
        }
    }

    fn shah_vaish(&self, p: f64) -> f64 {
        let n = self.values.len() as f64;
        let mean = self.total() / n;
        let scaled: Vec<f64> = self.weights.iter().map(|w| w / mean).collect();
        let sums = running_sums(&scaled);
        let points = sums
            .iter()
            .zip(&self.weights)
            .map(|(s, w)| (s + 0.5 - w / 2.0) / (n + 1.0));
        // The raw weight in the points, R's reading of the rule, can put them out of order.
        let points = in_order(points.zip(self.values.iter().copied()).collect());
        match points.partition_point(|point| point.0 <= p) {
            0 => points[0].1,
            k => points[k - 1].1,
        }
    }

    /// Interpolates at `p` between the points (position(Cₖ₋₁, Cₖ, wₖ, W, wₙ), xₖ).
    fn line(&self, p: f64, position: impl Fn(f64, f64, f64, f64, f64) -> f64) -> f64 {
        let last = self.weights[self.weights.len() - 1];
        let before = std::iter::once(&0.0).chain(&self.cumulative);
        let points: Vec<f64> = before
            .zip(&self.cumulative)
            .zip(&self.weights)
            .map(|((before, now), w)| position(*before, *now, *w, self.total(), last))
            .collect();
        let k = points.partition_point(|point| *point <= p);
        if k == 0 || k == points.len() {
            return self.values[k.saturating_sub(1)];
        }
        let (left, right) = (points[k - 1], points[k]);
        let (low, high) = (self.values[k - 1], self.values[k]);
        low + (high - low) * ((p - left) / (right - left))
    }
}

/// The last value whose cumulated weight is at most pW, and the next; below the first value both
/// are that one.
struct Step {
    low: f64,
    high: f64,
    /// The place of `low`, from 1.
    place: usize,
    /// p less the share up to `low`, and the share up to `high` less p.
    below: f64,
    above: f64,
}

impl Step {
    fn at(values: &[f64], cumulative: &[f64], p: f64) -> Self {
        let total = cumulative[cumulative.len() - 1];
        let below = cumulative.partition_point(|sum| *sum <= p * total);
        let (place, next) = (below.max(1), (below + 1).min(values.len()));
        Self {
            low: values[place - 1],
            high: values[next - 1],
            place,
            below: p - cumulative[place - 1] / total,
            above: cumulative[next - 1] / total - p,
        }
    }

    fn upper(&self) -> f64 {
        if self.below == 0.0 {
            self.low
        } else {
            self.high
        }
    }

    fn averaged(&self) -> f64 {
        if self.below == 0.0 {
            (self.low + self.high) / 2.0
        } else {
            self.high
        }
    }

    fn interpolated(&self) -> f64 {
        let span = self.above + self.below;
        if span == 0.0 {
            return self.high;
        }
        let share = self.below / span;
        self.low * (1.0 - share) + self.high * share
    }
}

/// Running sums, each rounded once from twice the precision (Neumaier), so that a share that is
/// exact on paper compares as equal; R uses extended precision for the same end.
fn running_sums(terms: &[f64]) -> Vec<f64> {
    let (mut sum, mut rest) = (0.0f64, 0.0f64);
    let mut sums = Vec::with_capacity(terms.len());
    for term in terms {
        let next = sum + term;
        rest += if sum.abs() >= term.abs() {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
        sums.push(sum + rest);
    }
    sums
}

/// Points by position; those at one position become their mean value.
fn in_order(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| {
            (
                same[0].0,
                same.iter().map(|p| p.1).sum::<f64>() / same.len() as f64,
            )
        })
        .collect()
}
