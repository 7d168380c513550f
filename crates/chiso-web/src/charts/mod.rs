//! The charts of the site: a view becomes the input of a drawing.
//!
//! Each has an address of its own, under which its drawing and its numbers can be had alone.

mod country;
mod parts;
mod several;
mod single;

use chiso_publish::{Figure, Heading, Links};
use maud::Markup;

pub use parts::points;

use crate::text;
use crate::view::View;

/// A chart of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// The country by unit.
    Map,
    /// Units in the order of their scores.
    Ranking,
    /// A unit's scores against the others and its own past.
    Profile,
    /// A unit's ranks with the ranks that sampling error allows.
    RankSets,
    /// A unit's score over the editions.
    Trend,
    /// What made up the change from the edition before.
    Contributions,
    /// What a unit lost.
    Losses,
    /// Several units in every part of the index.
    Compare,
    /// Several units over the editions.
    CompareTrend,
}

impl Chart {
    /// All of them.
    pub const ALL: [Chart; 9] = [
        Chart::Map,
        Chart::Ranking,
        Chart::Profile,
        Chart::RankSets,
        Chart::Trend,
        Chart::Contributions,
        Chart::Losses,
        Chart::Compare,
        Chart::CompareTrend,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Chart::Map => "map",
            Chart::Ranking => "ranking",
            Chart::Profile => "profile",
            Chart::RankSets => "rank-sets",
            Chart::Trend => "trend",
            Chart::Contributions => "contributions",
            Chart::Losses => "losses",
            Chart::Compare => "compare",
            Chart::CompareTrend => "compare-trend",
        }
    }

    /// The chart of a name in an address.
    pub fn named(name: &str) -> Option<Chart> {
        Chart::ALL.into_iter().find(|chart| chart.name() == name)
    }
}

/// The figure of a chart; none where the view has no such figure: no map of the units, no unit named,
/// no errors, or no edition before.
///
/// `units` are places in the edition's units.
pub fn figure(view: &View<'_>, chart: Chart, units: &[usize]) -> Option<Figure> {
    let first = units.first().copied();
    let mut figure = match chart {
        Chart::Map => country::map(view)?,
        Chart::Ranking => country::ranking(view),
        Chart::Profile => single::profile(view, first?),
        Chart::RankSets => single::rank_sets(view, first?)?,
        Chart::Trend => single::trend(view, first?),
        Chart::Contributions => parts::contributions(view, first?)?,
        Chart::Losses => parts::losses(view, first?)?,
        Chart::Compare => several::dots(view, some(units)?),
        Chart::CompareTrend => several::trend(view, some(units)?),
    };
    figure.table.metadata = metadata(view, &figure.heading);
    Some(figure)
}

fn some(units: &[usize]) -> Option<&[usize]> {
    (!units.is_empty()).then_some(units)
}

/// The figure as it stands on a page, with the addresses of its other forms; nothing where there is
/// none.
pub fn markup(view: &View<'_>, chart: Chart, units: &[usize], level: u8) -> Option<Markup> {
    Some(figure(view, chart, units)?.to_html_with_heading(&links(view, chart, units), level))
}

/// The addresses of a chart's forms.
pub fn links(view: &View<'_>, chart: Chart, units: &[usize]) -> Links {
    let codes: Vec<&str> = units
        .iter()
        .map(|&unit| &*view.scored.units[unit])
        .collect();
    let (address, query) = view.chart_address(chart.name(), &codes);
    Links::at(&address, &query)
}

fn heading(view: &View<'_>, chart: Chart, title: String, subtitle: String) -> Heading {
    Heading {
        id: chart.name().to_owned(),
        lang: view.lang,
        title,
        subtitle: Some(subtitle),
        source: view.source(),
    }
}

/// `Total score, 8–80, X 2024`.
fn measure(view: &View<'_>) -> String {
    let scale = view
        .range(view.node)
        .map(|range| text::on_scale(view.lang, &range));
    let parts = [
        Some(view.score_name().to_owned()),
        scale,
        Some(view.edition_name()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn metadata(view: &View<'_>, heading: &Heading) -> Vec<(String, String)> {
    let pack = view.pack();
    let pairs = [
        ("source", heading.source.text.clone()),
        ("source_address", pack.source.clone()),
        ("licence", pack.licence.clone()),
        ("index", pack.id.clone()),
        ("version", view.scored.version.id.clone()),
        ("edition", view.scored.edition.to_string()),
        (
            "units",
            view.derived_list()
                .or(pack.units.as_deref())
                .unwrap_or_default()
                .to_owned(),
        ),
        (
            "program",
            concat!("chiso ", env!("CARGO_PKG_VERSION")).to_owned(),
        ),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
