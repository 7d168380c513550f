//! What must hold for the reader of survey specifications, whatever the text.

use chiso_survey::specification::Specification;

/// No panic; an error names a line that the text has and says what was found and expected.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Specification::parse("survey.toml", text) {
        Ok(read) => {
            assert!(!read.estimates.is_empty() || !read.tests.is_empty());
            for estimate in &read.estimates {
                assert!(!estimate.variables.is_empty());
                assert!(estimate.level > 0.0 && estimate.level < 1.0);
            }
        }
        Err(error) => {
            let lines = text.matches('\n').count() + 1;
            assert!(
                (1..=lines).contains(&error.line),
                "line {} of {lines}",
                error.line
            );
            assert!(!error.found.is_empty() && !error.expected.is_empty());
        }
    }
}
