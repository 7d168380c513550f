//! Columns and lines of text, at most [`WIDTH`] letters wide.

use super::Language;

/// The greatest width of a line.
pub(super) const WIDTH: usize = 100;

/// The text, cut with an ellipsis to a width.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short + "…"
}

/// The text at the left of a column.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{:<width$}", cut(text, width))
}

/// The text at the right of a column; a number that is wider pushes the line rather than be cut.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{text:>width$}")
}

/// Words put into lines, the first after `first`, the others indented as far.
pub(super) fn wrapped(first: &str, text: &str) -> Vec<String> {
    let indent = first.chars().count();
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let width = line.chars().count() + usize::from(!is_empty) + word.chars().count();
        if !is_empty && width > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// A printed number in the language's own form: Vietnamese has a comma before the decimals.
pub(super) fn number(digits: String, language: Language) -> String {
    match language {
        Language::En => digits,
        Language::Vi => digits.replace('.', ","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_to_the_width_of_its_column() {
        assert_eq!(cut("Tham gia của người dân", 9), "Tham gia…");
        assert_eq!(left("Đà", 4), "Đà  ");
    }

    #[test]
    fn wrapped_lines_are_not_wider_than_the_page() {
        let lines = wrapped("  1.1  ", &"chỉ số nội dung ".repeat(30));
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        let indent = lines[1].len() - lines[1].trim_start().len();
        assert_eq!(indent, "  1.1  ".len());
    }
}
