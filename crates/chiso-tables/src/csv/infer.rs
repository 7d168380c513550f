//! Which type holds every value of a delimited column.

use arrow_schema::DataType;

use crate::ColumnType;

/// Whole numbers up to this are exact as `f64`.
const EXACT_IN_FLOAT: u64 = 1 << 53;

/// How one field's text reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reading {
    Missing,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text,
}

/// What counts as missing and how decimals are written.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub(super) missing: Vec<Vec<u8>>,
    pub(super) decimal_comma: bool,
}

impl Dialect {
    pub(super) fn is_missing(&self, field: &[u8]) -> bool {
        let field = field.trim_ascii();
        self.missing.iter().any(|missing| missing == field)
    }

    /// Reads a field as the narrowest of the types. Numbers with leading zeros are codes, hence
    /// text; so are whole numbers too large for 64 bits: as numbers they would lose digits.
    pub(super) fn read(&self, field: &[u8]) -> Reading {
        let field = field.trim_ascii();
        if self.missing.iter().any(|missing| missing == field) {
            return Reading::Missing;
        }
        let digits = field.strip_prefix(b"-").unwrap_or(field);
        if matches!(digits, [b'0', b'0'..=b'9', ..]) {
            return Reading::Text;
        }
        if digits.iter().all(u8::is_ascii_digit) {
            return match self.int(field) {
                Some(value) => Reading::Int(value),
                None => Reading::Text,
            };
        }
        match self.float(field) {
            Some(value) => Reading::Float(value),
            None => bool(field).map_or(Reading::Text, Reading::Bool),
        }
    }

    /// A whole number, leading zeros allowed.
    pub(super) fn int(&self, field: &[u8]) -> Option<i64> {
        text(field)?.parse().ok()
    }

    /// A number: decimal point (or comma) and exponent; also `inf`, `-inf` and `nan`, which are
    /// for the caller to refuse.
    pub(super) fn float(&self, field: &[u8]) -> Option<f64> {
        let field = text(field)?;
        if self.decimal_comma && field.contains(',') {
            if field.contains('.') {
                return None;
            }
            return field.replacen(',', ".", 1).parse().ok();
        }
        field.parse().ok()
    }
}

/// `true` or `false` in small letters, capitals or with a capital.
pub(super) fn bool(field: &[u8]) -> Option<bool> {
    match field.trim_ascii() {
        b"true" | b"TRUE" | b"True" => Some(true),
        b"false" | b"FALSE" | b"False" => Some(false),
        _ => None,
    }
}

fn text(field: &[u8]) -> Option<&str> {
    std::str::from_utf8(field.trim_ascii()).ok()
}

/// Which readings a column's values had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    int: bool,
    /// A whole number that `f64` cannot hold exactly.
    wide: bool,
    float: bool,
    bool: bool,
    text: bool,
}

impl Evidence {
    /// Whether no further value can change the type.
    pub(super) fn is_settled(self) -> bool {
        self.text
    }

    pub(super) fn add(&mut self, reading: Reading) {
        match reading {
            Reading::Missing => {}
            Reading::Int(value) => {
                self.int = true;
                self.wide |= value.unsigned_abs() > EXACT_IN_FLOAT;
            }
            Reading::Float(_) => self.float = true,
            Reading::Bool(_) => self.bool = true,
            Reading::Text => self.text = true,
        }
    }

    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            int: self.int | other.int,
            wide: self.wide | other.wide,
            float: self.float | other.float,
            bool: self.bool | other.bool,
            text: self.text | other.text,
        }
    }

    /// The narrowest type that holds all values without loss; a column without any value is
    /// numeric.
    pub(super) fn column_type(self) -> ColumnType {
        match self {
            Self { text: true, .. } => ColumnType::Text,
            Self {
                bool: true,
                int,
                float,
                ..
            } if int || float => ColumnType::Text,
            Self { bool: true, .. } => ColumnType::Bool,
            Self {
                float: true,
                wide: true,
                ..
            } => ColumnType::Text,
            Self {
                int: true,
                float: false,
                ..
            } => ColumnType::Int,
            _ => ColumnType::Float,
        }
    }
}

impl ColumnType {
    pub(super) fn arrow(self) -> DataType {
        match self {
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Text => DataType::Utf8,
            Self::Bool => DataType::Boolean,
        }
    }

    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Text => "text",
            Self::Bool => "true or false",
        }
    }

    /// Whether a field can be read as this type.
    pub(super) fn holds(self, dialect: &Dialect, field: &[u8]) -> bool {
        match self {
            Self::Int => dialect.int(field).is_some(),
            Self::Float => dialect.float(field).is_some(),
            Self::Bool => bool(field).is_some(),
            Self::Text => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(values: &[&str]) -> ColumnType {
        let dialect = Dialect {
            missing: vec![b"".to_vec(), b"NA".to_vec()],
            decimal_comma: false,
        };
        let mut evidence = Evidence::default();
        for value in values {
            evidence.add(dialect.read(value.as_bytes()));
        }
        evidence.column_type()
    }

    #[test]
    fn the_narrowest_type_holds_every_value() {
        assert_eq!(type_of(&["1", "-3", "NA", ""]), ColumnType::Int);
        assert_eq!(type_of(&["1", " 2.5 ", "1e-3", ".5"]), ColumnType::Float);
        assert_eq!(type_of(&["TRUE", "false", "NA"]), ColumnType::Bool);
        assert_eq!(type_of(&["1", "true"]), ColumnType::Text);
        assert_eq!(type_of(&["1", "one"]), ColumnType::Text);
        assert_eq!(type_of(&["NA", ""]), ColumnType::Float);
    }

    #[test]
    fn codes_with_leading_zeros_stay_text() {
        assert_eq!(type_of(&["01", "02", "10"]), ColumnType::Text);
        assert_eq!(type_of(&["0", "10", "0.5"]), ColumnType::Float);
    }

    #[test]
    fn numbers_that_would_lose_digits_stay_text() {
        assert_eq!(type_of(&["9223372036854775808"]), ColumnType::Text);
        assert_eq!(type_of(&["9223372036854775807"]), ColumnType::Int);
        assert_eq!(type_of(&["9007199254740993", "0.5"]), ColumnType::Text);
        assert_eq!(type_of(&["9007199254740992", "0.5"]), ColumnType::Float);
    }

    #[test]
    fn a_decimal_comma_is_read_only_where_it_is_stated() {
        let dialect = |decimal_comma| Dialect {
            missing: Vec::new(),
            decimal_comma,
        };
        assert_eq!(dialect(true).read(b"1,5"), Reading::Float(1.5));
        assert_eq!(dialect(false).read(b"1,5"), Reading::Text);
        assert_eq!(dialect(true).read(b"1.000,5"), Reading::Text);
    }
}
