//! The checks of an index as data: what each asks, its formula, its limits, and where they come from.
//!
//! The audit judges by this table, the report prints it, and `docs/methods/audit.md` must show it: a
//! test compares them.

use super::table::CHECKS;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// Worth knowing.
    Low,
    /// To be explained or mended before publication.
    Medium,
    /// The figure probably does not mean what its name says.
    High,
}

impl Concern {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Concern::Low => "low",
            Concern::Medium => "medium",
            Concern::High => "high",
        }
    }
}

/// When a limit is crossed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The value is below.
    Below(f64),
    /// The value is above.
    Above(f64),
    /// The value is this or more.
    AtLeast(f64),
    /// The value's size is above.
    SizeAbove(f64),
    /// The value lies between, both ends included.
    Within(f64, f64),
    /// The value's size is above the first and the number beside it above the second.
    BothAbove(f64, f64),
    /// The value is not above the number beside it.
    NotAboveBeside,
    /// The value is less than the first or more than the second multiple of the number beside it.
    MultipleOutside(f64, f64),
}

impl Bound {
    /// Whether a value with the number beside it crosses the bound; NaN never does.
    pub fn is_crossed(self, value: f64, beside: f64) -> bool {
        match self {
            Bound::Below(limit) => value < limit,
            Bound::Above(limit) => value > limit,
            Bound::AtLeast(limit) => value >= limit,
            Bound::SizeAbove(limit) => value.abs() > limit,
            Bound::Within(low, high) => (low..=high).contains(&value),
            Bound::BothAbove(first, second) => value.abs() > first && beside > second,
            Bound::NotAboveBeside => value <= beside,
            Bound::MultipleOutside(low, high) => value < low * beside || value > high * beside,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bound::Below(limit) => write!(f, "< {limit}"),
            Bound::Above(limit) => write!(f, "> {limit}"),
            Bound::AtLeast(limit) => write!(f, ">= {limit}"),
            Bound::SizeAbove(limit) => write!(f, "|value| > {limit}"),
            Bound::Within(low, high) => write!(f, "{low} to {high}"),
            Bound::BothAbove(first, second) => {
                write!(f, "|value| > {first} and beside > {second}")
            }
            Bound::NotAboveBeside => f.write_str("<= beside"),
            Bound::MultipleOutside(low, high) => {
                write!(f, "< {low} or > {high} times beside")
            }
        }
    }
}

/// A limit of a check, and what crossing it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// When it is crossed.
    pub bound: Bound,
    /// The word for it in `audit.csv`.
    pub flag: &'static str,
    /// How much it matters.
    pub concern: Concern,
    /// What it means.
    pub means: &'static str,
    /// What is commonly done.
    pub remedy: &'static str,
}

/// One check of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Which.
    pub id: CheckId,
    /// Its name in `audit.csv`.
    pub name: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// How the value is computed.
    pub formula: &'static str,
    /// What stands beside the value; empty where nothing does.
    pub beside: &'static str,
    /// Its limits, the first that is crossed holds; none for a figure that is only reported.
    pub limits: &'static [Limit],
    /// Where the limits come from.
    pub source: &'static str,
}

impl Check {
    /// The check of an id.
    pub fn of(id: CheckId) -> &'static Check {
        &CHECKS[id as usize]
    }

    /// All checks, in the order of the report.
    pub fn all() -> &'static [Check] {
        &CHECKS
    }

    /// The first limit that a value crosses.
    pub fn crossed(&self, value: f64, beside: f64) -> Option<&'static Limit> {
        self.limits
            .iter()
            .find(|limit| limit.bound.is_crossed(value, beside))
    }

    /// All limits in one cell: `< 0 contradictory; < 0.7 unreliable`.
    pub fn limits_text(&self) -> String {
        let limits = self
            .limits
            .iter()
            .map(|limit| format!("{} {}", limit.bound, limit.flag));
        limits.collect::<Vec<_>>().join("; ")
    }
}

/// The name of each check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// Are there enough units for correlations?
    Units,
    /// Does a unit have enough values?
    UnitCoverage,
    /// Does a unit have enough values in a branch?
    BranchCoverage,
    /// Is a leaf observed in enough units?
    LeafCoverage,
    /// Does a leaf tell units apart at all?
    DistinctValues,
    /// Do most units have the same value?
    MostCommon,
    /// Are there many different values?
    Unique,
    /// Are most values zero?
    NonZero,
    /// Do single units stand far out?
    Outliers,
    /// Is the distribution heavy-tailed?
    HeavyTails,
    /// Has the index a readable number of leaves?
    Leaves,
    /// Has a node of leaves a readable number?
    Parts,
    /// Does a leaf measure size?
    SizeOfLeaf,
    /// Does the index measure size?
    SizeOfIndex,
    /// Do two parts say the same?
    Redundancy,
    /// Do two parts contradict each other?
    Conflict,
    /// Does a part go with its node?
    CoherenceParent,
    /// Does a node go with the index?
    CoherenceIndex,
    /// Does a part go with its own node more than with another?
    Belongs,
    /// Do the parts of a node measure one thing?
    AlphaParts,
    /// Do the leaves below a node measure one thing?
    AlphaLeaves,
    /// Does one component carry the parts?
    FirstComponent,
    /// How many components carry the parts?
    Components,
    /// Do all parts point the same way?
    Loading,
    /// Does a part count as much as its weight says?
    Importance,
    /// Does the mean hide weaknesses of a unit?
    Compensability,
    /// How far do ranks move on average when weaknesses are not made up for?
    CompensabilityMean,
    /// How many pairs of units are ordered under all weights?
    Dominance,
    /// How far do ranks move on average without a leaf?
    LeaveOneOut,
    /// How many ranks do a unit's sampling errors allow?
    RankSet,
    /// How many ranks do sampling errors allow on average?
    RankSetMean,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_stands_at_the_place_of_its_id_under_a_name_of_its_own() {
        let mut names: Vec<&str> = Check::all().iter().map(|check| check.name).collect();
        for (place, check) in Check::all().iter().enumerate() {
            assert_eq!(check.id as usize, place, "{}", check.name);
            assert_eq!(Check::of(check.id), check);
        }
        assert_eq!(Check::all().len(), CheckId::RankSetMean as usize + 1);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Check::all().len());
    }

    #[test]
    fn a_missing_value_crosses_no_limit() {
        for check in Check::all() {
            assert_eq!(check.crossed(f64::NAN, f64::NAN), None, "{}", check.name);
            assert_eq!(check.crossed(f64::NAN, 0.5), None, "{}", check.name);
        }
    }

    #[test]
    fn the_first_limit_that_is_crossed_holds() {
        let coherence = Check::of(CheckId::CoherenceParent);
        let flag = |r: f64| coherence.crossed(r, f64::NAN).map(|limit| limit.flag);
        assert_eq!(flag(0.96), Some("dominates"));
        assert_eq!(flag(0.95), None);
        assert_eq!(flag(0.3), Some("weak"));
        assert_eq!(flag(-0.3), Some("weak"));
        assert_eq!(flag(-0.31), Some("opposed"));
        let outliers = Check::of(CheckId::Outliers);
        assert!(outliers.crossed(-2.1, 3.6).is_some());
        assert!(outliers.crossed(-2.1, 3.4).is_none());
    }
}
