//! What holds for any study of a method.

mod common;
mod faults;
mod runs;
