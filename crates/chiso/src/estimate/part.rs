//! One part of a file, read and reduced: from codes where its columns are stored so, else by one
//! reader for all columns, or by several where there are fewer parts than processors.

use std::ops::Range;

use anyhow::{Context, Result};
use arrow_array::{Float64Array, RecordBatch};
use chiso_survey::plan::{Block, ItemSums, OpenBlock, Plan};
use chiso_tables::{Batches, CodedColumn, Table};
use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

/// Rows of a block: a column of answers of that many bytes stays in the processor's cache.
const BLOCK_ROWS: usize = 65_536;
/// A part of at most so many rows is one block, read column by column.
const WHOLE_PART_ROWS: u64 = 524_288;

/// A part of a file.
pub struct Part<'a> {
    pub table: &'a Table,
    pub part: usize,
    pub first_row: u64,
}

impl Part<'_> {
    fn shown(&self) -> String {
        self.table.path().display().to_string()
    }
}

/// Reduces a part; with a pool, its columns are shared out.
///
/// # Errors
/// What is wrong with the file, or with the design it shows.
pub fn reduce(plan: &Plan, part: &Part<'_>, pool: Option<&ThreadPool>) -> Result<Vec<Block>> {
    let rows = part.table.part_rows(part.part).unwrap_or(u64::MAX);
    if part.table.is_columnar()
        && rows <= WHOLE_PART_ROWS
        && let Some(blocks) = by_columns(plan, part, rows as usize, pool)?
    {
        return Ok(blocks);
    }
    match pool {
        Some(pool) => pool.install(|| in_groups(plan, part, 4 * pool.current_num_threads())),
        None => in_one(plan, part),
    }
}

/// The whole part as one block, each column by itself; none if the head comes in pieces.
fn by_columns(
    plan: &Plan,
    part: &Part<'_>,
    rows: usize,
    pool: Option<&ThreadPool>,
) -> Result<Option<Vec<Block>>> {
    let Some(head) = whole(part, plan.head_columns(), rows)? else {
        return Ok(None);
    };
    let block = plan
        .open(part.first_row, &head)
        .with_context(|| part.shown())?;
    let one = |item: usize| by_column(plan, part, &block, item, rows);
    let sums: Result<Vec<Option<ItemSums>>> = match pool {
        Some(pool) => pool.install(|| {
            let items = (0..plan.items()).into_par_iter();
            items.map(one).collect::<Result<Vec<_>>>()
        }),
        None => (0..plan.items()).map(one).collect(),
    };
    let Some(sums) = sums?.into_iter().collect() else {
        return Ok(None);
    };
    Ok(Some(vec![plan.close(block, sums)?]))
}

/// Columns of a part as one batch; none if they come in several.
fn whole(part: &Part<'_>, columns: &[usize], rows: usize) -> Result<Option<RecordBatch>> {
    let mut batches = part.table.read_part(part.part, columns, rows.max(1))?;
    let batch = batches.next().transpose()?;
    Ok(batch.filter(|batch| batch.num_rows() == rows))
}

fn by_column(
    plan: &Plan,
    part: &Part<'_>,
    block: &OpenBlock,
    item: usize,
    rows: usize,
) -> Result<Option<ItemSums>> {
    if let Some(column) = plan.coded_column(item)
        && let Some(coded) = part.table.read_codes(part.part, column)?
        && let Some(values) = values_of(part.table, column, &coded)
        // A value that fails may be one that no row has; the rows themselves will tell.
        && let Ok(sums) = plan.reduce_codes(block, item, &coded.codes, &values)
    {
        return Ok(Some(sums));
    }
    match whole(part, plan.item_columns(item), rows)? {
        Some(batch) => Ok(Some(
            plan.reduce(block, item, &batch)
                .with_context(|| part.shown())?,
        )),
        None => Ok(None),
    }
}

/// What the codes of a column stand for, as a column of the same type: the values, and after them
/// a missing one.
fn values_of(table: &Table, column: usize, coded: &CodedColumn) -> Option<RecordBatch> {
    let field = table.schema().field(column).clone().with_nullable(true);
    let values = coded.values.iter().copied().map(Some).chain([None]);
    let numbers: Float64Array = values.collect();
    let values = arrow_cast::cast(&numbers, field.data_type()).ok()?;
    let schema = arrow_schema::Schema::new(vec![field]);
    RecordBatch::try_new(std::sync::Arc::new(schema), vec![values]).ok()
}

