//! What is wrong with an input, said so that a person can mend it.

use std::fmt;

/// Whether a problem forbids the use of an input or only deserves a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The input can be used; a person should know this.
    Warning,
    /// The input cannot be used.
    Error,
}

/// One fault of an input: where it is, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file, as the user named it.
    pub file: String,
    /// The line, from 1, where one is known.
    pub line: Option<u64>,
    /// What was found.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
}

impl Problem {
    /// An error at a line of a file.
    pub fn error(
        file: &str,
        line: impl Into<Option<u64>>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Problem {
            severity: Severity::Error,
            file: file.to_owned(),
            line: line.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// A warning at a line of a file.
    pub fn warning(
        file: &str,
        line: impl Into<Option<u64>>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(file, line, found, expected)
        }
    }

    /// Whether this forbids the use of the input.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let word = if self.is_error() { "error" } else { "warning" };
        write!(
            f,
            ": {word}: found {}; expected {}",
            self.found, self.expected
        )
    }
}

impl std::error::Error for Problem {}

/// A value as it is quoted in a message: cut to a readable length, control characters escaped.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_file_line_what_was_found_and_what_was_expected() {
        let problem = Problem::error("nodes.csv", 3, "parent `9`", "the code of a node");
        assert_eq!(
            problem.to_string(),
            "nodes.csv:3: error: found parent `9`; expected the code of a node"
        );
    }

    #[test]
    fn a_quoted_value_is_short_and_has_no_control_character() {
        let shown = quoted(&"a\n".repeat(1000));
        assert!(shown.chars().count() < 200);
        assert!(!shown.chars().any(char::is_control));
    }
}
