//! What an import found, for the person who must trust it.

use std::fmt;

use serde::Serialize;

/// What became of one sheet.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct SheetReport {
    /// The sheet.
    pub sheet: String,
    /// The edition for which it was read.
    pub edition: i32,
    /// Where its units stand.
    pub orientation: Orientation,
    /// How many units it has.
    pub units: usize,
    /// How many a full edition has, where the pack says so.
    pub units_expected: Option<usize>,
    /// The codes of the nodes that became observations.
    pub nodes: Vec<String>,
    /// The codes of the nodes with parts, which are not written.
    pub totals: Vec<String>,
    /// How many values were read.
    pub values: usize,
    /// How many cells of units and nodes were blank.
    pub blanks: usize,
    /// How many zeros, totals among them, were read as missing.
    pub zeros_read_as_missing: usize,
    /// Rows and columns that were left out.
    pub skipped: Vec<Skipped>,
    /// How many printed totals were compared with the computed ones.
    pub totals_compared: usize,
    /// The largest difference among them, in points.
    pub largest_difference: f64,
    /// What the user should look at.
    pub warnings: Vec<String>,
}

/// Where the units of a sheet stand.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// A row each.
    UnitsInRows,
    /// A column each.
    UnitsInColumns,
}

/// A row, column or sheet that was left out.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands.
    pub place: String,
    /// Its label, empty where it has none.
    pub label: String,
    /// Why.
    pub why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.label.is_empty() {
            write!(f, " `{}`", self.label)?;
        }
        write!(f, ": {}", self.why)
    }
}

impl fmt::Display for SheetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.orientation {
            Orientation::UnitsInRows => "rows",
            Orientation::UnitsInColumns => "columns",
        };
        writeln!(
            f,
            "{}: edition {}, units in {place}",
            self.sheet, self.edition
        )?;
        let of = self
            .units_expected
            .map_or(String::new(), |expected| format!(" of {expected}"));
        writeln!(
            f,
            "  {}{of} units, {} nodes, {} values",
            self.units,
            self.nodes.len(),
            self.values
        )?;
        writeln!(
            f,
            "  {} blank cells, {} zeros read as missing",
            self.blanks, self.zeros_read_as_missing
        )?;
        if !self.totals.is_empty() {
            writeln!(
                f,
                "  {} totals of {} nodes compared with the computed ones: largest difference {:.1e}",
                self.totals_compared,
                self.totals.len(),
                self.largest_difference
            )?;
        }
        for skipped in &self.skipped {
            writeln!(f, "  skipped {skipped}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "  warning: {warning}")?;
        }
        Ok(())
    }
}
