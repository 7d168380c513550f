//! The same text means the same here and in Apache DataFusion: over a table of fixed expressions
//! and over random ones on random tables.

mod compare;
mod differences;
mod fixed;
mod oracle;
mod random;
mod table;
