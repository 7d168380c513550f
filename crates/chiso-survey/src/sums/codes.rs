//! Sums of a column of few distinct values, from a code for each row: the weights of each code
//! are added up, and the values come in once a group.

use super::moments::{ColumnError, Moments, Rows};

/// Codes are bytes, so that every one is a place in such a table.
const CODES: usize = 256;
/// Tables side by side let the processor add without waiting for the last addition.
const LANES: usize = 4;
/// A run of fewer rows than this for each code is summed row by row.
const ROWS_WORTH_A_TABLE: usize = 2;

/// What each code of a column stands for: a value, or none.
#[derive(Debug, Clone)]
pub struct CodeTable {
    values: [f64; CODES],
    /// 1 where the code stands for a value, else 0.
    present: [f64; CODES],
    missing: Vec<u8>,
    used: usize,
}

impl CodeTable {
    /// The values of the codes 0, 1, …; at most 256.
    ///
    /// # Errors
    /// When there are more values than codes, or one is not finite.
    pub fn new(values: &[Option<f64>]) -> Result<CodeTable, ColumnError> {
        if values.len() > CODES {
            return Err(ColumnError::Length {
                found: values.len(),
                expected: CODES,
            });
        }
        let mut table = CodeTable {
            values: [0.0; CODES],
            present: [0.0; CODES],
            missing: Vec::new(),
            used: values.len(),
        };
        for (code, value) in values.iter().enumerate() {
            match value {
                Some(value) if value.is_finite() => {
                    table.values[code] = *value;
                    table.present[code] = 1.0;
                }
                Some(value) => {
                    return Err(ColumnError::NotFinite {
                        row: code,
                        found: *value,
                    });
                }
                None => table.missing.push(code as u8),
            }
        }
        Ok(table)
    }
}

/// Sums for each group. Codes beyond the table's values stand for none.
///
/// # Errors
/// When there is not a code for each row.
pub(crate) fn moments_of_codes(
    rows: Rows<'_>,
    codes: &[u8],
    table: &CodeTable,
) -> Result<Vec<Moments>, ColumnError> {
    if codes.len() != rows.weights.len() {
        return Err(ColumnError::Length {
            found: codes.len(),
            expected: rows.weights.len(),
        });
    }
    let mut sums = vec![Moments::default(); rows.groups];
    let mut tables = [[0.0; CODES]; LANES];
    for run in rows.runs {
        let range = run.start as usize..run.end as usize;
        let (codes, weights) = (&codes[range.clone()], &rows.weights[range]);
        let mut part = if codes.len() >= ROWS_WORTH_A_TABLE * table.used {
            by_code(codes, weights, table, &mut tables)
        } else {
            by_row(codes, weights, table)
        };
        part.n = count(codes, weights, table, rows.zero_weights);
        sums[run.group as usize].add(&part);
    }
    Ok(sums)
}

fn by_code(
    codes: &[u8],
    weights: &[f64],
    table: &CodeTable,
    tables: &mut [[f64; CODES]; LANES],
) -> Moments {
    for lane in tables.iter_mut() {
        lane[..table.used].fill(0.0);
    }
    let code_blocks = codes.chunks_exact(LANES);
    let weight_blocks = weights.chunks_exact(LANES);
    let rest = code_blocks
        .remainder()
        .iter()
        .zip(weight_blocks.remainder());
    for (codes, weights) in code_blocks.zip(weight_blocks) {
        for lane in 0..LANES {
            tables[lane][codes[lane] as usize] += weights[lane];
        }
    }
    for (code, weight) in rest {
        tables[0][*code as usize] += weight;
    }
    let mut sums = Moments::default();
    for code in 0..table.used {
        let weight: f64 = tables.iter().map(|lane| lane[code]).sum();
        let (weight, y) = (weight * table.present[code], table.values[code]);
        sums.w += weight;
        sums.wy += weight * y;
        sums.wyy += weight * y * y;
    }
    sums
}

fn by_row(codes: &[u8], weights: &[f64], table: &CodeTable) -> Moments {
    let mut sums = Moments::default();
    for (code, weight) in codes.iter().zip(weights) {
        let weight = weight * table.present[*code as usize];
        let y = table.values[*code as usize];
        sums.w += weight;
        sums.wy += weight * y;
        sums.wyy += weight * y * y;
    }
    sums
}

/// Rows with a value and a positive weight.
fn count(codes: &[u8], weights: &[f64], table: &CodeTable, zero_weights: bool) -> f64 {
    if zero_weights {
        let rows = codes.iter().zip(weights);
        let counted = rows.filter(|(c, w)| **w > 0.0 && table.present[**c as usize] > 0.0);
        return counted.count() as f64;
    }
    let missing: usize = table
        .missing
        .iter()
        .map(|missing| codes.iter().filter(|code| *code == missing).count())
        .sum();
    (codes.len() - missing) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sums::moments::{Run, moments};
    use arrow_array::Int8Array;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_give_the_sums_of_their_values(
            rows in prop::collection::vec((0_u8..5, 0.0..9.0_f64, 0_u32..3), 1..120),
        ) {
            let weights: Vec<f64> = rows.iter().map(|row| row.1.floor()).collect();
            let runs: Vec<Run> = rows
                .iter()
                .enumerate()
                .map(|(at, row)| Run { start: at as u32, end: at as u32 + 1, group: row.2 })
                .collect();
            let joined = vec![Run { start: 0, end: rows.len() as u32, group: 1 }];
            let codes: Vec<u8> = rows.iter().map(|row| row.0).collect();
            let meaning = [Some(7), None, Some(-2), Some(0), None];
            let column: Int8Array = codes.iter().map(|code| meaning[*code as usize]).collect();
            let table = CodeTable::new(&meaning.map(|value| value.map(f64::from))).unwrap();
            for runs in [runs, joined] {
                for zero_weights in [false, true] {
                    let rows = Rows { runs: &runs, groups: 3, weights: &weights, zero_weights };
                    let expected = moments(rows, &column).unwrap();
                    prop_assert_eq!(moments_of_codes(rows, &codes, &table).unwrap(), expected);
                }
            }
        }
    }

    #[test]
    fn a_value_that_is_not_finite_is_refused() {
        assert!(CodeTable::new(&[Some(1.0), Some(f64::NAN)]).is_err());
    }
}
