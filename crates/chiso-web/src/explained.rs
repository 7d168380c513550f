//! What changed a unit's score, kept once it was asked for: splitting a rank over the parts of an index
//! takes longer than the rest of a page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chiso_explain::{Attention, Change, attention, change};

use crate::view::View;

/// The change of a unit from the edition before, and what is to be analysed first.
#[derive(Debug)]
pub struct Explained {
    /// The change.
    pub change: Change,
    /// The nodes to be analysed first.
    pub attention: Vec<Attention>,
}

impl Explained {
    /// Whether the change of the total is beyond chance; none where an error is not known. That the
    /// editions may have measured different things is told beside it.
    pub fn total_is_beyond_chance(&self) -> Option<bool> {
        Some(self.change.error().known()?.is_significant)
    }

    /// The change of a node's own score and whether it is beyond chance; none where the editions
    /// measured different things or an error is not known.
    pub fn against_chance(&self, code: &str) -> Option<(f64, bool)> {
        let parts = self.change.contributions.iter();
        let mut comparable = parts.filter(|part| part.comparability.is_score_comparable());
        let part = comparable.find(|part| part.code == code)?;
        let change = part.to? - part.from?;
        Some((change, part.change_error.known()?.is_significant))
    }
}

/// Index, list of units, edition and unit.
type Key = (String, Option<String>, i32, String);

/// Most changes that are kept; the memory of a page's change is about 20 kB.
const MOST_KEPT: usize = 1000;

/// The changes that were asked for.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<Key, Option<Arc<Explained>>>>);

impl Kept {
    /// The change of a unit from the edition before; none where there is no edition before or no
    /// total in one of the two.
    pub fn explained(&self, view: &View<'_>, unit: usize) -> Option<Arc<Explained>> {
        let list = view.derived_list().map(str::to_owned);
        let edition = view.scored.edition.0;
        let key = (
            view.pack().id.clone(),
            list,
            edition,
            view.scored.units[unit].to_string(),
        );
        // What is behind the lock is whole at any time, also after a panic elsewhere.
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept().get(&key) {
            return found.clone();
        }
        let found = explain(view, unit).map(Arc::new);
        let mut kept = kept();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(key, found.clone());
        found
    }
}

fn explain(view: &View<'_>, unit: usize) -> Option<Explained> {
    let (from, to) = (view.previous()?.edition, view.scored.edition);
    let code = &view.scored.units[unit];
    Some(Explained {
        change: change(view.panel(), from, to, code).ok()?,
        attention: attention(view.panel(), from, to, code).ok()?,
    })
}
