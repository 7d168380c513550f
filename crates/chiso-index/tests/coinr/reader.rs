//! The reference tables are read whole.

use crate::common::{Wide, meta, reference};

#[test]
fn the_raw_table_has_51_units_and_49_leaves_in_the_tree_of_11_aggregates() {
    if reference().is_none() {
        return;
    }
    let (raw, meta) = (Wide::read("base_raw").unwrap(), meta().unwrap());
    assert_eq!((raw.units.len(), raw.codes.len()), (51, 49));
    let leaves: Vec<_> = meta
        .iter()
        .filter(|node| node.level == 1)
        .map(|node| &node.code)
        .collect();
    assert_eq!(leaves, raw.codes.iter().collect::<Vec<_>>());
    assert_eq!(meta.len(), 60);
    assert_eq!(
        raw.columns
            .iter()
            .flatten()
            .filter(|value| value.is_nan())
            .count(),
        63
    );
}
