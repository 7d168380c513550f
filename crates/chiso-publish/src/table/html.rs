//! Tables on a page.

use maud::{Markup, html};

use super::{Absence, Cell, Column, ColumnKind, Table};
use crate::group::group_badge;
use crate::language::Lang;

impl Absence {
    /// What a reader sees in the place of a value.
    fn words(&self, lang: Lang) -> &'static str {
        match self {
            Absence::Missing => lang.pick("không có số liệu", "no data"),
            Absence::NotApplicable => lang.pick("không áp dụng", "not applicable"),
            Absence::NotComparable => lang.pick("không so sánh được", "not comparable"),
            Absence::NotScored => lang.pick("không có điểm", "no score"),
        }
    }
}

impl Table {
    /// The table as HTML: caption, column and row headings with their scope, in a box that scrolls
    /// sideways on a narrow screen and can be reached by keyboard.
    ///
    /// `id` must be unique on the page; it names the box for screen readers.
    pub fn to_html(&self, lang: Lang, id: &str) -> Markup {
        let classes = column_classes(self);
        let caption_id = format!("{id}-caption");
        html! {
            div class="table-wrap" role="region" tabindex="0" aria-labelledby=(caption_id) {
                table {
                    caption id=(caption_id) { (self.caption) }
                    thead { tr {
                        @for (column, class) in self.columns.iter().zip(&classes) {
                            th scope="col" class=[*class] { (column.title) }
                        }
                    } }
                    tbody {
                        @for row in &self.rows { tr {
                            @for (index, ((cell, column), class)) in row.iter().zip(&self.columns).zip(&classes).enumerate() {
                                @if index == 0 {
                                    th scope="row" class=[*class] { (cell_html(cell, column, lang)) }
                                } @else {
                                    td class=[*class] { (cell_html(cell, column, lang)) }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }

    /// The table inside a closed `<details>`, opened by its summary.
    pub fn to_html_collapsed(&self, lang: Lang, id: &str) -> Markup {
        html! {
            details class="figure-table" {
                summary { (lang.pick("Xem bảng số liệu", "Show the table")) }
                (self.to_html(lang, id))
            }
        }
    }
}

/// `number` for numbers and texts of numbers such as `12–25`, `words` for sentences, which need room
/// to be readable.
fn column_classes(table: &Table) -> Vec<Option<&'static str>> {
    const SENTENCE: usize = 28;
    let is_long = |index: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(index)?.words());
        cells.map(|words| words.chars().count()).max() > Some(SENTENCE)
    };
    let are_figures = |index: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(index)?.words());
        let figures = |words: &str| {
            words
                .chars()
                .all(|c| c.is_ascii_digit() || "+−–.,<>%\u{a0}".contains(c))
        };
        let first = cells.next().is_some_and(figures);
        first && cells.all(figures)
    };
    let class = |(index, column): (usize, &Column)| match column.kind {
        ColumnKind::Text if are_figures(index) => Some("number"),
        ColumnKind::Text => is_long(index).then_some("words"),
        _ => Some("number"),
    };
    table.columns.iter().enumerate().map(class).collect()
}

fn cell_html(cell: &Cell, column: &Column, lang: Lang) -> Markup {
    let decimals = match column.kind {
        ColumnKind::Number { decimals } => decimals,
        _ => 2,
    };
    if let Some(absence) = cell.absence() {
        return html! { span class="absent" { (absence.words(lang)) } };
    }
    html! {
        @match cell {
            Cell::Text(text) => { (text) },
            Cell::Link { text, href } => { a href=(href) { (text) } },
            Cell::Group { index, of, name } => { (group_badge(*index, *of, name)) },
            Cell::Number(value) => { (lang.number(*value, decimals)) },
            Cell::Integer(value) => { (lang.integer(*value)) },
            Cell::Empty(_) => {},
        }
    }
}
