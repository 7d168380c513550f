//! The extent, mean, standard deviation, skewness and kurtosis of a column.
//!
//! Sums run in four lanes, so that they vectorise; cells without a value are skipped without a
//! branch.

/// How many sums run side by side.
pub(super) const LANES: usize = 4;

/// Calls `add(accumulators, lane, value)` for every value, on lanes in turn.
#[inline(always)]
pub(super) fn in_lanes<A>(values: &[f64], lanes: &mut A, add: impl Fn(&mut A, usize, f64)) {
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &value) in chunk.iter().enumerate() {
            add(lanes, lane, value);
        }
    }
    for (lane, &value) in rest.iter().enumerate() {
        add(lanes, lane, value);
    }
}

/// How many cells hold a finite number.
pub(super) fn finite_cells(values: &[f64]) -> usize {
    let mut cells = [0.0; LANES];
    in_lanes(values, &mut cells, |cells, lane, value| {
        cells[lane] += if value.abs() < f64::INFINITY {
            1.0
        } else {
            0.0
        };
    });
    cells.iter().sum::<f64>() as usize
}

/// How far the values of a column reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// How many cells have a value.
    pub count: usize,
    /// The least value; infinite where there is none.
    pub min: f64,
    /// The greatest value; infinitely negative where there is none.
    pub max: f64,
}

impl Extent {
    /// The extent of a column; NaN cells do not count.
    pub fn of(values: &[f64]) -> Extent {
        let mut lanes = ExtentLanes::new();
        in_lanes(values, &mut lanes, ExtentLanes::add);
        lanes.extent()
    }

    /// Whether there is a value, and no two differ.
    pub fn is_constant(&self) -> bool {
        self.count > 0 && self.min == self.max
    }
}

struct ExtentLanes {
    count: [f64; LANES],
    min: [f64; LANES],
    max: [f64; LANES],
}

impl ExtentLanes {
    fn new() -> ExtentLanes {
        ExtentLanes {
            count: [0.0; LANES],
            min: [f64::INFINITY; LANES],
            max: [f64::NEG_INFINITY; LANES],
        }
    }

    #[inline(always)]
    fn add(&mut self, lane: usize, value: f64) {
        self.count[lane] += if value.is_nan() { 0.0 } else { 1.0 };
        // A comparison with NaN is false: the bounds stay.
        self.min[lane] = if value < self.min[lane] {
            value
        } else {
            self.min[lane]
        };
        self.max[lane] = if value > self.max[lane] {
            value
        } else {
            self.max[lane]
        };
    }

