//! chiso
fn main() {}
