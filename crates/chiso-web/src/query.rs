//! The part of an address after the question mark.
//!
//! Nothing in it can fail: what is not known is left out, and what names nothing is answered by the
//! page that asked for it.

/// Most units that a page takes.
pub const MOST_UNITS: usize = 5;

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The index, in the form of the pickers.
    pub index: Option<String>,
    /// The edition, in the form of the pickers.
    pub edition: Option<String>,
    /// The list of units.
    pub units: Option<String>,
    /// The node.
    pub node: Option<String>,
    /// Units, each once, in the order given.
    pub unit: Vec<String>,
    /// The version of the definition.
    pub version: Option<String>,
}

impl Query {
    /// Takes the pairs of a form; of several with one name, the first that is not empty.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Query {
        let mut query = Query::default();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let single = match name.as_str() {
                "index" => &mut query.index,
                "edition" => &mut query.edition,
                "units" => &mut query.units,
                "node" => &mut query.node,
                "version" => &mut query.version,
                "unit" => {
                    if query.unit.len() < MOST_UNITS && !query.unit.contains(&value) {
                        query.unit.push(value);
                    }
                    continue;
                }
                _ => continue,
            };
            single.get_or_insert(value);
        }
        query
    }
}

/// Writes pairs as a query, without the question mark; pairs without a value are left out.
pub fn written(pairs: &[(&str, Option<&str>)]) -> String {
    let known = pairs
        .iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)));
    let parts: Vec<String> = known
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    parts.join("&")
}

/// A word as it stands in an address: all but letters, digits and `-._~` become `%XX`.
pub fn encoded(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    for byte in word.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        Query::from_pairs(
            pairs
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        )
    }

    #[test]
    fn a_unit_counts_once_an_empty_choice_not_at_all_and_five_are_enough() {
        let many = ["01", "", "01", "33", "48", "79", "22", "92"].map(|code| ("unit", code));
        assert_eq!(query(&many).unit, ["01", "33", "48", "79", "22"]);
    }

    #[test]
    fn of_several_values_the_first_counts() {
        let query = query(&[("node", ""), ("node", "2"), ("node", "3"), ("what", "x")]);
        assert_eq!(query.node.as_deref(), Some("2"));
    }

    #[test]
    fn what_has_a_meaning_in_an_address_is_escaped() {
        assert_eq!(encoded("a b&c=d/é"), "a%20b%26c%3Dd%2F%C3%A9");
        assert_eq!(
            written(&[("node", Some("1.1")), ("units", None), ("unit", Some("01"))]),
            "node=1.1&unit=01"
        );
    }
}
