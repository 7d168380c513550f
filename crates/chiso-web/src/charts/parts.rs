//! What a unit's score is made of: what changed it, and what is missing from it.
//!
//! The numbers come from `chiso-explain`; nothing is computed here but the point's place.

use chiso_explain::{Gap, Loss, losses as explain_losses};
use chiso_publish::Figure;
use chiso_publish::chart::{
    Contribution, Contributions, Losses, contributions as draw, losses as draw_losses,
};

use super::{Chart, heading};
use crate::text;
use crate::view::View;

/// The change of a unit's total from the edition before, split over the parts of the index; none
/// where there is no such change.
pub fn contributions(view: &View<'_>, unit: usize) -> Option<Figure> {
    let explained = view.explained(unit)?;
    let change = &explained.change;
    let node = |part: &chiso_explain::Contribution| Contribution {
        code: part.code.clone(),
        name: view.say(&part.name).to_owned(),
        depth: part.depth - 1,
        change: part.contribution_ticks.map(points),
        is_comparable: part.comparability.is_comparable(),
    };
    let below = change.contributions.iter().filter(|part| part.depth > 0);
    let title = text::contributions_title(view.lang, view.unit_name(unit));
    let subtitle = text::contributions_measure(view.lang, change.from.0, change.to.0);
    Some(draw(&Contributions {
        heading: heading(view, Chart::Contributions, title, subtitle),
        nodes: below.map(node).collect(),
        total: Some(points(change.change_ticks)),
        total_name: text::TOTAL_SCORE.of(view.lang).to_owned(),
        decimals: view.few_decimals(),
    }))
}

/// What a unit lost at the leaves against the maximum and the best unit, in points of the total and
/// the greatest loss first; none for a unit without scores.
pub fn losses(view: &View<'_>, unit: usize) -> Option<Figure> {
    let mut found = explain_losses(view.scored, &view.scored.units[unit]).ok()?;
    found.retain(|loss| loss.depth == 1);
    found.sort_by_key(|loss| std::cmp::Reverse(loss.to_maximum.map_or(0, ticks)));
    let node = |loss: &Loss| {
        let (best, to_best) = &loss.to_best;
        let names: Vec<&str> = best.iter().map(|code| name(view, code)).collect();
        chiso_publish::chart::Loss {
            code: loss.code.clone(),
            name: view.say(&loss.name).to_owned(),
            depth: 0,
            to_maximum: loss.to_maximum.map(|gap| points(ticks(gap))),
            to_best: Some(points(ticks(*to_best))),
            best_unit: Some(names.join(", ")),
        }
    };
    if found.is_empty() {
        return None;
    }
    let title = text::losses_title(view.lang, view.unit_name(unit));
    Some(draw_losses(&Losses {
        heading: heading(
            view,
            Chart::Losses,
            title,
            text::losses_measure(view.lang, &view.edition_name()),
        ),
        nodes: found.iter().map(node).collect(),
        decimals: view.few_decimals(),
    }))
}

fn name<'a>(view: &View<'a>, code: &str) -> &'a str {
    view.scored
        .unit(code)
        .map_or("", |unit| view.unit_name(unit))
}

/// A gap in points of the total where it has one there, else of the node.
fn ticks(gap: Gap) -> i64 {
    gap.total_ticks.unwrap_or(gap.ticks)
}

/// Ticks as points.
pub fn points(ticks: i64) -> f64 {
    ticks as f64 / 10f64.powi(i32::from(chiso_explain::DECIMALS))
}
