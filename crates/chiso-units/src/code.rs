//! The code of a unit.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// A unit's code within one list, as text: `"01"`, never the number 1.
///
/// Cheap to clone and to share between threads. Codes of different lists compare equal when their
/// text does, although they can mean different units; keep the list beside the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitCode(Arc<str>);

impl UnitCode {
    /// The code with this text. Whether a list has it is for the list to say.
    pub fn new(text: &str) -> UnitCode {
        UnitCode(Arc::from(text))
    }

    /// The text of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl AsRef<str> for UnitCode {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// Lets a map keyed by codes be asked with plain text.
impl Borrow<str> for UnitCode {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for UnitCode {
    fn from(text: &str) -> UnitCode {
        UnitCode::new(text)
    }
}

impl PartialEq<str> for UnitCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for UnitCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
