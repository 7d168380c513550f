//! `survey.toml` as it is written: the shapes that serde reads, before anything is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// One text or several.
#[derive(Debug, Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSpecification {
    pub data: Option<Texts>,
    #[serde(default)]
    pub missing: RawMissing,
    #[serde(default)]
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    pub design: Option<Spanned<RawDesign>>,
    pub calibrate: Option<Spanned<RawCalibrate>>,
    pub trim: Option<Spanned<RawTrim>>,
    pub replicates: Option<Spanned<RawReplicates>>,
    #[serde(default, rename = "estimate")]
    pub estimates: Vec<Spanned<RawEstimate>>,
    #[serde(default, rename = "contrast")]
    pub contrasts: Vec<Spanned<RawContrast>>,
    #[serde(default, rename = "test")]
    pub tests: Vec<Spanned<RawTest>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMissing {
    /// Reasons by code; TOML's keys are texts.
    #[serde(default)]
    pub codes: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    pub except: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDesign {
    pub weights: Option<Spanned<String>>,
    pub probabilities: Option<Spanned<Texts>>,
    pub strata: Option<Spanned<Texts>>,
    pub clusters: Option<Spanned<Texts>>,
    pub fpc: Option<Spanned<Texts>>,
    pub pps: Option<Spanned<String>>,
    pub lonely_psu: Option<Spanned<String>>,
    #[serde(default)]
    pub adjust_domain_lonely: bool,
    #[serde(default)]
    pub nest: bool,
    #[serde(default)]
    pub ultimate_cluster: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCalibrate {
    pub method: Spanned<String>,
    #[serde(default)]
    pub by: Vec<String>,
    pub totals: Option<Spanned<RawTotals>>,
    #[serde(default)]
    pub partial: bool,
    #[serde(default, rename = "margin")]
    pub margins: Vec<Spanned<RawMargin>>,
    #[serde(default, rename = "total")]
    pub terms: Vec<Spanned<RawTerm>>,
    pub population: Option<Spanned<f64>>,
    pub bounds: Option<Spanned<Vec<f64>>>,
    pub epsilon: Option<Spanned<f64>>,
    pub max_iterations: Option<usize>,
    pub aggregate_stage: Option<usize>,
    pub variance: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMargin {
    pub by: Vec<String>,
    pub totals: Spanned<RawTotals>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTerm {
    pub variable: Spanned<String>,
    pub total: f64,
}

/// A file, or rows with a value for each column of `by` and a `count`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RawTotals {
    File(String),
    Rows(Vec<BTreeMap<String, toml::Value>>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTrim {
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    #[serde(default)]
    pub strict: bool,
    pub redistribute: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReplicates {
    pub method: Spanned<String>,
    pub count: Option<Spanned<usize>>,
    pub seed: Option<u64>,
    pub rho: Option<Spanned<f64>>,
    #[serde(default)]
    pub mse: bool,
    pub columns: Option<Texts>,
    pub scale: Option<f64>,
    pub rscales: Option<Vec<f64>>,
    pub combined: Option<bool>,
    pub degrees_of_freedom: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum NumberOrText {
    Number(f64),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEstimate {
    pub id: Option<String>,
    pub statistic: Spanned<String>,
    pub variable: Spanned<Texts>,
    pub denominator: Option<Spanned<String>>,
    pub by: Option<Spanned<Texts>>,
    #[serde(rename = "where")]
    pub filter: Option<Spanned<String>>,
    pub level: Option<Spanned<f64>>,
    pub ci: Option<Spanned<String>>,
    pub df: Option<Spanned<NumberOrText>>,
    pub quantiles: Option<Spanned<Vec<f64>>>,
    pub rule: Option<Spanned<String>>,
    pub deff: Option<Spanned<String>>,
    pub node: Option<Spanned<Texts>>,
    #[serde(default)]
    pub covariance: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawContrast {
    pub id: Option<String>,
    pub of: Spanned<String>,
    pub against: Option<Spanned<String>>,
    #[serde(default)]
    pub first: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub second: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub terms: Vec<RawTerms>,
    pub kind: Option<Spanned<String>>,
    pub level: Option<Spanned<f64>>,
}

/// A weight, and values of `by` that single out a row.
#[derive(Debug, Deserialize)]
pub(super) struct RawTerms {
    pub weight: f64,
    #[serde(flatten)]
    pub values: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTest {
    pub id: Option<String>,
    pub rows: Spanned<String>,
    pub columns: Spanned<String>,
    #[serde(rename = "where")]
    pub filter: Option<Spanned<String>>,
    pub statistic: Option<Spanned<String>>,
}
