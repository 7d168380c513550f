//! Why a sample cannot be drawn.

/// Why a frame, a plan or a draw was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SelectError {
    /// A sample is larger than the list.
    #[error("found {take} units to draw from {units}; expected at most {units}")]
    TooFewUnits {
        /// How many units are to be drawn.
        take: usize,
        /// How many there are.
        units: usize,
    },
    /// A size that no unit can have.
    #[error("found the size {size} of unit {position}; expected a finite number, 0 or above")]
    Size {
        /// The unit's place in the list, from 0.
        position: usize,
        /// What was found.
        size: f64,
    },
    /// Fewer units have a size above zero than are to be drawn.
    #[error("found {positive} units with a size above 0; expected at least the {take} to be drawn")]
    TooFewSizes {
        /// How many units are to be drawn.
        take: usize,
        /// How many have a size above zero.
        positive: usize,
    },
    /// Probabilities that do not make a fixed number of units.
    #[error("found inclusion probabilities that add up to {sum}; expected a whole number")]
    ProbabilitySum {
        /// Their sum.
        sum: f64,
    },
    /// A probability outside 0 to 1.
    #[error("found the inclusion probability {probability} of unit {position}; expected 0 to 1")]
    Probability {
        /// The unit's place in the list, from 0.
        position: usize,
        /// What was found.
        probability: f64,
    },
    /// A position outside the list.
    #[error("found the position {position}; expected one below {units}, the number of units")]
    Position {
        /// The position, from 0.
        position: usize,
        /// How many units there are.
        units: usize,
    },
    /// A frame without levels or with a level named twice.
    #[error("found the levels {}; expected at least one, each named once", .levels.join(", "))]
    Levels {
        /// The levels.
        levels: Vec<String>,
    },
    /// A frame without rows.
    #[error("found a frame without rows; expected one row for every unit of its lowest level")]
    EmptyFrame,
    /// A row whose path has another length than the levels.
    #[error("row {row} of the frame: found {found} {field}; expected {expected}, one a level")]
    RowLength {
        /// The row, from 1.
        row: usize,
        /// What there is too many or too few of.
        field: &'static str,
        /// How many were found.
        found: usize,
        /// How many levels there are.
        expected: usize,
    },
    /// A row with an empty identifier.
    #[error("row {row} of the frame: found an empty identifier of the level {level}")]
    EmptyId {
        /// The row, from 1.
        row: usize,
        /// The level.
        level: String,
    },
    /// A row with a size that is negative or not a number.
    #[error(
        "row {row} of the frame, {unit}: found the size {size}; expected a finite number, 0 or above, or none"
    )]
    RowSize {
        /// The row, from 1.
        row: usize,
        /// The unit's path.
        unit: String,
        /// What was found.
        size: f64,
    },
    /// A unit that is flagged as certain in one row and not in another.
    #[error(
        "rows {first} and {second} of the frame: {level} {unit} is a certainty unit in one of them only"
    )]
    CertaintyDiffers {
        /// The earlier row, from 1.
        first: usize,
        /// The later row, from 1.
        second: usize,
        /// The level.
        level: String,
        /// The unit's path.
        unit: String,
    },
    /// A unit in two rows.
    #[error(
        "rows {first} and {second} of the frame are both the unit {unit}; expected one row each"
    )]
    Duplicate {
        /// The earlier row, from 1.
        first: usize,
        /// The later row, from 1.
        second: usize,
        /// The unit's path.
        unit: String,
    },
    /// A unit whose size is needed and unknown.
    #[error("{level} {unit} has no size in the frame; expected one, since {needed_for}")]
    MissingSize {
        /// The level.
        level: String,
        /// The unit's path.
        unit: String,
        /// What the size is needed for.
        needed_for: &'static str,
    },
    /// Persons are to be drawn from a list whose length is not a whole number.
    #[error(
        "{level} {unit} has the size {size}; expected a whole number of {listed}, from which its list is drawn"
    )]
    ListLength {
        /// The level.
        level: String,
        /// The unit's path.
        unit: String,
        /// Its size.
        size: f64,
        /// What is listed.
        listed: String,
    },
    /// A plan whose stages do not fit the frame's levels.
    #[error("the plan's levels are {}; expected those of the frame, {}, and at most one more", .plan.join(", "), .frame.join(", "))]
    PlanLevels {
        /// The plan's domain levels and stages.
        plan: Vec<String>,
        /// The frame's levels.
        frame: Vec<String>,
    },
    /// A stage for which the plan asks something that its method cannot do.
    #[error("stage {level}: {problem}")]
    Stage {
        /// The stage's level.
        level: String,
        /// What does not go together.
        problem: &'static str,
    },
    /// A count for a domain that is not in the frame.
    #[error("stage {level}: a count is given for the domain {domain}, which is not in the frame")]
    UnknownDomain {
        /// The stage's level.
        level: String,
        /// The domain.
        domain: String,
    },
    /// A unit that has fewer units than are to be drawn from it.
    #[error(
        "{within} has {units} units of the level {level}; expected at least the {take} to be drawn"
    )]
    Shortage {
        /// Where the draw happens.
        within: String,
        /// The level.
        level: String,
        /// How many are to be drawn.
        take: usize,
        /// How many there are.
        units: usize,
    },
    /// More certainty units than the sample has places.
    #[error(
        "{within} has {certain} certainty units of the level {level}; expected at most the {take} to be drawn"
    )]
    TooManyCertain {
        /// Where the draw happens.
        within: String,
        /// The level.
        level: String,
        /// How many are to be drawn.
        take: usize,
        /// How many are certain.
        certain: usize,
    },
    /// A draw within a unit failed.
    #[error("{within}, drawing {level}: {source}")]
    Within {
        /// Where the draw happens.
        within: String,
        /// The level.
        level: String,
        /// Why.
        source: Box<SelectError>,
    },
}
