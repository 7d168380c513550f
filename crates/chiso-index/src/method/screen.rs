//! Units with too few values, or too many zeros, are left out.

/// What a unit has of the leaves that concern it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Availability {
    /// The leaves that concern it.
    pub of_concern: usize,
    /// How many of them have a value.
    pub available: usize,
    /// How many of the values are zero.
    pub zeros: usize,
}

impl Availability {
    /// What a row has of some columns, of which so many concern the unit; NaN cells have no value.
    pub fn of_row(columns: &[&[f64]], row: usize, of_concern: usize) -> Availability {
        let cells = columns.iter().filter_map(|column| column.get(row));
        let (available, zeros) = cells.fold((0, 0), |(available, zeros), value| {
            let there = usize::from(!value.is_nan());
            (available + there, zeros + usize::from(*value == 0.0))
        });
        Availability {
            of_concern,
            available,
            zeros,
        }
    }

    /// The share of the leaves of concern that have a value; 0 where none concerns the unit.
    pub fn available_share(&self) -> f64 {
        share(
            self.of_concern.saturating_sub(self.available),
            self.of_concern,
        )
    }

    /// The share of the values that are not zero; 0 without a value.
    pub fn nonzero_share(&self) -> f64 {
        share(self.zeros, self.available)
    }
}

/// 1 − part/whole; 0 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        1.0 - part as f64 / whole as f64
    }
}

/// The shares of leaves with a value, and of values that are not zero, of a row: see
/// [`Availability`].
pub fn unit_availability(columns: &[&[f64]], row: usize, of_concern: usize) -> (f64, f64) {
    let availability = Availability::of_row(columns, row, of_concern);
    (availability.available_share(), availability.nonzero_share())
}

/// The least shares with which a unit stays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rule {
    /// The least share of leaves with a value; none where it does not matter.
    pub available_share: Option<f64>,
    /// The least share of values that are not zero; none where it does not matter.
    pub nonzero_share: Option<f64>,
}

impl Rule {
    /// Whether a unit stays: no share is below its least.
    pub fn keeps(&self, availability: &Availability) -> bool {
        let enough = |least: Option<f64>, share: f64| least.is_none_or(|least| share >= least);
        enough(self.available_share, availability.available_share())
            && enough(self.nonzero_share, availability.nonzero_share())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&[f64]; 4] = [
        &[1.0, f64::NAN],
        &[0.0, f64::NAN],
        &[f64::NAN, f64::NAN],
        &[-0.0, f64::NAN],
    ];

    #[test]
    fn zeros_are_a_share_of_the_values_that_are_there() {
        let (available, nonzero) = unit_availability(&COLUMNS, 0, 4);
        assert_eq!(available, 0.75);
        assert_eq!(nonzero, 1.0 - 2.0 / 3.0);
    }

    #[test]
    fn leaves_that_do_not_concern_a_unit_are_not_wanting() {
        assert_eq!(unit_availability(&COLUMNS, 0, 3).0, 1.0);
    }

    #[test]
    fn a_unit_without_a_value_has_shares_of_nothing() {
        assert_eq!(unit_availability(&COLUMNS, 1, 4), (0.0, 0.0));
        assert_eq!(unit_availability(&[], 0, 0), (0.0, 0.0));
    }

    #[test]
    fn a_unit_stays_with_exactly_the_least_share() {
        let unit = Availability::of_row(&COLUMNS, 0, 4);
        let rule = |available_share, nonzero_share| Rule {
            available_share,
            nonzero_share,
        };
        assert!(rule(Some(0.75), None).keeps(&unit));
        assert!(!rule(Some(0.76), None).keeps(&unit));
        assert!(!rule(Some(0.5), Some(0.5)).keeps(&unit));
        assert!(Rule::default().keeps(&unit));
    }
}
