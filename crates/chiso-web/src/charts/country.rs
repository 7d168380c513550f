//! All units at once.

use chiso_publish::Figure;
use chiso_publish::chart::{
    Choropleth, ChoroplethUnit, RankedUnit, Ranking, choropleth, ranking as draw,
};

use super::{Chart, heading, measure};
use crate::text;
use crate::view::View;

/// The map of the units that are shown; none where there is no map of them.
pub fn map(view: &View<'_>) -> Option<Figure> {
    let geometry = view.map()?;
    let unit = |unit: usize| ChoroplethUnit {
        code: view.scored.units[unit].to_string(),
        name: view.unit_name(unit).to_owned(),
        score: view.scored.score(view.node, unit),
        group: view.band(view.node, unit),
        href: Some(view.unit_page(&view.scored.units[unit])),
    };
    let title = text::map_title(view.lang, view.score_name(), view.units_word());
    Some(choropleth(&Choropleth {
        heading: heading(view, Chart::Map, title, measure(view)),
        geometry,
        units: (0..view.scored.units.len()).map(unit).collect(),
        groups: view.bands(view.node),
        score_name: view.score_name().to_owned(),
        decimals: view.few_decimals(),
        highlight: None,
    }))
}

/// The ranking of the units.
pub fn ranking(view: &View<'_>) -> Figure {
    let (node, scored) = (view.node, view.scored);
    let unit = |unit: usize| RankedUnit {
        code: scored.units[unit].to_string(),
        name: view.unit_name(unit).to_owned(),
        score: scored.score(node, unit),
        uncertainty: view.uncertainty(node, unit),
        rank: scored.rank(node, unit),
        group: view.band(node, unit),
        href: Some(view.unit_page(&scored.units[unit])),
    };
    let title = text::ranking_title(view.lang, scored.ranked(node), view.units_word());
    let mut figure = draw(&Ranking {
        heading: heading(view, Chart::Ranking, title, measure(view)),
        units: scored.ranking(node).into_iter().map(unit).collect(),
        groups: view.bands(node),
        score_name: view.score_name().to_owned(),
        decimals: view.few_decimals(),
        highlight: None,
    });
    figure.notes.extend(group_note(view));
    figure
}

/// How the groups were made, and that this was worked out from results where it was.
fn group_note(view: &View<'_>) -> Option<String> {
    let cut = view.scored.version.cut(view.scored.edition)?;
    view.scored.group_boundaries(view.node)?;
    let rule = view.scored.version.group.as_ref()?;
    let own = rule.editions.get(&view.scored.edition);
    let inferred = own.map_or(rule.inferred, |own| own.inferred);
    Some(text::group_note(view.lang, cut, inferred))
}
