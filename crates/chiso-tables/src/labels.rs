//! What a file says about the meaning of its columns and of their values.

/// A value as a label names it.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelledValue {
    /// A number; whole in nearly every questionnaire.
    Number(f64),
    /// A text, without the blanks that fill it up to the column's width.
    Text(String),
    /// One of Stata's 27 missing values: `.` or `.a` to `.z`, here `None` or the letter.
    Missing(Option<char>),
}

/// The labels of one column: its own, its values' and which of its values mean "no answer".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValueLabels {
    /// The column's own label, usually the question; empty if there is none.
    pub column: String,
    /// Each labelled value with its label, in the file's order.
    pub values: Vec<(LabelledValue, String)>,
    /// Values that the file declares as missing by the user, one by one.
    ///
    /// They are **not** turned into nulls by the reader: whether "refused" counts is for the
    /// specification to say.
    pub missing_values: Vec<LabelledValue>,
    /// A closed range of numbers that the file declares as missing by the user.
    pub missing_range: Option<(f64, f64)>,
}

impl ValueLabels {
    /// The label of a number, if it has one.
    pub fn of_number(&self, value: f64) -> Option<&str> {
        self.label(&LabelledValue::Number(value))
    }

    /// The label of a text, if it has one.
    pub fn of_text(&self, value: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(key, _)| matches!(key, LabelledValue::Text(text) if text == value))
            .map(|(_, label)| label.as_str())
    }

    /// Whether the file declares this number as missing.
    pub fn is_missing_number(&self, value: f64) -> bool {
        self.missing_values.contains(&LabelledValue::Number(value))
            || self
                .missing_range
                .is_some_and(|(low, high)| low <= value && value <= high)
    }

    fn label(&self, value: &LabelledValue) -> Option<&str> {
        self.values
            .iter()
            .find(|(key, _)| key == value)
            .map(|(_, label)| label.as_str())
    }
}