    fn extent(&self) -> Extent {
        Extent {
            count: self.count.iter().sum::<f64>() as usize,
            min: self.min.iter().copied().fold(f64::INFINITY, f64::min),
            max: self.max.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// The moments of a column about its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many values there are, and how far they reach.
    pub extent: Extent,
    /// The mean; NaN without a value.
    pub mean: f64,
    /// S₂ = Σ(x − mean)².
    pub second: f64,
    /// S₃ / S₂^(3/2).
    third_ratio: f64,
    /// S₄ / S₂².
    fourth_ratio: f64,
}

impl Moments {
    /// The moments of a column; NaN cells do not count.
    ///
    /// Two passes: the mean, then the deviations from it, whose own mean (what rounding left) is
    /// taken out of the sums again.
    pub fn of(values: &[f64]) -> Moments {
        let (extent, sum) = extent_and_sum(values);
        let about = sum / extent.count as f64;
        let sums = PowerSums::of(values, |value| value - about);
        let mut moments = sums.moments(extent, about);
        let range = extent.max - extent.min;
        if extent.count > 0 && range > 0.0 && !sums.fourth.is_normal() {
            // Fourth powers of very large or small deviations leave the range of numbers: those of
            // shares of the range do not, and the ratios are the same.
            let shares =
                PowerSums::of(values, |value| (value - about) / range).moments(extent, about);
            moments.third_ratio = shares.third_ratio;
            moments.fourth_ratio = shares.fourth_ratio;
        }
        moments
    }

    /// Holds values that are all there between bounds that lie among them, and gives their new
    /// moments; `cells` of them lay beyond one end, equal to each other.
    ///
    /// One pass: the new mean follows from the old one near enough for sums about it, unless the
    /// cells lay so far out that it is nothing but their rounding error.
    pub(super) fn held(self, values: &mut [f64], bounds: [f64; 2], cells: usize) -> Moments {
        let [min, max] = bounds;
        let drawn_in = (self.extent.max - max) + (self.extent.min - min);
        let count = self.extent.count;
        let about = self.mean - cells as f64 * drawn_in / count as f64;
        let sums = PowerSums::of_held(values, about, bounds);
        let offset = sums.first.abs() / count as f64;
        let spread = (sums.second / count as f64).sqrt();
        if offset < 0.01 * spread && sums.fourth.is_normal() {
            return sums.moments(Extent { count, min, max }, about);
        }
        Moments::of(values)
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.extent.count
    }

    /// The standard deviation √(S₂ / (n − 1)); none of fewer than two values.
    pub fn standard_deviation(&self) -> Option<f64> {
        (self.count() > 1).then(|| (self.second / (self.count() - 1) as f64).sqrt())
    }

    /// The skewness G₁ = √(n(n − 1)) / (n − 2) · √n S₃ / S₂^(3/2): that of spreadsheets and of type 2
    /// of R's e1071. None of fewer than three values, or where they do not differ.
    pub fn skewness(&self) -> Option<f64> {
        let n = self.count() as f64;
        let skewness = (n * (n - 1.0)).sqrt() / (n - 2.0) * n.sqrt() * self.third_ratio;
        self.differing(3)
            .then_some(skewness)
            .filter(|s| s.is_finite())
    }

    /// The excess kurtosis G₂ = ((n + 1)(n S₄ / S₂² − 3) + 6) (n − 1) / ((n − 2)(n − 3)): that of
    /// spreadsheets and of type 2 of R's e1071. None of fewer than four values, or where they do
    /// not differ.
    pub fn kurtosis(&self) -> Option<f64> {
        let n = self.count() as f64;
        let excess = (n + 1.0) * (n * self.fourth_ratio - 3.0) + 6.0;
        let kurtosis = excess * (n - 1.0) / ((n - 2.0) * (n - 3.0));
        self.differing(4)
            .then_some(kurtosis)
            .filter(|k| k.is_finite())
    }

    /// Whether large deviations lie above the mean rather than below it: S₃ is not negative.
    pub fn leans_high(&self) -> bool {
        self.third_ratio >= 0.0
    }

    fn differing(&self, least: usize) -> bool {
        self.count() >= least && !self.extent.is_constant()
    }
}

fn extent_and_sum(values: &[f64]) -> (Extent, f64) {
    let mut lanes = (ExtentLanes::new(), [0.0; LANES]);
    in_lanes(values, &mut lanes, |(extent, sum), lane, value| {
        extent.add(lane, value);
        sum[lane] += if value.is_nan() { 0.0 } else { value };
    });
    (lanes.0.extent(), lanes.1.iter().sum())
}

/// Σd to Σd⁴ of the deviations d from a number near the mean.
#[derive(Clone, Copy)]
struct PowerSums {
    first: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

#[inline(always)]
fn add_powers(sums: &mut [[f64; LANES]; 4], lane: usize, deviation: f64) {
    let square = deviation * deviation;
    sums[0][lane] += deviation;
    sums[1][lane] += square;
    sums[2][lane] += square * deviation;
    sums[3][lane] += square * square;
}

impl PowerSums {
    fn of(values: &[f64], deviation: impl Fn(f64) -> f64) -> PowerSums {
        let mut sums = [[0.0f64; LANES]; 4];
        in_lanes(values, &mut sums, |sums, lane, value| {
            let deviation = if value.is_nan() {
                0.0
            } else {
                deviation(value)
            };
            add_powers(sums, lane, deviation);
        });
        PowerSums::from_lanes(sums)
    }

    /// Of values held between the bounds, which are written back.
    fn of_held(values: &mut [f64], about: f64, [low, high]: [f64; 2]) -> PowerSums {
        let mut sums = [[0.0f64; LANES]; 4];
        let (chunks, rest) = values.as_chunks_mut::<LANES>();
        let mut hold = |lane: usize, value: &mut f64| {
            let held = if *value > high { high } else { *value };
            *value = if held < low { low } else { held };
            add_powers(&mut sums, lane, *value - about);
        };
        for chunk in chunks {
            for (lane, value) in chunk.iter_mut().enumerate() {
                hold(lane, value);
            }
        }
        for (lane, value) in rest.iter_mut().enumerate() {
            hold(lane, value);
        }
        PowerSums::from_lanes(sums)
    }

    fn from_lanes(sums: [[f64; LANES]; 4]) -> PowerSums {
        let [first, second, third, fourth] = sums.map(|lanes| lanes.iter().sum());
        PowerSums {
            first,
            second,
            third,
            fourth,
        }
    }

    fn moments(self, extent: Extent, about: f64) -> Moments {
        let count = extent.count as f64;
        let rest = self.first / count;
        let square = rest * rest;
        let second = self.second - count * square;
        let third = self.third - 3.0 * rest * self.second + 2.0 * count * square * rest;
        let fourth = self.fourth - 4.0 * rest * self.third + 6.0 * square * self.second
            - 3.0 * count * square * square;
        Moments {
            extent,
            mean: about + rest,
            second,
            third_ratio: third / (second * second.sqrt()),
            fourth_ratio: fourth / (second * second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-10 * b.abs().max(1.0)
    }

    #[test]
    fn the_moments_of_one_to_ten_and_a_hundred_follow_their_definition() {
        let values: Vec<f64> = (1..=10).map(f64::from).chain([100.0]).collect();
        let moments = Moments::of(&values);
        assert!(close(moments.mean, 155.0 / 11.0));
        let deviation: Vec<f64> = values.iter().map(|v| v - 155.0 / 11.0).collect();
        let power = |p: i32| deviation.iter().map(|d| d.powi(p)).sum::<f64>();
        let (n, s2) = (11.0f64, power(2));
        let g1 = n.sqrt() * power(3) / s2.powf(1.5) * (n * (n - 1.0)).sqrt() / (n - 2.0);
        assert!(close(moments.skewness().unwrap(), g1));
        assert!(moments.skewness().unwrap() > 3.0 && moments.kurtosis().unwrap() > 10.0);
        assert!(moments.leans_high());
    }

    #[test]
    fn four_even_steps_have_no_skewness_and_a_kurtosis_of_minus_1_2() {
        let moments = Moments::of(&[1.0, f64::NAN, 2.0, 3.0, 4.0]);
        assert_eq!(moments.count(), 4);
        assert_eq!(moments.skewness(), Some(0.0));
        assert!(close(moments.kurtosis().unwrap(), -1.2));
        assert!(close(
            moments.standard_deviation().unwrap(),
            (5.0f64 / 3.0).sqrt()
        ));
    }

    #[test]
    fn nothing_is_said_of_too_few_values_or_of_values_that_do_not_differ() {
        assert_eq!(Moments::of(&[]).standard_deviation(), None);
        assert_eq!(Moments::of(&[f64::NAN, 1.0, 2.0]).skewness(), None);
        assert_eq!(Moments::of(&[1.0, 2.0, 5.0]).kurtosis(), None);
        assert_eq!(Moments::of(&[0.1; 9]).skewness(), None);
    }

    #[test]
    fn the_shape_of_very_large_and_very_small_values_is_that_of_ordinary_ones() {
        let plain = [1.0, 2.0, 4.0, 9.0, 30.0];
        let expected = Moments::of(&plain);
        for scale in [1e120, 1e-120, 1e-200] {
            let scaled = Moments::of(&plain.map(|v| v * scale));
            assert!(close(
                scaled.skewness().unwrap(),
                expected.skewness().unwrap()
            ));
            assert!(close(
                scaled.kurtosis().unwrap(),
                expected.kurtosis().unwrap()
            ));
        }
    }

    proptest! {
        #[test]
        fn moments_do_not_depend_on_the_order_nor_on_cells_without_a_value(
            mut values in proptest::collection::vec(-1e3f64..1e3, 4..60),
        ) {
            let one = Moments::of(&values);
            values.reverse();
            values.insert(values.len() / 2, f64::NAN);
            let other = Moments::of(&values);
            prop_assert_eq!(one.extent, other.extent);
            prop_assert!(close(one.mean, other.mean) && close(one.second, other.second));
            if let (Some(a), Some(b)) = (one.skewness(), other.skewness()) {
                prop_assert!(close(a, b));
            }
        }
    }
}
