//! A ranking in words and as a table.

use super::{RankedUnit, Ranking, has_errors};
use crate::chart::finite;
use crate::chart::uncertainty::{
    interval_words, percent, probability_cell, probability_column, rank_cells, rank_columns,
    rank_words, score_cells, score_columns,
};
use crate::language::Lang;
use crate::table::{Absence, Cell, Column, Table};

fn words(input: &Ranking, unit: &RankedUnit) -> String {
    let lang = input.heading.lang;
    let rank = unit
        .rank
        .map(|rank| format!("{rank}. "))
        .unwrap_or_default();
    let score = match finite(unit.score) {
        Some(score) => lang.number(score, input.decimals),
        None => lang.pick("không có điểm", "no score").to_string(),
    };
    let group = unit
        .group
        .and_then(|index| input.groups.get(index))
        .map(|band| format!(", {}", band.name));
    let errors = unit
        .uncertainty
        .map(|_| format!(" ({})", error_words(input, unit)));
    format!(
        "{rank}{}: {score}{}{}",
        unit.name,
        group.unwrap_or_default(),
        errors.unwrap_or_default()
    )
}

/// What sampling error leaves open of a unit, in words; nothing where that is not known.
pub(super) fn error_words(input: &Ranking, unit: &RankedUnit) -> String {
    let lang = input.heading.lang;
    let Some(found) = &unit.uncertainty else {
        return String::new();
    };
    let probability = found.group_probability.map(|probability| {
        let name = lang.pick("xác suất của nhóm", "probability of the group");
        format!("{name} {}", percent(lang, probability))
    });
    let parts = [
        Some(interval_words(lang, found, input.decimals)),
        unit.rank.map(|rank| rank_words(lang, rank, found)),
        probability,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

pub(super) fn description(input: &Ranking) -> String {
    let lang = input.heading.lang;
    let scored: Vec<&RankedUnit> = input
        .units
        .iter()
        .filter(|unit| finite(unit.score).is_some())
        .collect();
    let (Some(first), Some(last)) = (scored.first(), scored.last()) else {
        return lang
            .pick("Không có điểm nào.", "No unit has a score.")
            .to_string();
    };
    let top: Vec<String> = scored
        .iter()
        .take(3)
        .map(|unit| words(input, unit))
        .collect();
    let without = input.units.len() - scored.len();
    let span = finite(first.score).unwrap_or_default() - finite(last.score).unwrap_or_default();
    let mut text = match lang {
        Lang::Vi => format!(
            "{} đơn vị có điểm. Dẫn đầu: {}. Cuối bảng: {}.",
            scored.len(),
            top.join("; "),
            words(input, last)
        ),
        Lang::En => format!(
            "{} units are scored. Leading: {}. Last: {}.",
            scored.len(),
            top.join("; "),
            words(input, last)
        ),
    };
    text.push_str(&match lang {
        Lang::Vi => format!(" Khoảng cách {} điểm.", lang.number(span, input.decimals)),
        Lang::En => format!(" The gap is {} points.", lang.number(span, input.decimals)),
    });
    if without > 0 {
        text.push_str(&match lang {
            Lang::Vi => format!(" {without} đơn vị không có điểm."),
            Lang::En => format!(" {without} without a score."),
        });
    }
    text
}

pub(super) fn table(input: &Ranking) -> Table {
    let lang = input.heading.lang;
    let errors = has_errors(input);
    let mut columns = vec![
        Column::text("name", lang.pick("Đơn vị", "Unit")),
        Column::text("unit", lang.pick("Mã", "Code")),
        Column::integer("rank", lang.pick("Hạng", "Rank")),
    ];
    if errors {
        columns.extend(rank_columns(lang));
    }
    let score = Column::number("score", input.score_name.clone(), input.decimals);
    columns.push(score);
    if errors {
        columns.extend(score_columns(lang, input.decimals));
    }
    columns.push(Column::text("group", lang.pick("Nhóm", "Group")));
    if errors {
        columns.push(probability_column(lang));
    }
    let mut table = Table::new(input.heading.title.clone(), columns);
    table.metadata = vec![("source".to_string(), input.heading.source.text.clone())];
    let rows = input.units.iter();
    table.rows = rows.map(|unit| table_row(input, unit, errors)).collect();
    table
}

fn table_row(input: &Ranking, unit: &RankedUnit, errors: bool) -> Vec<Cell> {
    let found = unit.uncertainty.as_ref();
    let mut row = vec![
        match &unit.href {
            Some(href) => Cell::Link {
                text: unit.name.clone(),
                href: href.clone(),
            },
            None => Cell::text(unit.name.clone()),
        },
        Cell::text(unit.code.clone()),
        Cell::integer_or(unit.rank.map(i64::from), Absence::NotScored),
    ];
    if errors {
        row.extend(rank_cells(found));
    }
    row.push(Cell::number_or(unit.score, Absence::NotScored));
    if errors {
        row.extend(score_cells(found));
    }
    let band = unit
        .group
        .and_then(|index| Some((index, input.groups.get(index)?)));
    row.push(match band {
        Some((index, band)) => Cell::Group {
            index,
            of: input.groups.len(),
            name: band.name.clone(),
        },
        None => Cell::Empty(Absence::NotScored),
    });
    if errors {
        row.push(probability_cell(found));
    }
    row
}
