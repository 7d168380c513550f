//! Rows of a file of results, and the account of what was compared with them.

use std::collections::BTreeMap;

use super::support::Frame;

/// One result of R.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub file: &'static str,
    pub line: usize,
    pub case: String,
    pub design: String,
    pub fun: String,
    pub y: String,
    pub level: String,
    pub by: String,
    pub by_level: String,
    pub opt: String,
    pub ci: String,
    pub est: Option<f64>,
    pub se: Option<f64>,
    pub lo: Option<f64>,
    pub hi: Option<f64>,
    pub deff: Option<f64>,
    pub cv: Option<f64>,
    pub degf: Option<f64>,
}

impl Row {
    /// The rows of a file; none on a machine without the results.
    pub fn read(file: &'static str) -> Option<Vec<Row>> {
        let frame = Frame::read(file)?;
        let row = |place: usize| {
            let text = |name: &str| frame.text(name)[place].clone();
            let number = |name: &str| text(name).parse().ok();
            Row {
                file,
                line: place + 2,
                case: text("case"),
                design: text("design"),
                fun: text("fun"),
                y: text("y"),
                level: text("level"),
                by: text("by"),
                by_level: text("bylevel"),
                opt: text("opt"),
                ci: text("ci"),
                est: number("est"),
                se: number("se"),
                lo: number("ci_lo"),
                hi: number("ci_hi"),
                deff: number("deff"),
                cv: number("cv"),
                degf: number("degf"),
            }
        };
        Some((0..frame.rows).map(row).collect())
    }

    fn name(&self) -> String {
        let Row {
            file,
            line,
            design,
            fun,
            y,
            level,
            by,
            by_level,
            opt,
            ci,
            ..
        } = self;
        format!("{file}:{line} {design}: {fun}({y}) {level} {by}={by_level} {opt} {ci}")
    }
}

/// What was compared, what was not, and what did not agree.
#[derive(Debug, Default)]
pub struct Account {
    compared: BTreeMap<String, usize>,
    left_out: BTreeMap<(String, &'static str), usize>,
    numbers: usize,
    failures: Vec<String>,
}

impl Account {
    /// Counts a row whose numbers are being compared.
    pub fn row(&mut self, row: &Row) {
        *self.compared.entry(row.fun.clone()).or_default() += 1;
    }

    /// Counts a row that is not compared.
    pub fn leave_out(&mut self, row: &Row, reason: &'static str) {
        *self.left_out.entry((row.fun.clone(), reason)).or_default() += 1;
    }

    /// Compares a number to 1e-10 of its size; one that R does not give is not compared.
    pub fn number(&mut self, row: &Row, what: &str, found: Option<f64>, expected: Option<f64>) {
        self.number_of_size(row, what, found, expected, 0.0);
    }

    /// As [`Self::number`], where R may have none and then there must be none.
    pub fn missing_or_number(
        &mut self,
        row: &Row,
        what: &str,
        found: Option<f64>,
        expected: Option<f64>,
    ) {
        match (found, expected) {
            (Some(found), None) => {
                let name = row.name();
                self.failures
                    .push(format!("{name}: {what} {found}, expected none"));
            }
            _ => self.number(row, what, found, expected),
        }
    }

    /// As [`Self::number`], where rounding leaves errors relative to `size` rather than to the
    /// number itself: a difference of two numbers of that size.
    pub fn number_of_size(
        &mut self,
        row: &Row,
        what: &str,
        found: Option<f64>,
        expected: Option<f64>,
        size: f64,
    ) {
        let Some(expected) = expected else { return };
        self.numbers += 1;
        let found = found.unwrap_or(f64::NAN);
        let tolerance = 1e-10 * expected.abs().max(size);
        if !(found == expected || (found - expected).abs() <= tolerance) {
            let name = row.name();
            self.failures
                .push(format!("{name}: {what} {found}, expected {expected}"));
        }
    }

    /// Notes a row that cannot be computed.
    pub fn fault(&mut self, row: &Row, fault: impl std::fmt::Display) {
        self.failures.push(format!("{}: {fault}", row.name()));
    }

    /// Prints the counts; fails on a row that does not agree, or other counts than these.
    pub fn finish(self, compared: usize, left_out: usize) {
        for (fun, count) in &self.compared {
            println!("compared {count} rows of {fun}");
        }
        for ((fun, reason), count) in &self.left_out {
            println!("left out {count} rows of {fun}: {reason}");
        }
        println!("{} numbers", self.numbers);
        let count = self.failures.len();
        let shown = self
            .failures
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        assert!(count == 0, "{count} numbers differ:\n{shown}");
        let found = (self.compared.values().sum(), self.left_out.values().sum());
        assert_eq!(found, (compared, left_out), "rows compared and left out");
    }
}
