//! The site: pages in Vietnamese and English, charts, and files of the numbers.
//!
//! Its one job is to show what it is given, on the server, so that every page works without a
//! script. It never computes a score, a rank, a loss or a change, and never reads a file or a
//! database: the caller hands over scored panels, and other crates draw and explain.
//!
//! ```text
//! address ──► address (reads, writes) ─► view (one index, edition, language)
//!                                          ├─► charts ─► chiso-publish ─► .svg .csv .json
//!                                          └─► pages  ─► HTML
//! ```

mod answer;
mod asked;
mod assets;
mod charts;
mod explained;
mod files;
mod pages;
mod query;
mod server;
mod site;
mod text;
mod view;

pub use server::{router, serve};
pub use site::{DerivedPanel, IndexData, Site, SiteError};
