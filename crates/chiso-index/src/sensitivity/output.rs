//! The results of a study as tables in CSV. Nothing here writes a file: the caller gives the writer.
//! The same results give the same bytes; an empty cell means that there is no number.

use std::io::{self, Write};

use super::leave_out::LeaveOneOut;
use super::rank_statistics::NO_RANK;
use super::results::{NodeResults, Results, TargetResult};
use super::specification::Specification;
use crate::pack::Version;

/// The columns of `uncertainty.csv`: a unit's score and rank under the recipe as it is, and what they
/// are over the plain sample of runs (`runs`: how many of these give it a rank).
pub const UNCERTAINTY_COLUMNS: [&str; 14] = [
    "edition",
    "node",
    "unit",
    "score",
    "score_mean",
    "score_median",
    "score_q05",
    "score_q95",
    "rank",
    "rank_mean",
    "rank_median",
    "rank_q05",
    "rank_q95",
    "runs",
];

/// The columns of `sobol.csv`: the indices of every input for every target, with their intervals.
pub const SOBOL_COLUMNS: [&str; 14] = [
    "edition",
    "node",
    "target",
    "input",
    "first",
    "first_lo",
    "first_hi",
    "total",
    "total_lo",
    "total_hi",
    "mean",
    "variance",
    "draws_left_out",
    "note",
];

/// The columns of `rank_shares.csv`: in what share of the plain sample of runs a unit has a rank.
pub const RANK_SHARE_COLUMNS: [&str; 5] = ["edition", "node", "unit", "rank", "share"];

/// The columns of `leave_one_out.csv`: how far ranks shift without a node.
pub const LEAVE_ONE_OUT_COLUMNS: [&str; 9] = [
    "edition",
    "node",
    "left_out",
    "level",
    "mean_shift",
    "largest_shift",
    "unit_of_largest_shift",
    "without_score",
    "note",
];

/// The columns of `leave_one_out_units.csv`: every unit's score and rank without a node.
pub const LEAVE_ONE_OUT_UNIT_COLUMNS: [&str; 7] = [
    "edition", "node", "left_out", "unit", "score", "rank", "shift",
];

/// Results that can be written, with what names their nodes and inputs.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// The version that was studied.
    pub version: &'a Version,
    /// What was asked.
    pub specification: &'a Specification,
    /// What came of it.
    pub results: &'a Results,
}

