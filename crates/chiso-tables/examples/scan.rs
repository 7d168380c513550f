//! Reads every column of every part of a table and says how long that took: what any computation
//! on the file has to wait for.
//!
//! `cargo run --release -p chiso-tables --example scan -- FILE [THREADS [codes]]`; with `codes`,
//! columns that are stored as codes are read as such.

use std::time::Instant;

use chiso_tables::{OpenOptions, Table};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which FILE?")?;
    let threads = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let as_codes = arguments.next().is_some_and(|text| text == "codes");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;

    let began = Instant::now();
    let table = pool.install(|| Table::open(&path, &OpenOptions::default()))?;
    let opened = began.elapsed();
    let columns: Vec<usize> = (0..table.schema().fields().len()).collect();
    let by_column = table.is_columnar();
    let tasks: Vec<(usize, &[usize])> = (0..table.parts())
        .flat_map(|part| {
            let size = if by_column { 1 } else { columns.len() };
            columns.chunks(size).map(move |chosen| (part, chosen))
        })
        .collect();
    let values: usize = pool.install(|| {
        tasks
            .par_iter()
            .map(|&(part, chosen)| {
                if as_codes && let Some(column) = table.read_codes(part, chosen[0])? {
                    return Ok(column.codes.len());
                }
                table
                    .read_part(part, chosen, 65_536)?
                    .try_fold(0, |sum, batch| {
                        Ok(sum + batch.map(|b| b.num_rows() * b.num_columns())?)
                    })
            })
            .sum::<Result<usize, chiso_tables::TableError>>()
    })?;
    println!(
        "{path}: {} rows, {} columns, {} parts, {values} values; {threads} thread(s): opened in {opened:.1?}, all in {:.1?}",
        table.row_count().unwrap_or_default(),
        columns.len(),
        table.parts(),
        began.elapsed(),
    );
    Ok(())
}
