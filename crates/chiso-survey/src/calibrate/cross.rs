//! The cells in which several classifications cross, numbered in order of first appearance.

use std::collections::HashMap;

/// Records grouped by their categories in all classifications at once.
#[derive(Debug, Clone)]
pub(super) struct Cross {
    /// The cross cell of each record.
    pub of_record: Vec<u32>,
    /// For each classification, the category of each cross cell.
    pub categories: Vec<Vec<u32>>,
}

impl Cross {
    /// Crosses `classifications` (each one category a record). Only cells with records exist, so
    /// many margins do not multiply out.
    pub fn new(classifications: &[&[u32]], records: usize) -> Self {
        let mut of_record = vec![0_u32; records];
        for classification in classifications {
            let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
            for (cell, category) in of_record.iter_mut().zip(*classification) {
                let next = numbers.len() as u32;
                *cell = *numbers.entry((*cell, *category)).or_insert(next);
            }
        }
        let cells = of_record.iter().max().map_or(0, |last| *last as usize + 1);
        let categories = classifications
            .iter()
            .map(|classification| {
                let mut of_cell = vec![0_u32; cells];
                for (cell, category) in of_record.iter().zip(*classification) {
                    of_cell[*cell as usize] = *category;
                }
                of_cell
            })
            .collect();
        Self {
            of_record,
            categories,
        }
    }

    /// Number of cross cells.
    pub fn len(&self) -> usize {
        self.categories.first().map_or(0, Vec::len)
    }

    /// Σ of a value of each record, by cross cell.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        super::adjustment::sum_by_category(values, &self.of_record, self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cells_with_records_exist_and_keep_their_categories() {
        let cross = Cross::new(&[&[0, 1, 0, 1], &[5, 5, 5, 2]], 4);
        assert_eq!(cross.of_record, [0, 1, 0, 2]);
        assert_eq!(cross.categories, [vec![0, 1, 1], vec![5, 5, 2]]);
        assert_eq!(cross.sums(&[1.0, 2.0, 3.0, 4.0]), [4.0, 2.0, 4.0]);
    }
}
