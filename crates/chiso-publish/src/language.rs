//! The two languages of the site, and how each writes a number.

/// The language of a page, figure or table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Vietnamese: decimal comma, thousands point.
    Vi,
    /// English: decimal point, thousands comma.
    En,
}

const MINUS: char = '\u{2212}';

impl Lang {
    /// The value of an HTML `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// Reads `vi` or `en`; anything else is `None`.
    pub fn from_code(code: &str) -> Option<Lang> {
        match code {
            "vi" => Some(Lang::Vi),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The text of this language out of the pair (Vietnamese, English).
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    /// A number with `decimals` digits after the separator: `44,40` or `44.40`.
    ///
    /// The minus sign is U+2212, a value that rounds to zero has no sign, and digits of the whole
    /// part are grouped from 10,000 on. A value that is not finite is written as an en dash.
    pub fn number(self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "–".to_string();
        }
        let digits = format!("{:.*}", decimals, value.abs());
        let negative = value < 0.0 && digits.bytes().any(|b| b.is_ascii_digit() && b != b'0');
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits.as_str(), None),
        };
        let mut text = String::new();
        if negative {
            text.push(MINUS);
        }
        text.push_str(&self.group_digits(whole));
        if let Some(fraction) = fraction {
            text.push_str(self.pick(",", "."));
            text.push_str(fraction);
        }
        text
    }

    /// A number with its sign always written, for changes: `+0,31`, `−1,20`, `0,00`.
    pub fn signed(self, value: f64, decimals: usize) -> String {
        let text = self.number(value, decimals);
        let is_zero = !text.chars().any(|c| ('1'..='9').contains(&c));
        if value > 0.0 && value.is_finite() && !is_zero {
            format!("+{text}")
        } else {
            text
        }
    }

    /// A whole number; digits are grouped from 10,000 on, so that years stay as they are.
    pub fn integer(self, value: i64) -> String {
        let whole = self.group_digits(&value.unsigned_abs().to_string());
        if value < 0 {
            format!("{MINUS}{whole}")
        } else {
            whole
        }
    }

    fn group_digits(self, whole: &str) -> String {
        if whole.len() < 5 {
            return whole.to_string();
        }
        let separator = self.pick(".", ",");
        let mut text = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push_str(separator);
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_writes_a_decimal_comma_and_english_a_point() {
        assert_eq!(Lang::Vi.number(44.4042, 2), "44,40");
        assert_eq!(Lang::En.number(44.4042, 2), "44.40");
        assert_eq!(Lang::Vi.number(1234567.5, 1), "1.234.567,5");
        assert_eq!(Lang::En.integer(16117), "16,117");
        assert_eq!(Lang::Vi.integer(2024), "2024");
    }

    #[test]
    fn a_negative_number_has_the_minus_sign_and_a_rounded_zero_has_none() {
        assert_eq!(Lang::En.number(-1.2, 1), "\u{2212}1.2");
        assert_eq!(Lang::En.number(-0.001, 2), "0.00");
        assert_eq!(Lang::En.signed(0.001, 2), "0.00");
        assert_eq!(Lang::En.signed(0.31, 2), "+0.31");
        assert_eq!(Lang::En.integer(-5), "\u{2212}5");
        assert_eq!(Lang::En.number(f64::NAN, 2), "–");
    }
}
