//! The functions of the subset: their names, the types that they take and the type they give,
//! after the signatures in `datafusion-functions` 55.

use arrow_schema::{DECIMAL128_MAX_PRECISION, DataType};

use crate::coerce;
use crate::error::BindError;

/// A function of the subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Abs,
    Round,
    Floor,
    Ceil,
    Sqrt,
    Power,
    Ln,
    Log10,
    Exp,
    Greatest,
    Least,
    Coalesce,
    NullIf,
    Lower,
    Upper,
    Trim(Side),
    CharacterLength,
    Substring,
}

/// Where TRIM cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Start,
    End,
    Both,
}

/// The types that the arguments are converted to, and the type of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) arguments: Vec<DataType>,
    pub(crate) result: DataType,
}

/// The second argument of ROUND, as far as the text tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// A number in the text; 0 where ROUND has one argument or the number is NULL.
    Given(i64),
    /// Computed from columns.
    Computed,
}

impl Function {
    /// The function of a name in lower case, with DataFusion's other names for it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "abs" => Self::Abs,
            "round" => Self::Round,
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "sqrt" => Self::Sqrt,
            "power" | "pow" => Self::Power,
            "ln" => Self::Ln,
            "log10" => Self::Log10,
            "exp" => Self::Exp,
            "greatest" => Self::Greatest,
            "least" => Self::Least,
            "coalesce" => Self::Coalesce,
            "nullif" => Self::NullIf,
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "trim" | "btrim" => Self::Trim(Side::Both),
            "ltrim" => Self::Trim(Side::Start),
            "rtrim" => Self::Trim(Side::End),
            "length" | "char_length" | "character_length" => Self::CharacterLength,
            "substr" | "substring" => Self::Substring,
            _ => return None,
        })
    }

    /// The function's name, for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Abs => "abs",
            Self::Round => "round",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Sqrt => "sqrt",
            Self::Power => "power",
            Self::Ln => "ln",
            Self::Log10 => "log10",
            Self::Exp => "exp",
            Self::Greatest => "greatest",
            Self::Least => "least",
            Self::Coalesce => "coalesce",
            Self::NullIf => "nullif",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Trim(Side::Both) => "trim",
            Self::Trim(Side::Start) => "ltrim",
            Self::Trim(Side::End) => "rtrim",
            Self::CharacterLength => "character_length",
            Self::Substring => "substr",
        }
    }

    /// How many arguments it takes, and the words for it.
    fn count(self) -> (std::ops::RangeInclusive<usize>, &'static str) {
        match self {
            Self::Greatest | Self::Least | Self::Coalesce => (1..=usize::MAX, "one or more"),
            Self::Power | Self::NullIf => (2..=2, "2"),
            Self::Round | Self::Trim(_) => (1..=2, "1 or 2"),
            Self::Substring => (2..=3, "2 or 3"),
            _ => (1..=1, "1"),
        }
    }

    /// The conversions of the arguments and the type of the result.
    pub(crate) fn signature(
        self,
        types: &[DataType],
        places: Places,
    ) -> Result<Signature, BindError> {
        let (count, expected) = self.count();
        if !count.contains(&types.len()) {
            let function = self.name();
            return Err(BindError::ArgumentCount {
                function,
                expected,
                found: types.len(),
            });
        }
        let arguments = match self {
            Self::Greatest | Self::Least => self.uniform(types, |types| {
                let (first, rest) = types.split_first()?;
                rest.iter()
                    .try_fold(first.clone(), |met, next| coerce::comparison(&met, next))
            })?,
            Self::NullIf => self.uniform(types, |types| {
                let met = coerce::comparison(types.first()?, types.get(1)?)?;
                Some(if met == DataType::Null {
                    DataType::Utf8View
                } else {
                    met
                })
            })?,
            Self::Coalesce => self.uniform(types, coerce::resolution)?,
            _ => (types.iter().enumerate())
                .map(|(position, found)| self.argument(position, found))
                .collect::<Result<_, _>>()?,
        };
        let result = self.result(&arguments, places);
        Ok(Signature { arguments, result })
    }

    /// All arguments converted to one type.
    fn uniform(
        self,
        types: &[DataType],
        rule: impl FnOnce(&[DataType]) -> Option<DataType>,
    ) -> Result<Vec<DataType>, BindError> {
        let met = rule(types).ok_or_else(|| BindError::Operands {
            operator: self.name().to_owned(),
            found: types.to_vec(),
        })?;
        Ok(vec![met; types.len()])
    }

    /// The type that an argument is converted to.
    fn argument(self, position: usize, found: &DataType) -> Result<DataType, BindError> {
        let is_null = *found == DataType::Null;
        let (converted, expected) = match (self, position) {
            (Self::Abs, _) => {
                let number = found.is_numeric().then(|| found.clone());
                (number.or(is_null.then_some(DataType::Float64)), "a number")
            }
            (Self::Round, 1) => (
                (found.is_integer() || is_null).then_some(DataType::Int32),
                "a whole number of decimal places",
            ),
            (Self::Round, _) => {
                let number = found.is_numeric().then(|| found.clone());
                (number.or(is_null.then_some(DataType::Float64)), "a number")
            }
            (Self::Floor | Self::Ceil, _) if matches!(found, DataType::Decimal128(..)) => {
                (Some(found.clone()), "a number")
            }
            (Self::Floor | Self::Ceil | Self::Sqrt | Self::Ln | Self::Log10 | Self::Exp, _)
                if *found == DataType::Float32 =>
            {
                (Some(DataType::Float32), "a number")
            }
            (Self::Lower | Self::Upper | Self::Trim(_), _) | (Self::Substring, 0) => {
                let text = coerce::is_text(found).then(|| found.clone());
                (text.or(is_null.then_some(DataType::Utf8View)), "a text")
            }
            (Self::CharacterLength, _) => {
                let text = coerce::is_text(found).then(|| found.clone());
                (Some(text.unwrap_or(DataType::Utf8View)), "a text")
            }
            (Self::Substring, _) => {
                let whole = is_null || matches!(found, DataType::Int64 | DataType::Int32);
                (whole.then_some(DataType::Int64), "an INT or BIGINT")
            }
            _ => (
                (found.is_numeric() || is_null).then_some(DataType::Float64),
                "a number",
            ),
        };
        converted.ok_or_else(|| BindError::Argument {
            function: self.name(),
            position: position + 1,
            found: found.clone(),
            expected,
        })
    }

    /// The type of the result, given the converted arguments.
    fn result(self, arguments: &[DataType], places: Places) -> DataType {
        let first = arguments.first().cloned().unwrap_or(DataType::Null);
        match self {
            Self::CharacterLength if first == DataType::LargeUtf8 => DataType::Int64,
            Self::CharacterLength => DataType::Int32,
            Self::Round => match first {
                DataType::Decimal128(precision, scale) => rounded_decimal(precision, scale, places),
                other => other,
            },
            _ => first,
        }
    }
}

/// The type of a rounded decimal (`calculate_new_precision_scale`): no more places than asked
/// for, and one digit more where rounding can carry into a new one.
fn rounded_decimal(precision: u8, scale: i8, places: Places) -> DataType {
    let wider = precision.saturating_add(1).min(DECIMAL128_MAX_PRECISION);
    let Places::Given(places) = places else {
        return DataType::Decimal128(wider, scale);
    };
    let carries = scale == 0 && places < 0 && places.unsigned_abs() <= u64::from(precision);
    let lowest = if scale < 0 { -i64::from(precision) } else { 0 };
    let new_scale = i64::from(scale).min(places.max(lowest)).clamp(-38, 38);
    DataType::Decimal128(
        if carries { wider } else { precision },
        i8::try_from(new_scale).unwrap_or(scale),
    )
}
