//! `nodes.csv`: rows into nodes, with the line of each fault.

use std::collections::HashMap;

use super::Text;
use super::tree::{Direction, Node, NodeIndex, Range, Tree, TreeFault};
use crate::problem::{Problem, quoted};
use crate::recipe::aggregate_method;

const COLUMNS: [&str; 12] = [
    "code",
    "parent",
    "name_en",
    "name_vi",
    "min",
    "max",
    "weight",
    "direction",
    "aggregate",
    "source",
    "expression",
    "note",
];
const REQUIRED: [&str; 2] = ["code", "parent"];

/// Reads the nodes of a version; `None` when they do not make a tree, and then at least one error
/// says why.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Tree> {
    let mut reader =
        csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = columns(file, &mut reader, problems)?;
    let errors_before = problems.iter().filter(|p| p.is_error()).count();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => rows.push(Row {
                columns: &columns,
                file,
                record,
            }),
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                problems.push(Problem::error(
                    file,
                    line,
                    format!("a row that cannot be read ({error})"),
                    format!("{} fields, as in the header", columns.len()),
                ));
            }
        }
    }
    let places = places(file, &rows, problems);
    let nodes: Vec<Node> = rows.iter().map(|row| row.node(&places, problems)).collect();
    if problems.iter().filter(|p| p.is_error()).count() > errors_before {
        // A tree of half-understood nodes would only bring more messages for the same fault,
        // save for a cycle, which is a fault of its own.
        if let Err(fault @ TreeFault::Cycle(_)) = Tree::new(nodes.clone()) {
            problems.push(explain(file, &nodes, &fault));
        }
        return None;
    }
    match Tree::new(nodes.clone()) {
        Ok(tree) => Some(tree),
        Err(fault) => {
            problems.push(explain(file, &nodes, &fault));
            None
        }
    }
}

fn columns(
    file: &str,
    reader: &mut csv::Reader<&[u8]>,
    problems: &mut Vec<Problem>,
) -> Option<HashMap<String, usize>> {
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            let found = format!("a header that cannot be read ({error})");
            problems.push(Problem::error(file, 1, found, COLUMNS.join(",")));
            return None;
        }
    };
    let mut columns = HashMap::new();
    let mut sound = true;
    for (index, name) in header.iter().enumerate() {
        if !COLUMNS.contains(&name) {
            let found = format!("column {}", quoted(name));
            problems.push(Problem::error(
                file,
                1,
                found,
                format!("one of {}", COLUMNS.join(",")),
            ));
            sound = false;
        }
        if columns.insert(name.to_owned(), index).is_some() {
            let found = format!("column {} twice", quoted(name));
            problems.push(Problem::error(file, 1, found, "each column once"));
            sound = false;
        }
    }
    for name in REQUIRED {
        if !columns.contains_key(name) {
            problems.push(Problem::error(
                file,
                1,
                "no such column",
                format!("column `{name}`"),
            ));
            sound = false;
        }
    }
    sound.then_some(columns)
}

/// The place of each code; a code that stands twice is an error.
fn places(file: &str, rows: &[Row<'_>], problems: &mut Vec<Problem>) -> HashMap<String, NodeIndex> {
    let mut places: HashMap<String, NodeIndex> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let code = row.text("code");
        if code.is_empty() {
            problems.push(Problem::error(
                file,
                row.line(),
                "an empty `code`",
                "the node's code",
            ));
        } else if let Some(first) = places.get(code) {
            let found = format!(
                "code {} again (first on line {})",
                quoted(code),
                rows[first.0].line()
            );
            problems.push(Problem::error(file, row.line(), found, "each code once"));
        } else {
            places.insert(code.to_owned(), NodeIndex(index));
        }
    }
    places
}

