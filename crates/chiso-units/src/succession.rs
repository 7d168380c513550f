//! Which of the 63 provinces became which of the 34 on 2025-07-01.

use crate::UnitCode;
use crate::table::shipped;

/// The code in `provinces-34` of the unit that a unit of `provinces-63` became or joined; none for
/// a code that `provinces-63` does not have. Source: Resolution 202/2025/QH15.
pub fn successor(code_63: &str) -> Option<&'static UnitCode> {
    shipped().successors.get(code_63)
}

/// The codes in `provinces-63` of the units that form a unit of `provinces-34`, in order; empty for
/// a code that `provinces-34` does not have. Source: Resolution 202/2025/QH15.
pub fn predecessors(code_34: &str) -> &'static [UnitCode] {
    shipped()
        .predecessors
        .get(code_34)
        .map_or(&[], Vec::as_slice)
}
