//! The rows of the tables, as plain data.

use std::collections::BTreeMap;

/// The files of a pack as they were when it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackText {
    /// The index that the pack defines.
    pub index: String,
    /// The digest of its files.
    pub digest: String,
    /// When it came into the store: an RFC 3339 time in UTC.
    pub added_at: String,
    /// The files' text by their path inside the pack.
    pub files: BTreeMap<String, String>,
}

/// The address of a published edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditionKey {
    /// The index.
    pub index: String,
    /// The edition: a year.
    pub edition: i32,
    /// The revision: 1 for what was published first.
    pub revision: u32,
}

/// A published edition: where its numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionRow {
    /// Its address.
    pub key: EditionKey,
    /// The revision that it corrects: the one before, or none for the first.
    pub replaces: Option<u32>,
    /// The version of the index's definition.
    pub version: String,
    /// The digest of the pack.
    pub pack_digest: String,
    /// The digest of the file of observations.
    pub data_digest: String,
    /// The version of the program that computed the scores.
    pub program_version: String,
    /// When it was published: an RFC 3339 time in UTC.
    pub published_at: String,
}

/// An edition that is to be published.
#[derive(Clone, Copy, Debug)]
pub struct NewEdition<'a> {
    /// The edition: a year.
    pub edition: i32,
    /// The revision that it corrects; none for what is published first.
    pub replaces: Option<u32>,
    /// The pack by which it was scored.
    pub pack: &'a PackText,
    /// The version of the index's definition.
    pub version: &'a str,
    /// The digest of the file of observations.
    pub data_digest: &'a str,
    /// The version of the program that computed the scores.
    pub program_version: &'a str,
    /// When it is published: an RFC 3339 time in UTC.
    pub published_at: &'a str,
    /// Its observations.
    pub observations: &'a [ObservationRow],
    /// Its scores.
    pub scores: &'a [ScoreRow],
}

/// One observation of an edition.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ObservationRow {
    /// The unit's code.
    pub unit: String,
    /// The node's code.
    pub node: String,
    /// The value; none if, and only if, `status` is not empty.
    pub value: Option<f64>,
    /// Its standard error, in the value's own unit of measurement.
    pub se: Option<f64>,
    /// The number of answers or records behind it.
    pub n: Option<i64>,
    /// Empty, `missing` or `not_applicable`.
    pub status: String,
    /// Where it comes from.
    pub source: String,
}

/// One score of an edition.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ScoreRow {
    /// The list of units among which it was ranked; empty where the pack names none.
    pub unit_list: String,
    /// The unit's code.
    pub unit: String,
    /// The node's code.
    pub node: String,
    /// The node's level: 1 for a leaf of full depth.
    pub level: u32,
    /// The score, where there is one.
    pub score: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// The lower end of its interval.
    pub lo: Option<f64>,
    /// The upper end of its interval.
    pub hi: Option<f64>,
    /// The number of answers or records behind it.
    pub n: Option<i64>,
    /// The score as a share of the greatest possible, 0 to 1.
    pub share_of_max: Option<f64>,
    /// The rank, 1 for the best.
    pub rank: Option<u32>,
    /// The best rank that the errors allow.
    pub rank_lo: Option<u32>,
    /// The worst rank that the errors allow.
    pub rank_hi: Option<u32>,
    /// The group, 1 for the best.
    pub group_no: Option<u32>,
    /// The probability of that group, 0 to 1.
    pub group_probability: Option<f64>,
    /// The share of the leaves below the node that have a value, 0 to 1.
    pub coverage: f64,
    /// What a reader should know of it: words with `;` between them.
    pub flags: String,
}
