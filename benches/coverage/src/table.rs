//! Coverage and the honesty of standard errors, counted over samples.

use crate::estimates::Interval;

/// The heading of the rows.
pub const HEADING: &str = "\
| design | statistic | true value | bias, % | standard deviation | mean standard error / standard deviation | coverage, % |
|---|---|---|---|---|---|---|";

/// What a statistic did over all samples.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    target: f64,
    mean: f64,
    /// The standard deviation of the estimates.
    deviation: f64,
    mean_error: f64,
    coverage: f64,
}

impl Tally {
    /// Counts over the intervals of all samples.
    pub fn new(target: f64, intervals: impl Iterator<Item = Interval> + Clone) -> Self {
        let count = intervals.clone().count() as f64;
        let average = |of: &dyn Fn(Interval) -> f64| intervals.clone().map(of).sum::<f64>() / count;
        let mean = average(&|interval| interval.estimate);
        let squares = average(&|interval| (interval.estimate - mean).powi(2));
        let holds = |interval: Interval| interval.lower <= target && target <= interval.upper;
        Tally {
            target,
            mean,
            deviation: (squares * count / (count - 1.0)).sqrt(),
            mean_error: average(&|interval| interval.error),
            coverage: average(&|interval| f64::from(u8::from(holds(interval)))),
        }
    }

    /// Whether the coverage lies between 93 and 97 %.
    pub fn covers(&self) -> bool {
        (0.93..=0.97).contains(&self.coverage)
    }

    /// The table's row.
    pub fn row(&self, design: &str, statistic: &str) -> String {
        format!(
            "| {design} | {statistic} | {:.5} | {:+.3} | {:.5} | {:.3} | {:.2} |",
            self.target,
            100.0 * (self.mean / self.target - 1.0),
            self.deviation,
            self.mean_error / self.deviation,
            100.0 * self.coverage,
        )
    }
}