/// Columns shared out to several readers, block by block.
fn in_groups(plan: &Plan, part: &Part<'_>, readers: usize) -> Result<Vec<Block>> {
    let Part {
        table,
        part: place,
        first_row,
    } = *part;
    let head = table.read_part(place, plan.head_columns(), BLOCK_ROWS)?;
    let mut groups = open_groups(plan, table, place, readers)?;
    let mut blocks = Vec::new();
    let mut first_row = first_row;
    for batch in head {
        let batch = batch?;
        let block = plan
            .open(first_row, &batch)
            .with_context(|| table.path().display().to_string())?;
        let sums: Vec<Vec<ItemSums>> = groups
            .par_iter_mut()
            .map(|group| group.next(plan, &block))
            .collect::<Result<_>>()
            .with_context(|| table.path().display().to_string())?;
        first_row += batch.num_rows() as u64;
        blocks.push(plan.close(block, sums.into_iter().flatten().collect())?);
    }
    Ok(blocks)
}

/// All columns by one reader.
fn in_one(plan: &Plan, part: &Part<'_>) -> Result<Vec<Block>> {
    let Part {
        table,
        part: place,
        mut first_row,
    } = *part;
    let shown = || table.path().display().to_string();
    let mut columns = plan.head_columns().to_vec();
    let mut items = Vec::with_capacity(plan.items());
    for item in 0..plan.items() {
        let places: Vec<usize> = plan
            .item_columns(item)
            .iter()
            .map(|column| {
                columns
                    .iter()
                    .position(|known| known == column)
                    .unwrap_or_else(|| {
                        columns.push(*column);
                        columns.len() - 1
                    })
            })
            .collect();
        items.push(places);
    }
    let head: Vec<usize> = (0..plan.head_columns().len()).collect();
    let mut blocks = Vec::new();
    for batch in table.read_part(place, &columns, BLOCK_ROWS)? {
        let batch = batch?;
        let block = plan
            .open(first_row, &batch.project(&head)?)
            .with_context(shown)?;
        let sums = items
            .iter()
            .enumerate()
            .map(|(item, places)| Ok(plan.reduce(&block, item, &batch.project(places)?)?))
            .collect::<Result<Vec<_>>>()
            .with_context(shown)?;
        first_row += batch.num_rows() as u64;
        blocks.push(plan.close(block, sums)?);
    }
    Ok(blocks)
}

/// Items that one reader reads.
struct Group {
    items: Range<usize>,
    /// For each item, the places of its columns among the reader's.
    places: Vec<Vec<usize>>,
    batches: Batches,
}

impl Group {
    fn next(&mut self, plan: &Plan, block: &OpenBlock) -> Result<Vec<ItemSums>> {
        let batch = self.batches.next().context(
            "found fewer rows in a column than in the design's columns; expected as many",
        )??;
        self.items
            .clone()
            .zip(&self.places)
            .map(|(item, places)| Ok(plan.reduce(block, item, &batch.project(places)?)?))
            .collect()
    }
}

fn open_groups(plan: &Plan, table: &Table, part: usize, readers: usize) -> Result<Vec<Group>> {
    let size = plan.items().div_ceil(readers).max(1);
    let mut groups = Vec::new();
    let mut start = 0;
    while start < plan.items() {
        let items = start..(start + size).min(plan.items());
        let mut columns: Vec<usize> = Vec::new();
        let mut places = Vec::new();
        for item in items.clone() {
            let mut of_item = Vec::new();
            for column in plan.item_columns(item) {
                let known = columns.iter().position(|known| known == column);
                of_item.push(known.unwrap_or(columns.len()));
                if known.is_none() {
                    columns.push(*column);
                }
            }
            places.push(of_item);
        }
        let batches = table.read_part(part, &columns, BLOCK_ROWS)?;
        groups.push(Group {
            items: items.clone(),
            places,
            batches,
        });
        start = items.end;
    }
    Ok(groups)
}
