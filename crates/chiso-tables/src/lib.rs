//! Reads a table of answers from a file as Arrow columns, and never computes with them.
//!
//! | format | endings | parts | a single column is cheap |
//! |---|---|---|---|
//! | [`Format::Csv`] | `.csv` `.tsv` `.txt` | runs of whole records | no |
//! | [`Format::Parquet`] | `.parquet` `.pq` | row groups | yes |
//! | [`Format::Spss`] | `.sav` `.zsav` | one | no |
//! | [`Format::Stata`] | `.dta` | runs of rows | no |
//! | [`Format::Xlsx`] | `.xlsx` | one | yes, once it is open |
//!
//! [`Table::open`] looks at the file's first bytes as well as at its ending, learns the columns
//! and their types, and says what is wrong before anything is computed. [`Table::read_part`] then
//! gives batches of the columns asked for; parts are independent of each other, so that a caller
//! may read them from many threads.
//!
//! ```
//! use chiso_tables::{OpenOptions, Table};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("answers.csv");
//! std::fs::write(&path, "province,weight,d101\nHà Nội,1.5,1\nHuế,0.5,NA\n")?;
//!
//! let table = Table::open(&path, &OpenOptions::default())?;
//! assert_eq!(table.row_count(), Some(2));
//! let answer = table.column("d101").ok_or("no such column")?;
//! for part in 0..table.parts() {
//!     for batch in table.read_part(part, &[answer], 65_536)? {
//!         assert_eq!(batch?.column(0).null_count(), 1);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batches;
mod csv;
mod cursor;
mod dta;
mod error;
mod file;
mod guard;
mod labels;
mod options;
mod parquet;
mod sav;
mod table;
mod text;
mod xlsx;

pub use crate::parquet::CodedColumn;
pub use batches::Batches;
pub use error::TableError;
pub use labels::{LabelledValue, ValueLabels};
pub use options::{ColumnType, Format, OpenOptions};
pub use table::Table;
