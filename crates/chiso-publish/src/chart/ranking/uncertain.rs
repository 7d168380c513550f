//! The rows of a ranking with errors: each score on its interval, each rank on its set.
//!
//! Always one column; on a phone a row has two lines, the words above the marks.

use maud::{Markup, html};

use super::told::error_words;
use super::{HEADING, Item, RankedUnit, Ranking, dot_class, heading, linked_row};
use crate::chart::uncertainty::{RankMark, confidence, percent, set_words, whisker};
use crate::chart::{Layout, finite};
use crate::svg::{Px, Scale, TEXT, extent, fit, plain};

/// Where the parts of a row stand.
struct Places {
    width: f64,
    /// Height of a row, and the middles of its words and of its marks.
    row: (f64, f64, f64),
    name: (f64, f64),
    /// Right end of the group's probability.
    probability: f64,
    /// Left and right end of the scores' strip.
    scores: (f64, f64),
    /// Right end of the score in digits.
    value: f64,
    /// Left and right end of the ranks' strip.
    ranks: (f64, f64),
    /// Right end of the rank set in digits; it stands on the line of the marks.
    set: f64,
    /// Height of the captions, and their baselines over words and over marks.
    captions: (f64, f64, f64),
}

const RANK: f64 = 24.0;

fn places(layout: &Layout) -> Places {
    if layout.is_wide() {
        return Places {
            width: layout.width,
            row: (24.0, 12.0, 12.0),
            name: (34.0, 140.0),
            probability: 238.0,
            scores: (254.0, 414.0),
            value: 466.0,
            ranks: (488.0, 668.0),
            set: 720.0,
            captions: (24.0, 14.0, 14.0),
        };
    }
    Places {
        width: layout.width,
        row: (44.0, 13.0, 31.0),
        name: (34.0, 196.0),
        probability: 296.0,
        scores: (34.0, 166.0),
        value: 360.0,
        ranks: (184.0, 306.0),
        set: 360.0,
        captions: (40.0, 14.0, 32.0),
    }
}

/// What the rows share.
struct Shared<'a> {
    input: &'a Ranking,
    places: Places,
    scale: Scale,
    ranked: u32,
}

/// Draws captions, headings and rows below each other.
pub(super) fn draw(input: &Ranking, items: &[Item], layout: &Layout) -> (f64, Markup) {
    let places = places(layout);
    let scores = input.units.iter().filter_map(|unit| finite(unit.score));
    let errors = input.units.iter().filter_map(|unit| unit.uncertainty);
    let bounds = errors
        .clone()
        .flat_map(|found| [found.interval.0, found.interval.1]);
    let (low, high) = extent(scores.chain(bounds)).unwrap_or((0.0, 1.0));
    let sets = errors.filter_map(|found| found.rank_set.map(|set| set.1));
    let ranks = input.units.iter().filter_map(|unit| unit.rank);
    let shared = Shared {
        input,
        scale: Scale::new(low, high, places.scores.0 + 5.0, places.scores.1 - 5.0),
        ranked: ranks.chain(sets).max().unwrap_or(1),
        places,
    };
    let mut y = shared.places.captions.0;
    let mut marks = vec![captions(&shared)];
    for item in items {
        marks.push(match item {
            Item::Heading(group, count) => {
                heading(input, *group, *count, 0.0, y, shared.places.width)
            }
            Item::Unit(unit) => row(&shared, unit, y),
        });
        y += match item {
            Item::Heading(..) => HEADING,
            Item::Unit(_) => shared.places.row.0,
        };
    }
    (y, html! { @for mark in &marks { (mark) } })
}

/// What stands in each place, above the first row.
fn captions(shared: &Shared<'_>) -> Markup {
    let (places, lang) = (&shared.places, shared.input.heading.lang);
    let (_, words, marks) = places.captions;
    let errors = shared.input.units.iter().find_map(|unit| unit.uncertainty);
    let sure = errors.map_or(String::new(), |found| confidence(lang, found.confidence));
    let interval = match lang {
        crate::Lang::Vi => format!("Khoảng {sure} của điểm"),
        crate::Lang::En => format!("{sure} interval"),
    };
    let set = match lang {
        crate::Lang::Vi => format!("Tập hạng {sure}"),
        crate::Lang::En => format!("{sure} rank set"),
    };
    let has_groups = !shared.input.groups.is_empty()
        && shared.input.units.iter().any(|unit| {
            unit.uncertainty
                .is_some_and(|found| found.group_probability.is_some())
        });
    html! {
        g class="captions" {
            @if has_groups {
                text class="end small soft" x=(Px(places.probability)) y=(Px(words)) { (lang.pick("Xác suất", "Probability")) }
            }
            text class="small soft" x=(Px(places.scores.0)) y=(Px(marks)) { (interval) }
            text class="end small soft" x=(Px(places.value)) y=(Px(words)) { (lang.pick("Điểm", "Score")) }
            text class="small soft" x=(Px(places.ranks.0)) y=(Px(marks)) { (set) }
        }
    }
}

fn row(shared: &Shared<'_>, unit: &RankedUnit, y: f64) -> Markup {
    let (input, places) = (shared.input, &shared.places);
    let lang = input.heading.lang;
    let (height, words, _) = places.row;
    let baseline = y + words + 4.5;
    let probability = unit.uncertainty.and_then(|found| found.group_probability);
    let marks = html! {
        rect class="row-hit" x="-4" y=(Px(y)) width=(Px(places.width + 8.0)) height=(Px(height)) rx="3" {}
        @if let Some(rank) = unit.rank {
            text class="end number soft small" x=(Px(RANK)) y=(Px(baseline)) { (rank) }
            " "
        }
        text class="name" x=(Px(places.name.0)) y=(Px(baseline)) { (plain(&fit(&unit.name, places.name.1, TEXT))) }
        " "
        @if let Some(probability) = probability {
            text class="end number soft small" x=(Px(places.probability)) y=(Px(baseline)) { (percent(lang, probability)) }
            " "
        }
        @if let Some(score) = finite(unit.score) {
            (strips(shared, unit, score, y + places.row.2))
            text class="end number" x=(Px(places.value)) y=(Px(baseline)) { (lang.number(score, input.decimals)) }
        }
    };
    linked_row(input, unit, &marks)
}

/// The score on its interval and the rank on its set.
fn strips(shared: &Shared<'_>, unit: &RankedUnit, score: f64, y: f64) -> Markup {
    let (input, places) = (shared.input, &shared.places);
    let words = error_words(input, unit);
    let words = Some(words.as_str()).filter(|words| !words.is_empty());
    let class = dot_class(input, unit);
    let set = unit.uncertainty.and_then(|found| found.rank_set);
    html! {
        // One text for all marks: each of its own would be read out again in the row's link.
        g {
            (crate::svg::mark_title(words))
            line class="rail" x1=(Px(places.scores.0)) x2=(Px(places.scores.1)) y1=(Px(y)) y2=(Px(y)) {}
            @if let Some(found) = unit.uncertainty { (whisker(&shared.scale, found.interval, y, None)) }
            circle class=(class) cx=(Px(shared.scale.at(score))) cy=(Px(y)) r="4.5" {}
            @if let Some(rank) = unit.rank {
                (RankMark { field: places.ranks, ranked: shared.ranked, rank, set, class: "dot-unit" }.draw(y, None))
            }
        }
        " "
        @if let Some(set) = set {
            text class="end number soft small" x=(Px(places.set)) y=(Px(y + 4.5)) { (set_words(set)) }
            " "
        }
    }
}
