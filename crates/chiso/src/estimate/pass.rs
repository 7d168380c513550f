//! One pass over files of answers: parts are read and reduced on all processors, and merged in
//! their order, so that the same files give the same bytes whatever the number of processors.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;

use anyhow::{Context, Result};
use chiso_survey::plan::{Block, ItemSums, Plan};
use chiso_survey::sums::{Rows, Sample};
use chiso_tables::{Batches, Table};
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

/// Rows of a block: a column of answers of that many bytes stays in the processor's cache.
const BLOCK_ROWS: usize = 65_536;

/// A part of a file.
struct Part<'a> {
    table: &'a Table,
    part: usize,
    first_row: u64,
}

/// Reduces the files, which must have the same columns, as if they were one.
///
/// `advance` is told of rows as they are done.
///
/// # Errors
/// What is wrong with a file, or with the design it shows.
pub fn reduce(
    tables: &[Table],
    plan: &Plan,
    threads: usize,
    advance: impl Fn(u64) + Sync,
) -> Result<(Sample, Option<Rows>)> {
    let parts = parts(tables);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let pace = Pace::new(2 * threads);
    // Fewer parts than processors: the columns of a part are shared out instead.
    let readers = if parts.len() >= threads {
        1
    } else {
        4 * threads
    };
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.min(parts.len()) {
            let sender = sender.clone();
            let (parts, next, stop, pace) = (&parts, &next, &stop, &pace);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= parts.len() || !pace.wait(place, stop) {
                        return;
                    }
                    let blocks = reduce_part(plan, &parts[place], readers);
                    if sender.send((place, blocks)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let outcome = merge(plan, &parts, &receiver, &pace, &advance);
        // Whoever still works must not wait for a merger that has stopped.
        stop.store(true, Ordering::Relaxed);
        pace.wake();
        outcome
    })
}

fn parts(tables: &[Table]) -> Vec<Part<'_>> {
    let mut first_row = 0;
    let mut parts = Vec::new();
    for table in tables {
        for part in 0..table.parts() {
            parts.push(Part {
                table,
                part,
                first_row,
            });
            first_row += table.part_rows(part).unwrap_or(0);
        }
    }
    parts
}

/// Keeps the readers from running far ahead of the merger, so that memory stays bounded.
struct Pace {
    merged: Mutex<usize>,
    changed: Condvar,
    ahead: usize,
}

impl Pace {
    fn new(ahead: usize) -> Pace {
        Pace {
            merged: Mutex::new(0),
            changed: Condvar::new(),
            ahead,
        }
    }

    /// Waits for a part's turn; false if there is to be none.
    fn wait(&self, place: usize, stop: &AtomicBool) -> bool {
        let merged = self
            .merged
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let too_early =
            |merged: &mut usize| place >= *merged + self.ahead && !stop.load(Ordering::Relaxed);
        let waited = self.changed.wait_while(merged, too_early);
        drop(waited.unwrap_or_else(std::sync::PoisonError::into_inner));
        !stop.load(Ordering::Relaxed)
    }

    fn merged(&self) {
        *self
            .merged
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    fn wake(&self) {
        let guard = self
            .merged
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        drop(guard);
        self.changed.notify_all();
    }
}

type Reduced = (usize, Result<Vec<Block>>);

fn merge(
    plan: &Plan,
    parts: &[Part<'_>],
    receiver: &mpsc::Receiver<Reduced>,
    pace: &Pace,
    advance: &impl Fn(u64),
) -> Result<(Sample, Option<Rows>)> {
    let mut pass = plan.pass();
    let mut waiting: BTreeMap<usize, Result<Vec<Block>>> = BTreeMap::new();
    let mut turn = 0;
    for (place, blocks) in receiver {
        waiting.insert(place, blocks);
        while let Some(blocks) = waiting.remove(&turn) {
            for block in blocks? {
                let file = || parts[turn].table.path().display().to_string();
                pass.merge(&block).with_context(file)?;
                advance(block.rows());
            }
            turn += 1;
            pace.merged();
        }
    }
    let file = || {
        let first = parts.first().map(|part| part.table.path());
        first.map_or_else(String::new, |path| path.display().to_string())
    };
    pass.finish().with_context(file)
}

fn reduce_part(plan: &Plan, part: &Part<'_>, readers: usize) -> Result<Vec<Block>> {
    if readers <= 1 {
        return reduce_in_one(plan, part);
    }
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
fn reduce_in_one(plan: &Plan, part: &Part<'_>) -> Result<Vec<Block>> {
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
    fn next(
        &mut self,
        plan: &Plan,
        block: &chiso_survey::plan::OpenBlock,
    ) -> Result<Vec<ItemSums>> {
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
