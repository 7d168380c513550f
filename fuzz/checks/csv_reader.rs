//! What must hold for the reader of delimited text, whatever the bytes.

use arrow_array::RecordBatch;
use chiso_tables::{OpenOptions, Table, TableError};

/// The first byte chooses the options; the rest is the file.
///
/// Where it opens, it must give the same table however it is cut into parts, and as many rows as
/// the `csv` crate reads in one go.
pub fn check(data: &[u8]) {
    let Some((&choice, text)) = data.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("answers.csv");
    std::fs::write(&path, text).expect("a temporary file");
    let delimiter = [b',', b';', b'\t', b'|'][usize::from(choice & 3)];
    let options = |part_bytes| OpenOptions {
        delimiter: Some(delimiter),
        decimal_comma: choice & 4 != 0,
        missing: if choice & 8 != 0 {
            Vec::new()
        } else {
            OpenOptions::default().missing
        },
        part_bytes,
        ..OpenOptions::default()
    };
    let whole = Table::open(&path, &options(1 << 20));
    let cut = Table::open(&path, &options(1 + usize::from(choice >> 4)));
    match (whole, cut) {
        (Ok(whole), Ok(cut)) => {
            assert_eq!(whole.schema(), cut.schema());
            assert_eq!(whole.row_count(), cut.row_count());
            let rows = content(&whole).expect("what was surveyed can be read");
            assert_eq!(rows, content(&cut).expect("what was surveyed can be read"));
            assert_eq!(whole.row_count(), Some(reference_rows(text, delimiter)));
        }
        (Err(_), Err(_)) => {}
        (whole, cut) => panic!("opened whole: {whole:?}; opened in parts: {cut:?}"),
    }
    // The delimiter guessed: only that nothing panics.
    if let Ok(table) = Table::open(&path, &OpenOptions::default()) {
        content(&table).expect("what was surveyed can be read");
    }
}

/// All rows as text, one line each.
fn content(table: &Table) -> Result<Vec<String>, TableError> {
    let columns: Vec<usize> = (0..table.schema().fields().len()).collect();
    let mut rows = Vec::new();
    for part in 0..table.parts() {
        let mut count = 0;
        for batch in table.read_part(part, &columns, 3)? {
            let batch: RecordBatch = batch?;
            count += batch.num_rows() as u64;
            for row in 0..batch.num_rows() {
                rows.push(format!("{:?}", batch.slice(row, 1).columns()));
            }
        }
        assert_eq!(table.part_rows(part), Some(count));
    }
    Ok(rows)
}

fn reference_rows(text: &[u8], delimiter: u8) -> u64 {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text);
    let records = reader.byte_records();
    records.filter(|record| record.is_ok()).count() as u64
}
