//! Charts, maps and tables as accessible SVG, HTML, CSV, JSON and Parquet, and the one stylesheet
//! with its fonts.
//!
//! Everything here is a pure function of plain data: the same input gives the same bytes. The
//! crate never reads a database, never computes a score, a rank or a group, and needs no script
//! in the browser.
//!
//! The way through: fill an input struct of [`chart`], call its function, get a [`Figure`]
//! (drawings, a description generated from the data, the source, the table), and write it with
//! [`Figure::to_html`], [`Figure::standalone_svg`], or its [`Table`] with [`Table::to_csv`],
//! [`Table::to_json`] and [`Table::to_parquet`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assets;
pub mod chart;
mod error;
mod figure;
mod group;
mod language;
mod map;
mod standalone;
mod svg;
mod table;

pub use error::PublishError;
pub use figure::{Drawing, Figure, Heading, Links, Source, Span};
pub use group::{GroupBand, group_badge};
pub use language::Lang;
pub use map::{Frame, Inset, Island, LocalName, MapGeometry, MapUnit};
pub use table::{Absence, Cell, Column, ColumnKind, Table};
