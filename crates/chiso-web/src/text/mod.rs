//! Every text of the site, both languages side by side.

mod about;
mod errors;
mod figures;
mod pages;
mod recipe;

use chiso_publish::Lang;

pub use about::*;
pub use errors::*;
pub use figures::*;
pub use pages::*;
pub use recipe::step;

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    vi: &'static str,
    en: &'static str,
}

impl Pair {
    /// The text in a language.
    pub fn of(self, lang: Lang) -> &'static str {
        lang.pick(self.vi, self.en)
    }
}

const fn pair(vi: &'static str, en: &'static str) -> Pair {
    Pair { vi, en }
}

/// The name of the site.
pub const SITE_NAME: &str = "Chiso";

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $vi:literal, $en:literal;)*) => {
        $($(#[$doc])* #[allow(missing_docs)] pub const $name: $crate::text::Pair = $crate::text::pair($vi, $en);)*
    };
}
pub(crate) use texts;

texts! {
    SKIP: "Đến nội dung", "Skip to content";
    NAVIGATION: "Chính", "Main";
    LANGUAGE: "Ngôn ngữ", "Language";
    OVERVIEW: "Tổng quan", "Overview";
    COMPARE: "So sánh", "Compare";
    ABOUT: "Chỉ số", "The index";
    DATA: "Số liệu", "Data";
    SHOW: "Xem", "Show";
    INDEX: "Chỉ số", "Index";
    EDITION: "Năm", "Edition";
    NODE: "Nội dung", "Part of the index";
    UNITS: "Đơn vị hành chính", "Units";
    SCORE: "Điểm", "Score";
    TOTAL_SCORE: "Tổng điểm", "Total score";
    RANK: "Hạng", "Rank";
    GROUP: "Nhóm", "Group";
    MEDIAN: "Trung vị", "Median";
    BEST: "Cao nhất", "Highest";
    WORST: "Thấp nhất", "Lowest";
    DERIVED: "Suy ra", "Derived";
    INFERRED: "suy luận", "inferred";
    WHERE: "Bạn đang ở", "You are here";
    SOURCE: "Nguồn", "Source";
    SIMULATED: "Khảo sát MÔ PHỎNG", "SIMULATED survey";
    SIMULATED_BANNER:
        "Không ai đã trả lời như vậy. Điểm, sai số, hạng và nhóm trên trang này chỉ cho thấy chương trình làm gì với sai số; chúng không nói gì về đơn vị nào.",
        "Nobody gave these answers. The scores, errors, ranks and groups on this page only show what the program makes of errors; they say nothing about any unit.";
    FOOTER_ABOUT:
        "Chiso tính lại, giải thích và công bố các chỉ số chính thức. Mọi trang chạy không cần JavaScript, không cookie, không theo dõi.",
        "Chiso recomputes, explains and publishes official indices. Every page works without JavaScript, without cookies, without tracking.";
    FOOTER_DATA:
        "Số liệu thuộc về các đơn vị công bố nêu dưới mỗi hình. Bản đồ chỉ là sơ đồ.",
        "The figures are those of the publishers named under each figure. The maps are schematic.";
    NOT_FOUND: "Không tìm thấy trang", "This page was not found";
    NOT_FOUND_LEDE:
        "Địa chỉ này không dẫn đến trang nào: có thể năm, chỉ số hoặc mã đơn vị không có ở đây.",
        "This address leads to no page: perhaps the edition, the index or the code of the unit is not here.";
    GO_ON: "Bạn có thể xem", "You can go on to";
    FAULT: "Trang này không dựng được", "This page could not be made";
    FAULT_LEDE:
        "Máy chủ gặp lỗi khi dựng trang. Lỗi đã được ghi lại.",
        "The server failed to make this page. The fault was written to its log.";
    PROVINCES: "tỉnh, thành phố", "provinces";
    COMMUNES: "xã, phường, đặc khu", "communes";
    AGENCIES: "cơ quan", "agencies";
    UNITS_PLAIN: "đơn vị", "units";
}

/// What kind of units is measured, in the plural.
pub fn units_word(level: &str) -> Pair {
    match level {
        "province" => PROVINCES,
        "commune" => COMMUNES,
        "agency" => AGENCIES,
        _ => UNITS_PLAIN,
    }
}

/// A number with as many digits as it needs, at most four: `0,25`.
pub fn trimmed(lang: Lang, value: f64) -> String {
    let text = lang.number(value, 4);
    let separator = lang.pick(",", ".");
    match text.split_once(separator) {
        Some((_, fraction)) if fraction.len() == 4 => text
            .trim_end_matches('0')
            .trim_end_matches(separator)
            .to_owned(),
        _ => text,
    }
}

/// A span of numbers: `8–80`.
pub fn span(lang: Lang, from: f64, to: f64) -> String {
    format!("{}–{}", trimmed(lang, from), trimmed(lang, to))
}

/// `a, b và c`.
pub fn listed(lang: Lang, words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} {} {last}", head.join(", "), lang.pick("và", "and")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_only_zeros_behind_the_separator() {
        assert_eq!(trimmed(Lang::Vi, 0.25), "0,25");
        assert_eq!(trimmed(Lang::En, 80.0), "80");
        assert_eq!(trimmed(Lang::En, 10_000.0), "10,000");
        assert_eq!(trimmed(Lang::En, 3.33), "3.33");
    }

    #[test]
    fn lists_end_with_and() {
        assert_eq!(listed(Lang::Vi, &["a", "b", "c"]), "a, b và c");
        assert_eq!(listed(Lang::En, &["a"]), "a");
    }
}
