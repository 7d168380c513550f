//! Importance: how much a part counts in its node, against how much its weight says.
//!
//! A weight is what one unit of a part's scale adds to the node; how much the node's *differences*
//! come from the part depends on its spread and its correlations too (Paruolo, Saisana and Saltelli,
//! JRSS A 176, 2013, seen second-hand).

use super::correlation::{Kind, correlation};

/// How much a part counts in its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// S = r²(part, node): the share of the node's variance that goes with the part in a straight
    /// line; NaN where r is not defined.
    pub linear: f64,
    /// η², the share of the node's variance that goes with the part in any shape; NaN where there are
    /// too few rows ([`correlation_ratio`]).
    pub any_shape: f64,
    /// S divided by the sum of S over the node's parts.
    pub share: f64,
    /// The part's weight divided by the sum of weights.
    pub nominal: f64,
}

/// The importance of each part in its node, with the parts' nominal weights.
pub fn importances(node: &[f64], parts: &[&[f64]], weights: &[f64]) -> Vec<Importance> {
    let linear: Vec<f64> = parts
        .iter()
        .map(|part| correlation(Kind::Pearson, part, node).coefficient.powi(2))
        .collect();
    let total: f64 = linear.iter().filter(|s| !s.is_nan()).sum();
    let weight: f64 = weights.iter().sum();
    let each = parts.iter().zip(linear.iter().zip(weights));
    each.map(|(part, (&linear, &own))| Importance {
        linear,
        any_shape: correlation_ratio(part, node).unwrap_or(f64::NAN),
        share: linear / total,
        nominal: own / weight,
    })
    .collect()
}

/// η² of `y` on `x`, corrected for the number of classes: 1 − (1 − SS_between/SS_total)·(n−1)/(n−k)
/// (T. L. Kelley's ε², PNAS 21, 1935), at least 0, at most 1. The classes are k = ⌊√n⌋ runs of rows in
/// the order of x, as equal in number as ties allow: equal values of x are one class.
///
/// None below nine shared rows, or where x or y is constant in them.
pub fn correlation_ratio(x: &[f64], y: &[f64]) -> Option<f64> {
    const FEWEST_ROWS: usize = 9;
    let both = x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let mut rows: Vec<(f64, f64)> = both.map(|(&a, &b)| (a, b)).collect();
    if rows.len() < FEWEST_ROWS {
        return None;
    }
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let count = rows.len() as f64;
    let mean = rows.iter().map(|row| row.1).sum::<f64>() / count;
    let total: f64 = rows.iter().map(|row| (row.1 - mean).powi(2)).sum();
    let (mut between, mut classes, mut from) = (0.0, 0usize, 0);
    let wanted = count.sqrt().floor() as usize;
    while from < rows.len() {
        let to = class_end(&rows, from, (classes + 1) * rows.len() / wanted);
        let size = (to - from) as f64;
        let own = rows[from..to].iter().map(|row| row.1).sum::<f64>() / size;
        between += size * (own - mean).powi(2);
        classes += 1;
        from = to;
    }
    if total == 0.0 || classes < 2 || classes >= rows.len() {
        return None;
    }
    let within = (1.0 - between / total) * (count - 1.0) / (count - classes as f64);
    Some((1.0 - within).clamp(0.0, 1.0))
}

/// Where the class that begins at `from` ends: at `wanted`, or past the ties there.
fn class_end(rows: &[(f64, f64)], from: usize, wanted: usize) -> usize {
    let mut to = wanted.clamp(from + 1, rows.len());
    while to < rows.len() && rows[to].0 == rows[to - 1].0 {
        to += 1;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_of_unequal_spread_are_not_equal_importances() {
        let wide: Vec<f64> = (0..30).map(|i| f64::from(i * 7 % 30)).collect();
        let narrow: Vec<f64> = (0..30).map(|i| f64::from(i * 11 % 30) / 10.0).collect();
        let node: Vec<f64> = wide
            .iter()
            .zip(&narrow)
            .map(|(a, b)| (a + b) / 2.0)
            .collect();
        let found = importances(&node, &[&wide, &narrow], &[1.0, 1.0]);
        assert_eq!(found[0].nominal, 0.5);
        assert!(found[0].share > 0.9 && found[1].share < 0.1);
        assert!((found[0].share + found[1].share - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_correlation_ratio_sees_a_curve_that_a_line_does_not() {
        let x: Vec<f64> = (-50..=50).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|v| v * v).collect();
        assert!(correlation(Kind::Pearson, &x, &y).coefficient.abs() < 1e-12);
        assert!(correlation_ratio(&x, &y).expect("enough rows") > 0.9);
    }

    #[test]
    fn the_correlation_ratio_needs_rows_and_variation() {
        assert_eq!(correlation_ratio(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(correlation_ratio(&[1.0; 20], &[2.0; 20]), None);
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(correlation_ratio(&x, &[2.0; 20]), None);
        assert_eq!(correlation_ratio(&[1.0; 20], &x), None);
    }
}