impl Tables<'_> {
    /// Writes [`UNCERTAINTY_COLUMNS`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn uncertainty(&self, out: impl Write) -> io::Result<()> {
        let mut table = Table::new(out, &UNCERTAINTY_COLUMNS)?;
        for part in &self.results.parts {
            for (unit, code) in part.units.iter().enumerate() {
                let (score, rank) = (part.score_summaries[unit], part.rank_summaries[unit]);
                self.beginning(&mut table, part);
                table.text(code);
                table.number(part.nominal_scores[unit]);
                table.numbers(&[score.mean, score.median, score.q05, score.q95]);
                table.rank(part.nominal_ranks[unit]);
                table.numbers(&[rank.mean, rank.median, rank.q05, rank.q95]);
                table.text(&rank.runs.to_string());
                table.end()?;
            }
        }
        table.flush()
    }

    /// Writes [`SOBOL_COLUMNS`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn sobol(&self, out: impl Write) -> io::Result<()> {
        let mut table = Table::new(out, &SOBOL_COLUMNS)?;
        for part in &self.results.parts {
            for target in &part.targets {
                for input in 0..self.specification.inputs.len() {
                    self.sobol_row(&mut table, part, target, input)?;
                }
            }
        }
        table.flush()
    }

    fn sobol_row(
        &self,
        table: &mut Table<impl Write>,
        part: &NodeResults,
        target: &TargetResult,
        input: usize,
    ) -> io::Result<()> {
        let Some(indices) = &target.indices else {
            return Ok(());
        };
        self.beginning(table, part);
        table.text(&target.name.to_string());
        table.text(&self.specification.inputs[input].id);
        match indices {
            Ok(indices) => {
                let index = indices.inputs[input];
                let interval = indices.intervals.get(input);
                let ends = |ends: Option<(f64, f64)>| ends.unwrap_or((f64::NAN, f64::NAN));
                let (first, total) = (
                    ends(interval.map(|i| i.first)),
                    ends(interval.map(|i| i.total)),
                );
                table.numbers(&[index.first, first.0, first.1]);
                table.numbers(&[index.total, total.0, total.1]);
                table.numbers(&[indices.mean, indices.variance]);
                table.text(&indices.dropped.to_string());
                table.text(if indices.constant { "constant" } else { "" });
            }
            Err(fault) => {
                (0..9).for_each(|_| table.text(""));
                table.text(&fault.to_string());
            }
        }
        table.end()
    }

    /// Writes [`RANK_SHARE_COLUMNS`], without the ranks that a unit never has.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn rank_shares(&self, out: impl Write) -> io::Result<()> {
        let mut table = Table::new(out, &RANK_SHARE_COLUMNS)?;
        for part in &self.results.parts {
            for (unit, code) in part.units.iter().enumerate() {
                let shares = part.ranks.acceptability(unit, self.results.sample);
                for (rank, share) in (1..).zip(shares).filter(|(_, share)| *share > 0.0) {
                    self.beginning(&mut table, part);
                    table.text(code);
                    table.rank(rank);
                    table.number(share);
                    table.end()?;
                }
            }
        }
        table.flush()
    }

    /// Writes [`LEAVE_ONE_OUT_COLUMNS`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn leave_one_out(&self, out: impl Write) -> io::Result<()> {
        let mut table = Table::new(out, &LEAVE_ONE_OUT_COLUMNS)?;
        for result in &self.results.leave_one_out {
            self.without(&mut table, result);
            table.text(&self.version.level(result.left_out).to_string());
            table.number(result.mean_shift);
            let shifts =
                (0..result.units.len()).filter_map(|unit| Some((result.shift(unit)?, unit)));
            // Of equal shifts the first unit's.
            let largest = shifts.max_by_key(|(shift, unit)| (*shift, std::cmp::Reverse(*unit)));
            table.text(&largest.map_or(String::new(), |(shift, _)| shift.to_string()));
            table.text(largest.map_or("", |(_, unit)| &result.units[unit]));
            table.text(
                &result
                    .scores
                    .iter()
                    .filter(|score| score.is_nan())
                    .count()
                    .to_string(),
            );
            table.text(result.problem.as_deref().unwrap_or(""));
            table.end()?;
        }
        table.flush()
    }

    /// Writes [`LEAVE_ONE_OUT_UNIT_COLUMNS`].
    ///
    /// # Errors
    /// Those of the writer.
    pub fn leave_one_out_units(&self, out: impl Write) -> io::Result<()> {
        let mut table = Table::new(out, &LEAVE_ONE_OUT_UNIT_COLUMNS)?;
        for result in &self.results.leave_one_out {
            for (unit, code) in result.units.iter().enumerate() {
                self.without(&mut table, result);
                table.text(code);
                table.number(result.scores[unit]);
                table.rank(result.ranks[unit]);
                table.text(
                    &result
                        .shift(unit)
                        .map_or(String::new(), |shift| shift.to_string()),
                );
                table.end()?;
            }
        }
        table.flush()
    }

    fn beginning(&self, table: &mut Table<impl Write>, part: &NodeResults) {
        table.text(&part.edition.to_string());
        table.text(&self.version.tree.node(part.node).code);
    }

    fn without(&self, table: &mut Table<impl Write>, result: &LeaveOneOut) {
        table.text(&result.edition.to_string());
        table.text(&self.version.tree.node(result.node).code);
        table.text(&self.version.tree.node(result.left_out).code);
    }
}

/// A table that is written row by row.
struct Table<W: Write> {
    writer: csv::Writer<W>,
    record: csv::StringRecord,
}

impl<W: Write> Table<W> {
    fn new(out: W, columns: &[&str]) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns)?;
        Ok(Table {
            writer,
            record: csv::StringRecord::new(),
        })
    }

    fn text(&mut self, text: &str) {
        self.record.push_field(text);
    }

    fn number(&mut self, number: f64) {
        match number.is_nan() {
            true => self.record.push_field(""),
            false => self.record.push_field(&number.to_string()),
        }
    }

    fn numbers(&mut self, numbers: &[f64]) {
        numbers.iter().for_each(|number| self.number(*number));
    }

    fn rank(&mut self, rank: u32) {
        match rank {
            NO_RANK => self.record.push_field(""),
            rank => self.record.push_field(&rank.to_string()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.writer.write_record(&self.record)?;
        self.record.clear();
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
