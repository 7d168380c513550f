//! `index.toml` as it is written: the shapes that serde reads, before anything is checked.

use serde::Deserialize;
use toml::Spanned;

use super::Text;
use crate::recipe::RawStep;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPack {
    pub id: Spanned<String>,
    pub name: Spanned<Text>,
    pub publisher: Spanned<Text>,
    pub licence: String,
    pub source: String,
    pub unit_level: Spanned<String>,
    pub units: Option<Spanned<String>>,
    #[serde(default = "four")]
    pub decimals: u8,
    #[serde(default, rename = "version")]
    pub versions: Vec<Spanned<RawVersion>>,
    #[serde(default, rename = "break")]
    pub breaks: Vec<Spanned<RawBreak>>,
}

fn four() -> u8 {
    4
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVersion {
    pub id: Spanned<String>,
    pub editions: Spanned<RawEditions>,
    pub levels: Spanned<Vec<Text>>,
    pub note: Option<Text>,
    #[serde(default)]
    pub inferred: bool,
    pub evidence: Option<Text>,
    #[serde(default, rename = "step")]
    pub steps: Vec<Spanned<RawStep>>,
    pub rank: Option<Spanned<RawRank>>,
    pub group: Option<Spanned<RawGroup>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RawEditions {
    Span { from: i32, to: i32 },
    List(Vec<i32>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRank {
    pub ties: Spanned<String>,
    pub decimals: Option<u8>,
    /// Why, for the reader of the pack.
    #[serde(default, rename = "note")]
    pub _note: Option<toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    pub rule: Spanned<String>,
    pub names: Spanned<Vec<Text>>,
    pub probabilities: Option<Spanned<Vec<f64>>>,
    pub missing: Option<Spanned<String>>,
    pub source: String,
    #[serde(default)]
    pub inferred: bool,
    #[serde(default, rename = "edition")]
    pub editions: Vec<Spanned<RawGroupEdition>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroupEdition {
    pub edition: i32,
    pub missing: Option<Spanned<String>>,
    pub cutpoints: Option<Vec<f64>>,
    pub source: String,
    #[serde(default)]
    pub inferred: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBreak {
    pub node: Spanned<String>,
    pub from: Spanned<i32>,
    pub reason: Spanned<Text>,
    pub source: String,
    #[serde(default)]
    pub inferred: bool,
}
