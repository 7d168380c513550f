//! A plan as it is written: the shapes that serde reads, before anything is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub frame: Option<String>,
    pub sheet: Option<String>,
    pub size: Option<String>,
    pub seed: Option<u64>,
    pub preset: Option<Spanned<String>>,
    #[serde(default)]
    pub domains: Vec<String>,
    #[serde(default, rename = "stage")]
    pub stages: Vec<Spanned<RawStage>>,
    pub villages: Option<Spanned<RawVillages>>,
    pub allocation: Option<Spanned<RawAllocation>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStage {
    pub level: String,
    pub take: Option<usize>,
    #[serde(default)]
    pub take_by: BTreeMap<String, usize>,
    #[serde(default)]
    pub replacements: usize,
    #[serde(default)]
    pub replacements_by: BTreeMap<String, usize>,
    pub method: Spanned<String>,
    pub order: Option<Spanned<String>>,
    pub certain: Option<String>,
    pub shortage: Option<Spanned<String>>,
    #[serde(default)]
    pub in_the_field: bool,
}

/// Parameters of `preset = "villages"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVillages {
    pub domain: String,
    pub places: Vec<String>,
    pub take: Vec<usize>,
    #[serde(default)]
    pub seats: Vec<String>,
    #[serde(default = "person")]
    pub person: String,
    pub persons: usize,
    #[serde(default)]
    pub replacements: usize,
    #[serde(default, rename = "except")]
    pub exceptions: Vec<Spanned<RawException>>,
}

fn person() -> String {
    "person".to_owned()
}

/// Other numbers for some domains.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawException {
    pub domains: Vec<String>,
    #[serde(default)]
    pub take: Vec<usize>,
    pub persons: Option<usize>,
    pub replacements: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAllocation {
    pub take: usize,
    pub rule: Spanned<String>,
    pub exponent: Option<f64>,
    pub measures: Option<String>,
    #[serde(default)]
    pub minimum: usize,
    #[serde(default)]
    pub minimum_by: BTreeMap<String, usize>,
    #[serde(default)]
    pub domain_minimum: usize,
    #[serde(default)]
    pub domain_minimum_by: BTreeMap<String, usize>,
}
