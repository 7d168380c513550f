//! What must hold for the readers of binary formats, whatever the bytes.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int8Type};
use arrow_array::{Array, RecordBatch};
use chiso_tables::{OpenOptions, Table, TableError};

/// The first byte chooses the format; the rest is the file.
///
/// Where it opens, every part must have the rows that it says or say what is wrong, and a column
/// read as codes must have the values that it has as an array.
pub fn check(data: &[u8]) {
    let Some((&choice, content)) = data.split_first() else {
        return;
    };
    let ending = ["parquet", "sav", "dta", "xlsx"][usize::from(choice & 3)];
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(format!("answers.{ending}"));
    std::fs::write(&path, content).expect("a temporary file");
    let Ok(table) = Table::open(&path, &OpenOptions::default()) else {
        return;
    };
    let columns: Vec<usize> = (0..table.schema().fields().len()).collect();
    for &column in &columns {
        let _ = table.labels(column);
    }
    // A damaged file may claim any number of parts and rows; the first ones show enough.
    for part in 0..table.parts().min(8) {
        let Ok(rows) = read(&table, part, &columns) else {
            continue;
        };
        if let Some(said) = table.part_rows(part) {
            assert_eq!(said, rows);
        }
        for &column in &columns {
            compare_codes(&table, part, column);
        }
    }
}

fn read(table: &Table, part: usize, columns: &[usize]) -> Result<u64, TableError> {
    let mut rows = 0;
    for batch in table.read_part(part, columns, 1000)? {
        rows += batch?.num_rows() as u64;
    }
    Ok(rows)
}

fn compare_codes(table: &Table, part: usize, column: usize) {
    let Ok(Some(coded)) = table.read_codes(part, column) else {
        return;
    };
    let batches: Result<Vec<RecordBatch>, _> = table
        .read_part(part, &[column], 1000)
        .and_then(|batches| batches.collect());
    let Ok(batches) = batches else {
        return;
    };
    let mut codes = coded.codes.iter();
    for batch in batches {
        let array = batch.column(0);
        for row in 0..array.len() {
            let code = usize::from(*codes.next().expect("a code for each row"));
            let value = coded.values.get(code);
            assert_eq!(value.is_none(), array.is_null(row));
            let Some(value) = value else {
                continue;
            };
            if let Some(array) = array.as_primitive_opt::<Int8Type>() {
                assert_eq!(*value as i8, array.value(row));
            } else if let Some(array) = array.as_primitive_opt::<Float64Type>() {
                assert_eq!(value.to_bits(), array.value(row).to_bits());
            }
        }
    }
    assert!(codes.next().is_none());
}
