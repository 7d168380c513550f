//! One unit: against the others and its own past.

use std::collections::BTreeMap;

use chiso_index::{Edition, NodeIndex, Scored};
use chiso_publish::Figure;
use chiso_publish::chart::{
    ProfileDots, ProfileRow, RankSetRow, RankSets, Trend, TrendBreak, TrendPoint, profile_dots,
    rank_sets as draw_sets, trend as draw,
};

use super::{Chart, heading};
use crate::text;
use crate::view::View;

/// A unit's score in the parts of the node that is shown, beside the median, the best and its own
/// score in the edition before, where that measured the same node.
pub fn profile(view: &View<'_>, unit: usize) -> Figure {
    let name = view.unit_name(unit);
    let earlier = earlier_scores(view, unit);
    let explained = view.explained(unit);
    let row = |&node: &NodeIndex| {
        let summary = view.scored.summary(node);
        let (min, max) = view.bounds(node);
        ProfileRow {
            code: view.scored.version.tree.node(node).code.clone(),
            name: view.node_name(node).to_owned(),
            min,
            max,
            score: view.scored.score(node, unit),
            uncertainty: view.uncertainty(node, unit),
            previous: earlier
                .get(&view.scored.version.tree.node(node).code)
                .copied(),
            is_beyond_chance: explained
                .as_ref()
                .and_then(|explained| {
                    explained.against_chance(&view.scored.version.tree.node(node).code)
                })
                .map(|(_, is_beyond)| is_beyond),
            median: summary.map(|summary| summary.median),
            best: summary.map(|summary| summary.best),
            best_unit: summary.map(|summary| view.unit_name(summary.best_unit).to_owned()),
        }
    };
    let title = text::profile_title(view.lang, name, view.units_word());
    profile_dots(&ProfileDots {
        heading: heading(view, Chart::Profile, title, view.edition_name()),
        unit: name.to_owned(),
        previous_name: view
            .previous()
            .filter(|_| !earlier.is_empty())
            .map(|previous| previous.edition.to_string()),
        rows: view.parts().iter().map(row).collect(),
        decimals: view.few_decimals(),
    })
}

/// A unit's rank in total and in the parts of the node that is shown, each on its rank set; none
/// where no error is known.
pub fn rank_sets(view: &View<'_>, unit: usize) -> Option<Figure> {
    let row = |&node: &NodeIndex| RankSetRow {
        code: view.scored.version.tree.node(node).code.clone(),
        name: if node == view.scored.root() {
            text::TOTAL_SCORE.of(view.lang).to_owned()
        } else {
            view.node_name(node).to_owned()
        },
        rank: view.scored.rank(node, unit),
        // Numbers of units are far below this limit.
        ranked: u32::try_from(view.scored.ranked(node)).unwrap_or(u32::MAX),
        uncertainty: view.uncertainty(node, unit),
        group: view.group_name(node, unit),
        is_total: node == view.node,
    };
    let rows: Vec<RankSetRow> = std::iter::once(&view.node)
        .chain(view.parts())
        .map(row)
        .collect();
    rows.iter().find(|row| row.uncertainty.is_some())?;
    let title = text::rank_sets_title(view.lang, view.unit_name(unit));
    let measure = text::rank_sets_measure(view.lang, &view.confidence(), &view.edition_name());
    Some(draw_sets(&RankSets {
        heading: heading(view, Chart::RankSets, title, measure),
        rows,
    }))
}

/// The unit's scores in the edition before by node code, of nodes that measured the same.
fn earlier_scores(view: &View<'_>, unit: usize) -> BTreeMap<String, f64> {
    let explained = view.explained(unit);
    let parts = explained
        .iter()
        .flat_map(|explained| &explained.change.contributions);
    let comparable = parts.filter(|part| part.comparability.is_score_comparable());
    comparable
        .filter_map(|part| part.from.map(|score| (part.code.clone(), score)))
        .collect()
}

/// A unit's score of the node that is shown over all editions.
pub fn trend(view: &View<'_>, unit: usize) -> Figure {
    let code = &view.scored.units[unit];
    let node_code = &view.scored.version.tree.node(view.node).code;
    let point = |(edition, scored): &(Edition, Option<&Scored>)| {
        let at = scored.and_then(|scored| Some((scored, scored.version.tree.find(node_code)?)));
        let cell = at.and_then(|(scored, node)| Some((scored, node, scored.unit(code)?)));
        let summary = at.and_then(|(scored, node)| scored.summary(node));
        TrendPoint {
            edition: edition.to_string(),
            score: cell.and_then(|(scored, node, unit)| scored.score(node, unit)),
            rank: cell.and_then(|(scored, node, unit)| scored.rank(node, unit)),
            median: summary.map(|summary| summary.median),
            best: summary.map(|summary| summary.best),
            worst: summary.map(|summary| summary.worst),
        }
    };
    let name = view.unit_name(unit);
    let timeline = view.timeline();
    let editions: Vec<i32> = timeline.iter().map(|(edition, _)| edition.0).collect();
    let title = text::trend_title(view.lang, name, &editions);
    let mut figure = draw(&Trend {
        heading: heading(view, Chart::Trend, title, measure_over_time(view)),
        unit: name.to_owned(),
        points: timeline.iter().map(point).collect(),
        breaks: breaks(view),
        decimals: view.few_decimals(),
    });
    figure.notes.extend(few_note(view, &timeline));
    figure
}

/// That the median and the extremes are of few units, where they are.
fn few_note(view: &View<'_>, timeline: &[(Edition, Option<&Scored>)]) -> Option<String> {
    let scored = timeline.iter().filter_map(|(_, scored)| *scored);
    let known = scored.map(|scored| (scored.ranked(scored.root()), scored.units.len()));
    let least = known.min_by_key(|(ranked, _)| *ranked);
    let (ranked, all) = least.filter(|(ranked, all)| ranked * 4 < all * 3)?;
    Some(text::few_in_trend(
        view.lang,
        ranked,
        all,
        view.units_word(),
    ))
}

/// The breaks that the index states for the node that is shown.
pub fn breaks(view: &View<'_>) -> Vec<TrendBreak> {
    let code = &view.scored.version.tree.node(view.node).code;
    let here = view
        .pack()
        .breaks
        .iter()
        .filter(|found| found.node == *code);
    let timeline = view.timeline();
    let known = here.filter(|found| timeline.iter().any(|(edition, _)| *edition == found.from));
    known
        .map(|found| TrendBreak {
            edition: found.from.to_string(),
            reason: view.say(&found.reason).to_owned(),
        })
        .collect()
}

/// The measure without edition and scale: a line runs through all editions, and scales change.
pub fn measure_over_time(view: &View<'_>) -> String {
    format!("{}, {}", view.score_name(), view.short_name())
}
