//! Several units beside each other.

use chiso_index::NodeIndex;
use chiso_publish::Figure;
use chiso_publish::chart::{
    CompareDots, CompareRow, CompareSeries, CompareTrend, compare_dots, compare_trend,
};

use super::single::{breaks, measure_over_time};
use super::{Chart, heading};
use crate::text;
use crate::view::View;

/// Several units in the parts of the node that is shown.
pub fn dots(view: &View<'_>, units: &[usize]) -> Figure {
    let row = |&node: &NodeIndex| {
        let (min, max) = view.bounds(node);
        CompareRow {
            code: view.scored.version.tree.node(node).code.clone(),
            name: view.node_name(node).to_owned(),
            min,
            max,
            scores: units
                .iter()
                .map(|&unit| view.scored.score(node, unit))
                .collect(),
        }
    };
    let title = text::compare_title(view.lang, &names(view, units));
    compare_dots(&CompareDots {
        heading: heading(view, Chart::Compare, title, view.edition_name()),
        units: units
            .iter()
            .map(|&unit| {
                (
                    view.scored.units[unit].to_string(),
                    view.unit_name(unit).to_owned(),
                )
            })
            .collect(),
        rows: view.parts().iter().map(row).collect(),
        decimals: view.few_decimals(),
    })
}

/// Several units over all editions, at the node that is shown.
pub fn trend(view: &View<'_>, units: &[usize]) -> Figure {
    let node_code = &view.scored.version.tree.node(view.node).code;
    let timeline = view.timeline();
    let series = |&unit: &usize| {
        let code = &view.scored.units[unit];
        let scores = timeline.iter().map(|(_, scored)| {
            let scored = (*scored)?;
            scored.score(scored.version.tree.find(node_code)?, scored.unit(code)?)
        });
        CompareSeries {
            code: code.to_string(),
            name: view.unit_name(unit).to_owned(),
            scores: scores.collect(),
        }
    };
    let editions: Vec<i32> = timeline.iter().map(|(edition, _)| edition.0).collect();
    let title = text::trend_title(view.lang, &names(view, units), &editions);
    compare_trend(&CompareTrend {
        heading: heading(view, Chart::CompareTrend, title, measure_over_time(view)),
        editions: editions.iter().map(i32::to_string).collect(),
        series: units.iter().map(series).collect(),
        breaks: breaks(view),
        decimals: view.few_decimals(),
    })
}

fn names(view: &View<'_>, units: &[usize]) -> String {
    let names: Vec<&str> = units.iter().map(|&unit| view.unit_name(unit)).collect();
    text::listed(view.lang, &names)
}
