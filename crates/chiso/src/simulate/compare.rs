//! What comes back against what was published.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use chiso_survey::results::Row;

use super::{LABEL, Published};

/// An estimate from simulated answers beside the published score.
struct Pair {
    unit: String,
    node: usize,
    published: f64,
    estimate: Option<f64>,
    error: Option<f64>,
    interval: Option<(f64, f64)>,
    answers: f64,
}

impl Pair {
    /// Whether the interval holds the published score; none without an interval.
    fn covers(&self) -> Option<bool> {
        /// Rounding of a sum may move an estimate without error by this much.
        const ROUNDING: f64 = 1e-9;
        let (low, high) = self.interval?;
        Some((low - ROUNDING..=high + ROUNDING).contains(&self.published))
    }
}

/// Estimates and published scores, node by node.
pub struct Comparison<'a> {
    published: &'a Published,
    pairs: Vec<Pair>,
}

/// Puts the estimates beside the published scores; every unit and node of these has a pair.
pub fn compare<'a>(published: &'a Published, rows: &[Row]) -> Comparison<'a> {
    let mut estimates: BTreeMap<(String, &str), &Row> = BTreeMap::new();
    for row in rows {
        if let ([(_, unit)], Some(node)) = (&row.by[..], &row.node) {
            estimates.insert((unit.to_string(), node), row);
        }
    }
    let mut pairs = Vec::new();
    for (node, &leaf) in published.leaves.iter().enumerate() {
        let code = published.version.tree.node(leaf).code.as_str();
        for (unit, scores) in &published.scores {
            let row = estimates.get(&(unit.clone(), code));
            pairs.push(Pair {
                unit: unit.clone(),
                node,
                published: scores[node],
                estimate: row.and_then(|row| row.estimate),
                error: row.and_then(|row| row.standard_error),
                interval: row.and_then(|row| row.lo.zip(row.hi)),
                answers: row.map_or(0.0, |row| row.n),
            });
        }
    }
    Comparison { published, pairs }
}

/// The columns of [`Comparison::table`].
const HEADING: &str = concat!(
    "      SIMULATED, means over the units          published  estimate    ± se  answers",
    "  95 % intervals that hold it"
);

/// How many intervals there are and how many of them hold the published score.
#[derive(Clone, Copy, Default)]
struct Covered {
    intervals: usize,
    covering: usize,
}

impl Covered {
    fn of<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Self {
        pairs
            .filter_map(Pair::covers)
            .fold(Covered::default(), |all, covers| Covered {
                intervals: all.intervals + 1,
                covering: all.covering + usize::from(covers),
            })
    }

    fn percent(self) -> f64 {
        if self.intervals == 0 {
            return 0.0;
        }
        100.0 * self.covering as f64 / self.intervals as f64
    }
}

impl Comparison<'_> {
    fn code(&self, node: usize) -> &str {
        let leaf = self.published.leaves[node];
        &self.published.version.tree.node(leaf).code
    }

    fn name(&self, node: usize) -> &str {
        let leaf = self.published.leaves[node];
        &self.published.version.tree.node(leaf).name.en
    }

    /// The share of intervals that hold the published score, in percent.
    pub fn coverage_percent(&self) -> f64 {
        Covered::of(self.pairs.iter()).percent()
    }

    /// Every pair: `status,edition,unit,node,published,estimate,se,lo,hi,n,covers`.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "status",
            "edition",
            "unit",
            "node",
            "published",
            "estimate",
            "se",
            "lo",
            "hi",
            "n",
            "covers",
        ])?;
        for pair in &self.pairs {
            writer.write_record([
                "simulated".to_owned(),
                self.published.edition.to_string(),
                pair.unit.clone(),
                self.code(pair.node).to_owned(),
                pair.published.to_string(),
                number(pair.estimate),
                number(pair.error),
                number(pair.interval.map(|(low, _)| low)),
                number(pair.interval.map(|(_, high)| high)),
                pair.answers.to_string(),
                pair.covers()
                    .map_or_else(String::new, |covers| covers.to_string()),
            ])?;
        }
        Ok(writer.into_inner()?)
    }

    fn line(&self, node: usize) -> String {
        let pairs: Vec<&Pair> = self.pairs.iter().filter(|pair| pair.node == node).collect();
        let covered = Covered::of(pairs.iter().copied());
        format!(
            "{:<5} {:<40} {:>9.3} {:>9.3} {:>7.3} {:>8.0}  {:>3} of {} ({:.0} %)\n",
            self.code(node),
            shortened(self.name(node), 40),
            mean(pairs.iter().map(|pair| Some(pair.published))),
            mean(pairs.iter().map(|pair| pair.estimate)),
            mean(pairs.iter().map(|pair| pair.error)),
            mean(pairs.iter().map(|pair| Some(pair.answers))),
            covered.covering,
            covered.intervals,
            covered.percent(),
        )
    }

    /// A table for a person: a line a node, means over the units.
    pub fn table(&self) -> String {
        let mut text = format!("{LABEL}\n\n{HEADING}\n");
        let nodes = 0..self.published.leaves.len();
        text.extend(nodes.map(|node| self.line(node)));
        let all = Covered::of(self.pairs.iter());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\nSIMULATED: {} of {} intervals hold the published score ({:.1} %; 95 % expected, a little less with so few clusters).",
            all.covering,
            all.intervals,
            all.percent()
        );
        if !self.published.incomplete.is_empty() {
            let _ = writeln!(
                text,
                "Left out, since not all of their scores were published: {}.",
                self.published.incomplete.join(", ")
            );
        }
        text
    }
}

/// The mean of the values that are there.
fn mean(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let (sum, count) = values
        .flatten()
        .fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let kept: String = text.chars().take(length - 1).collect();
    kept + "…"
}
