//! Vietnam's provinces as measured units: who they are, under which code, what became of them.
//!
//! One job: turn a code or any usual spelling into a unit of a stated list, say which old unit
//! became which new one, and bring values of the old units to the new by a stated rule.
//! It never reads a file or a clock, and never guesses: what is unknown or ambiguous is an error
//! that names the closest units. The tables are compiled in; their sources stand in
//! `data/README.md` beside this crate.
//!
//! The same code can mean different things in different lists: `08` is Tuyên Quang before
//! 2025-07-01, and Tuyên Quang with Hà Giang after. So a code is always read within a [`UnitList`].
//!
//! ```
//! use chiso_units::{UnitList, successor};
//!
//! let list = UnitList::by_id("provinces-63").expect("a shipped list");
//! let unit = list.find("tinh hung yen")?;
//! assert_eq!((unit.code.as_str(), unit.name.vi.as_str()), ("33", "Hưng Yên"));
//! assert_eq!(successor("34").map(|code| code.as_str()), Some("33"));
//! # Ok::<(), chiso_units::LookupError>(())
//! ```

mod code;
mod fold;
mod list;
mod lookup;
mod merge;
mod sort;
mod succession;
mod table;
mod unit;

pub use code::UnitCode;
pub use fold::fold;
pub use list::UnitList;
pub use lookup::{Former, LookupError, Suggestion};
pub use merge::{Derivation, Lacking, MergeError, Merged, Rule, merge_values};
pub use sort::{SortKey, sort_key_vi};
pub use succession::{predecessors, successor};
pub use table::TableError;
pub use unit::{Kind, KindPeriod, Name, Unit};
