//! Totals and ranks that come back from simulated answers, against those of the published scores.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use chiso_index::Observations;
use chiso_index::numbers::median;
use chiso_index::observations::read_csv;
use chiso_index::score::score_edition;
use chiso_index::{Pack, Scored};
use serde_json::{Value, json};

use super::Published;
use crate::files;

/// How many published totals and ranks the intervals and rank sets hold.
pub struct Totals {
    units: usize,
    totals_inside: usize,
    ranks_inside: usize,
    ranks_inside_together: usize,
    mean_width: f64,
    different: usize,
    pairs: usize,
    median_degrees: f64,
}

/// Compares the scores of simulated answers with the published scores of the same units.
///
/// # Errors
/// When the published scores cannot be scored.
pub fn totals(pack: &Pack, published: &Published, scored: &Scored) -> Result<Totals> {
    let truth = score_edition(
        pack,
        files::unit_list(pack),
        &observations(pack, published)?,
        published.edition,
    )?;
    let truth = truth.context("no published scores")?;
    let root = scored.root();
    let mut totals = Totals {
        units: 0,
        totals_inside: 0,
        ranks_inside: 0,
        ranks_inside_together: 0,
        mean_width: 0.0,
        different: 0,
        pairs: 0,
        median_degrees: f64::NAN,
    };
    let mut degrees = Vec::new();
    for code in published.scores.keys() {
        let (Some(unit), Some(other)) = (scored.unit(code), truth.unit(code)) else {
            continue;
        };
        let known = scored.interval(root, unit).zip(truth.score(root, other));
        let ranks = scored.rank_set(root, unit).zip(truth.rank(root, other));
        let together = scored
            .simultaneous_rank_set(root, unit)
            .zip(truth.rank(root, other));
        let (Some(((low, high), total)), Some(((best, worst), rank))) = (known, ranks) else {
            continue;
        };
        totals.units += 1;
        degrees.push(scored.degrees_of_freedom(unit));
        totals.totals_inside += usize::from((low..=high).contains(&total));
        totals.ranks_inside += usize::from((best..=worst).contains(&rank));
        totals.ranks_inside_together += usize::from(
            together.is_some_and(|((best, worst), rank)| (best..=worst).contains(&rank)),
        );
        totals.mean_width += f64::from(worst - best + 1);
    }
    totals.mean_width /= totals.units.max(1) as f64;
    totals.median_degrees = median(&degrees).unwrap_or(f64::NAN);
    if let Some(compared) = scored.compared() {
        (totals.different, totals.pairs) = compared.different();
    }
    Ok(totals)
}

/// The published leaf scores as observations: of the units that the answers are of, so that ranks
/// are among the same.
fn observations(pack: &Pack, published: &Published) -> Result<Observations> {
    let mut text = "edition,unit,node,value\n".to_owned();
    for (unit, scores) in &published.scores {
        for (leaf, score) in published.leaves.iter().zip(scores) {
            let code = &published.version.tree.node(*leaf).code;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{},{unit},{code},{score}", published.edition);
        }
    }
    let read = read_csv(
        pack,
        files::unit_list(pack),
        "published scores",
        text.as_bytes(),
    );
    read.map_err(|problem| anyhow::anyhow!("{problem}"))
}

impl Totals {
    /// In words, for a person.
    pub fn text(&self) -> String {
        let Totals { units, .. } = self;
        format!(
            "SIMULATED totals: {} of {units} published totals are inside their 95 % intervals,\n\
             {} of {units} published ranks inside their 95 % rank sets ({} inside the sets that hold together);\n\
             a rank set has {:.1} places on average, and {} of {} pairs truly differ: with {} degrees of freedom in the\n\
             median unit, so small a sample ranks few.\n",
            self.totals_inside,
            self.ranks_inside,
            self.ranks_inside_together,
            self.mean_width,
            self.different,
            self.pairs,
            self.median_degrees
        )
    }

    /// For the provenance.
    pub fn json(&self) -> Value {
        json!({
            "units": self.units,
            "published_totals_inside_intervals": self.totals_inside,
            "published_ranks_inside_rank_sets": self.ranks_inside,
            "published_ranks_inside_simultaneous_rank_sets": self.ranks_inside_together,
            "mean_places_of_a_rank_set": self.mean_width,
            "pairs_that_truly_differ": self.different,
            "pairs": self.pairs,
            "median_degrees_of_freedom": self.median_degrees,
        })
    }
}
