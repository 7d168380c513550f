//! One pass over files of answers: parts are read and reduced on all processors, and merged in
//! their order, so that the same files give the same bytes whatever the number of processors.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;

use anyhow::{Context, Result};
use chiso_survey::plan::{Block, Plan};
use chiso_survey::sums::{Rows, Sample};
use chiso_tables::Table;
use rayon::ThreadPool;

use super::part::{self, Part};

/// Reduces the files, which must have the same columns, as if they were one.
///
/// `advance` is told of rows as they are done. Must not be called from within the pool, whose
/// threads share out the columns of large parts.
///
/// # Errors
/// What is wrong with a file, or with the design it shows.
pub fn reduce(
    tables: &[Table],
    plan: &Plan,
    pool: &ThreadPool,
    advance: impl Fn(u64) + Sync,
) -> Result<(Sample, Option<Rows>)> {
    let parts = parts(tables);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let threads = pool.current_num_threads();
    let pace = Pace::new(2 * threads);
    // Fewer parts than processors: the columns of a part are shared out instead.
    let shared = parts.len() < threads;
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
                    let blocks = part::reduce(plan, &parts[place], shared.then_some(pool));
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