fn explain(file: &str, nodes: &[Node], fault: &TreeFault) -> Problem {
    match fault {
        TreeFault::NoRoot => {
            Problem::error(file, None, "no root", "one node with an empty `parent`")
        }
        TreeFault::Roots(roots) => {
            let codes: Vec<_> = roots.iter().map(|r| quoted(&nodes[r.0].code)).collect();
            Problem::error(
                file,
                nodes[roots[1].0].line,
                format!(
                    "{} nodes without a parent: {}",
                    roots.len(),
                    codes.join(", ")
                ),
                "one root",
            )
        }
        TreeFault::Cycle(cycle) => {
            let mut codes: Vec<_> = cycle.iter().map(|n| nodes[n.0].code.as_str()).collect();
            codes.push(codes[0]);
            Problem::error(
                file,
                cycle.first().map(|n| nodes[n.0].line),
                format!("a cycle of parents {}", quoted(&codes.join(" → "))),
                "a tree: no node may be its own ancestor",
            )
        }
    }
}

/// One row of the file.
struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    file: &'a str,
    record: csv::StringRecord,
}

impl Row<'_> {
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn text(&self, column: &str) -> &str {
        self.columns
            .get(column)
            .and_then(|&i| self.record.get(i))
            .unwrap_or("")
            .trim()
    }

    fn number(&self, column: &str, problems: &mut Vec<Problem>) -> Option<f64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => {
                let found = format!("`{column}` = {}", quoted(text));
                problems.push(Problem::error(
                    self.file,
                    self.line(),
                    found,
                    "a finite number",
                ));
                None
            }
        }
    }

    fn parent(
        &self,
        places: &HashMap<String, NodeIndex>,
        problems: &mut Vec<Problem>,
    ) -> Option<NodeIndex> {
        let parent = self.text("parent");
        if parent.is_empty() {
            return None;
        }
        let place = places.get(parent).copied();
        if place.is_none() {
            let found = format!(
                "parent {} of node {}",
                quoted(parent),
                quoted(self.text("code"))
            );
            problems.push(Problem::error(
                self.file,
                self.line(),
                found,
                "the code of a node of this file",
            ));
        }
        place
    }

    fn range(&self, problems: &mut Vec<Problem>) -> Option<Range> {
        let (min, max) = (self.number("min", problems), self.number("max", problems));
        let found = match (min, max) {
            (Some(min), Some(max)) if min < max => return Some(Range { min, max }),
            (None, None) => return None,
            (Some(min), Some(max)) => format!("min {min} and max {max}"),
            _ => "only one of `min` and `max`".to_owned(),
        };
        problems.push(Problem::error(
            self.file,
            self.line(),
            found,
            "both, with min below max",
        ));
        None
    }

    fn weight(&self, problems: &mut Vec<Problem>) -> f64 {
        match self.number("weight", problems) {
            Some(weight) if weight <= 0.0 => {
                let found = format!("weight {weight}");
                problems.push(Problem::error(
                    self.file,
                    self.line(),
                    found,
                    "a weight above 0",
                ));
                1.0
            }
            weight => weight.unwrap_or(1.0),
        }
    }

    fn node(&self, places: &HashMap<String, NodeIndex>, problems: &mut Vec<Problem>) -> Node {
        let direction = match self.text("direction") {
            "" | "higher" => Direction::Higher,
            "lower" => Direction::Lower,
            other => {
                let found = format!("direction {}", quoted(other));
                problems.push(Problem::error(
                    self.file,
                    self.line(),
                    found,
                    "`higher` or `lower`",
                ));
                Direction::Higher
            }
        };
        let aggregate = match self.text("aggregate") {
            "" => None,
            name => {
                // A power mean states its power after its name.
                let (method, power) = name.split_once(' ').unwrap_or((name, ""));
                let method = aggregate_method(method, power.parse().ok(), Direction::Higher);
                if let Err(expected) = &method {
                    let found = format!("aggregate {}", quoted(name));
                    problems.push(Problem::error(self.file, self.line(), found, expected));
                }
                method.ok()
            }
        };
        if !self.text("expression").is_empty() {
            problems.push(Problem::error(
                self.file,
                self.line(),
                format!("an expression for node {}", quoted(self.text("code"))),
                "an empty `expression`: this version of the program scores observations only",
            ));
        }
        Node {
            code: self.text("code").to_owned(),
            parent: self.parent(places, problems),
            name: Text {
                en: self.text("name_en").to_owned(),
                vi: self.text("name_vi").to_owned(),
            },
            range: self.range(problems),
            weight: self.weight(problems),
            direction,
            aggregate,
            source: self.text("source").to_owned(),
            note: self.text("note").to_owned(),
            line: self.line(),
        }
    }
}
