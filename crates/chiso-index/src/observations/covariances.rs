//! Covariances between the leaves of a unit, from CSV.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use chiso_units::UnitList;

use crate::pack::{Edition, NodeIndex, Pack};
use crate::problem::{Problem, quoted};
use crate::rank_set;

/// Covariances between the leaves of a unit, as its own respondents and clusters make them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeafCovariances {
    /// By edition and unit.
    pub units: BTreeMap<(Edition, Arc<str>), UnitCovariance>,
}

/// The covariances of one unit's leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitCovariance {
    /// The leaves.
    pub nodes: Vec<NodeIndex>,
    /// Their covariance matrix, row by row.
    pub matrix: Vec<f64>,
    /// The degrees of freedom with which it is known; infinite where nothing is said.
    pub degrees_of_freedom: f64,
}

/// The rows of a unit: a covariance by its two leaves, the first not after the second, and its line.
#[derive(Default)]
struct OfUnit {
    pairs: BTreeMap<(NodeIndex, NodeIndex), (f64, u64)>,
    degrees_of_freedom: Option<f64>,
}

impl LeafCovariances {
    /// Reads a table with the columns `edition,unit,node,other,covariance` and, if wanted, `df`, which
    /// `chiso estimate --covariances` writes: a node with itself is its variance, each pair stands
    /// once, and a pair that does not stand there is 0. `df` are the degrees of freedom with which a
    /// unit's errors are known, the least of its rows; nothing means that they are known for certain.
    ///
    /// # Errors
    /// The first fault: its line, what was found, what was expected.
    pub fn read_csv(
        pack: &Pack,
        units: Option<&UnitList>,
        file: &str,
        input: impl Read,
    ) -> Result<LeafCovariances, Box<Problem>> {
        let mut reader = csv::Reader::from_reader(input);
        let unreadable = |error: &csv::Error| {
            let line = error.position().map(csv::Position::line);
            Box::new(Problem::error(
                file,
                line,
                "a row that cannot be read",
                "UTF-8 rows as long as the header",
            ))
        };
        let header = reader.headers().map_err(|error| unreadable(&error))?;
        let columns = ["edition", "unit", "node", "other", "covariance", "df"];
        if *header != columns[..] && *header != columns[..5] {
            let expected = "edition,unit,node,other,covariance and, if wanted, df";
            return Err(Box::new(Problem::error(file, 1, "other columns", expected)));
        }
        let mut found: BTreeMap<(Edition, Arc<str>), OfUnit> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| unreadable(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let row = Row {
                pack,
                units,
                file,
                line,
                record: &record,
            };
            let (edition, unit) = (row.edition()?, row.unit()?);
            let (node, other) = (row.node(edition, 2)?, row.node(edition, 3)?);
            let pair = (node.min(other), node.max(other));
            let of_unit = found.entry((edition, unit)).or_default();
            of_unit.know(row.degrees_of_freedom()?);
            if of_unit
                .pairs
                .insert(pair, (row.covariance()?, line))
                .is_some()
            {
                let again = format!(
                    "nodes {} and {} again",
                    quoted(&record[2]),
                    quoted(&record[3])
                );
                return Err(row.fault(again, "each pair of a unit's nodes once"));
            }
        }
        let mut units = BTreeMap::new();
        for (key, of_unit) in found {
            let covariance = of_unit.covariance(file, &key.1)?;
            units.insert(key, covariance);
        }
        Ok(LeafCovariances { units })
    }
}

impl OfUnit {
    /// Errors are known no better than the least known of them.
    fn know(&mut self, degrees: Option<f64>) {
        if let Some(degrees) = degrees {
            let least = self
                .degrees_of_freedom
                .map_or(degrees, |least| least.min(degrees));
            self.degrees_of_freedom = Some(least);
        }
    }

    /// The unit's matrix: symmetric, with a variance for every leaf.
    fn covariance(&self, file: &str, unit: &str) -> Result<UnitCovariance, Box<Problem>> {
        let line = self.pairs.values().map(|(_, line)| *line).min();
        let mut nodes: Vec<NodeIndex> = self.pairs.keys().flat_map(|(a, b)| [*a, *b]).collect();
        nodes.sort();
        nodes.dedup();
        let of_pair = |a: NodeIndex, b: NodeIndex| {
            let pair = self.pairs.get(&(a.min(b), a.max(b)));
            pair.map_or(0.0, |(covariance, _)| *covariance)
        };
        let row = |a: &NodeIndex| nodes.iter().map(|b| of_pair(*a, *b)).collect::<Vec<f64>>();
        let matrix: Vec<f64> = nodes.iter().flat_map(row).collect();
        rank_set::root_of(&matrix, nodes.len()).map_err(|error| {
            let unit = quoted(unit);
            let found = format!("covariances of unit {unit} that no sample can have ({error})");
            let expected = "variances, and covariances that fit them";
            Box::new(Problem::error(file, line, found, expected))
        })?;
        Ok(UnitCovariance {
            nodes,
            matrix,
            degrees_of_freedom: self.degrees_of_freedom.unwrap_or(f64::INFINITY),
        })
    }
}

struct Row<'a> {
    pack: &'a Pack,
    units: Option<&'a UnitList>,
    file: &'a str,
    line: u64,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn fault(&self, found: impl Into<String>, expected: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::error(self.file, self.line, found, expected))
    }

    fn edition(&self) -> Result<Edition, Box<Problem>> {
        let edition = self.record[0].parse().ok().map(Edition);
        let known = edition.filter(|edition| self.pack.version_of(*edition).is_some());
        known.ok_or_else(|| {
            self.fault(
                format!("edition {}", quoted(&self.record[0])),
                "an edition of the pack",
            )
        })
    }

    fn unit(&self) -> Result<Arc<str>, Box<Problem>> {
        let Some(list) = self.units else {
            return Ok(Arc::from(&self.record[1]));
        };
        match list.find(&self.record[1]) {
            Ok(unit) => Ok(Arc::from(unit.code.as_str())),
            Err(error) => {
                let found = format!("unit {} ({error})", quoted(&self.record[1]));
                Err(self.fault(found, format!("a code or name of the list {}", list.id())))
            }
        }
    }

    fn node(&self, edition: Edition, column: usize) -> Result<NodeIndex, Box<Problem>> {
        let code = &self.record[column];
        let tree = self.pack.version_of(edition).map(|version| &version.tree);
        let leaf = tree.and_then(|tree| tree.find(code).filter(|node| tree.is_leaf(*node)));
        leaf.ok_or_else(|| self.fault(format!("node {}", quoted(code)), "a node without parts"))
    }

    fn covariance(&self) -> Result<f64, Box<Problem>> {
        let text = &self.record[4];
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.fault(format!("covariance {}", quoted(text)), "a finite number"))
    }

    fn degrees_of_freedom(&self) -> Result<Option<f64>, Box<Problem>> {
        let text = self.record.get(5).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse::<f64>().ok().filter(|number| *number > 0.0);
        let fault = || {
            self.fault(
                format!("df {}", quoted(text)),
                "a number above 0, or nothing",
            )
        };
        number.map(Some).ok_or_else(fault)
    }
}
