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
            Absence::NotScored => lang.pick("không chấm điểm", "no score"),
        }
    }
}

impl Table {
    /// The table as HTML: caption, column and row headings with their scope, in a box that scrolls
    /// sideways on a narrow screen and can be reached by keyboard.
    ///
    /// `id` must be unique on the page; it names the box for screen readers.
    pub fn to_html(&self, lang: Lang, id: &str) -> Markup {
        let caption_id = format!("{id}-caption");
        html! {
            div class="table-wrap" role="region" tabindex="0" aria-labelledby=(caption_id) {
                table {
                    caption id=(caption_id) { (self.caption) }
                    thead { tr {
                        @for column in &self.columns {
                            th scope="col" class=[numeric(column)] { (column.title) }
                        }
                    } }
                    tbody {
                        @for row in &self.rows { tr {
                            @for (index, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                                @if index == 0 {
                                    th scope="row" class=[numeric(column)] { (cell_html(cell, column, lang)) }
                                } @else {
                                    td class=[numeric(column)] { (cell_html(cell, column, lang)) }
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

fn numeric(column: &Column) -> Option<&'static str> {
    (column.kind != ColumnKind::Text).then_some("number")
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
