//! The database: what was published, kept word for word.
//!
//! Its one job is to hold packs, and editions of their indices with observations and scores, and to
//! give them back; all SQL of the project stands here. It never decides anything: it computes no
//! score, reads no pack and asks no clock (the caller passes the time).
//!
//! An edition, once published, cannot be changed, not even by other programs: triggers of the
//! database refuse it. A correction is a new revision that names the one it replaces.
//!
//! ```
//! use chiso_store::{EditionKey, NewEdition, ObservationRow, PackText, Store};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let dir = tempfile::tempdir()?;
//! let store = Store::open(&dir.path().join("chiso.db")).await?;
//! let pack = PackText {
//!     index: "demo".into(),
//!     digest: "sha256:…".into(),
//!     added_at: "2026-01-01T00:00:00Z".into(),
//!     files: [("index.toml".to_owned(), "id = \"demo\"".to_owned())].into(),
//! };
//! let observation = ObservationRow {
//!     unit: "01".into(),
//!     node: "1.1".into(),
//!     value: Some(1.5),
//!     se: None,
//!     n: None,
//!     status: String::new(),
//!     source: "survey".into(),
//! };
//! let edition = NewEdition {
//!     edition: 2025,
//!     replaces: None,
//!     pack: &pack,
//!     version: "2025",
//!     data_digest: "sha256:…",
//!     program_version: "0.1.0",
//!     published_at: "2026-01-01T00:00:00Z",
//!     observations: &[observation.clone()],
//!     scores: &[],
//! };
//! store.publish(&[edition]).await?;
//! let key = EditionKey { index: "demo".into(), edition: 2025, revision: 1 };
//! assert_eq!(store.observations(&key).await?, [observation]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod publish;
mod read;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use rows::{EditionKey, EditionRow, NewEdition, ObservationRow, PackText, ScoreRow};
pub use store::Store;
