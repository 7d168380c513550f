//! Sampling errors as words, cells and sentences.

use chiso_explain::{Change, Dependence, SamplingError, Uncertainty};
use serde_json::{Value, json};

use super::layout::{number, wrapped};
use super::{Explained, Language, Report};

/// Decimals of a printed error.
const DECIMALS: usize = 6;

/// The cells of an error in CSV: its size, the greatest it could be, the interval, the probability
/// alone and among siblings, and whether it is significant alone and among siblings.
pub(super) fn cells(error: &SamplingError) -> Vec<String> {
    let Some(known) = error.known() else {
        return vec![String::new(); 8];
    };
    let text = |value: Option<String>| value.unwrap_or_default();
    vec![
        known.standard_error.to_string(),
        known.greatest_standard_error.to_string(),
        known.low.to_string(),
        known.high.to_string(),
        known.p_value.to_string(),
        text(known.p_value_among_siblings.map(|p| p.to_string())),
        known.is_significant.to_string(),
        text(known.is_significant_among_siblings.map(|is| is.to_string())),
    ]
}

/// The word of what is known of an error.
pub(super) fn status(error: &SamplingError) -> &'static str {
    match error {
        SamplingError::Known(_) => "known",
        SamplingError::NoStandardError { .. } => "no_se",
        SamplingError::Untraceable => "untraceable",
    }
}

/// The leaves for want of whose errors one is not known.
pub(super) fn lacking(error: &SamplingError) -> &[String] {
    match error {
        SamplingError::NoStandardError { leaves } => leaves,
        _ => &[],
    }
}

/// The word of a dependence.
pub(super) fn dependence(dependence: Dependence) -> &'static str {
    match dependence {
        Dependence::Independent => "independent",
        Dependence::PartlyGiven => "partly_given",
        Dependence::Given => "given",
    }
}

/// An error as JSON.
pub(super) fn json(error: &SamplingError) -> Value {
    let Some(known) = error.known() else {
        return json!({ "status": status(error), "no_se": lacking(error) });
    };
    json!({
        "status": status(error),
        "se": known.standard_error, "se_greatest": known.greatest_standard_error,
        "lo": known.low, "hi": known.high,
        "p_value": known.p_value, "p_value_holm": known.p_value_among_siblings,
        "significant": known.is_significant, "significant_holm": known.is_significant_among_siblings,
    })
}

/// Half the width of the interval, or a dash.
pub(super) fn half_width(error: &SamplingError, language: Language) -> String {
    error.known().map_or("–".to_owned(), |known| {
        number(format!("±{:.DECIMALS$}", half(known)), language)
    })
}

fn half(known: &Uncertainty) -> f64 {
    (known.high - known.low) / 2.0
}

/// The mark of a significant value: ‡ among its siblings, † by itself.
pub(super) fn mark(error: &SamplingError) -> &'static str {
    match error.known() {
        Some(known) if known.is_significant_among_siblings == Some(true) => "‡",
        Some(known) if known.is_significant => "†",
        _ => "",
    }
}

/// Whether any of a unit's contributions has an error.
pub(super) fn has_any(change: &Change) -> bool {
    let mut contributions = change.contributions.iter();
    contributions.any(|item| item.contribution_error.known().is_some())
}

/// What a reader must know to read the column of errors.
pub(super) fn explanation(report: &Report<'_>, change: &Change) -> String {
    let percent = percent(change.errors.confidence, report.language);
    match report.language {
        Language::En => format!(
            "± the {percent} interval of the points. † differs from 0 at {percent}; ‡ does so among its \
             siblings as well (Holm). ± – unknown: a leaf has no standard error."
        ),
        Language::Vi => format!(
            "± khoảng tin cậy {percent} của điểm. † khác 0 ở mức {percent}; ‡ khác 0 cả khi xét cùng các mục \
             cùng cấp (Holm). ± – chưa biết: có nội dung thiếu sai số chuẩn."
        ),
    }
}

/// A share as a percentage.
pub(super) fn percent(share: f64, language: Language) -> String {
    let digits = format!("{}", (share * 100_000.0).round() / 1_000.0);
    format!("{} %", number(digits, language))
}

/// Whether the change of the total can be told from none, what was assumed, and from what scores
/// were derived.
pub(super) fn summary(report: &Report<'_>, explained: &Explained) -> Vec<String> {
    let change = &explained.change;
    let mut lines = derived(report, change);
    if !has_any(change) {
        return lines;
    }
    let language = report.language;
    let say = |en, vi| language.either(en, vi);
    let sentence = match change.error() {
        SamplingError::Known(known) => {
            let verdict = match known.is_significant {
                true => say(
                    "the change is more than sampling noise",
                    "thay đổi vượt sai số chọn mẫu",
                ),
                false => say(
                    "the change cannot be told from sampling noise",
                    "thay đổi chưa vượt sai số chọn mẫu",
                ),
            };
            let interval = format!("[{:+.DECIMALS$}, {:+.DECIMALS$}]", known.low, known.high);
            format!("{}: {verdict}", number(interval, language))
        }
        SamplingError::NoStandardError { leaves } => format!(
            "{} {}",
            say(
                "unknown; without a standard error:",
                "chưa biết; thiếu sai số chuẩn:"
            ),
            leaves.join(", ")
        ),
        SamplingError::Untraceable => say(
            "unknown: the total cannot be traced to its leaves",
            "chưa biết: tổng điểm không quy được về các nội dung",
        )
        .to_owned(),
    };
    let first = format!("{:<10} ", percent(change.errors.confidence, language));
    lines.extend(wrapped(&first, &sentence));
    lines.extend(wrapped("           ", &assumed(change, language)));
    lines
}

fn assumed(change: &Change, language: Language) -> String {
    let say = |en, vi| language.either(en, vi);
    let within = match change.errors.within {
        Dependence::Independent => say(
            "errors of a unit's leaves taken as independent",
            "coi sai số các nội dung của một đơn vị là độc lập",
        ),
        Dependence::PartlyGiven => say(
            "covariances of leaves as far as given, the others independent",
            "hiệp phương sai giữa các nội dung dùng phần đã cho, còn lại coi là độc lập",
        ),
        Dependence::Given => say(
            "covariances of leaves as given",
            "hiệp phương sai giữa các nội dung như đã cho",
        ),
    };
    let between = match change.errors.between {
        Dependence::Independent => say("the two samples as independent", "hai mẫu là độc lập"),
        Dependence::PartlyGiven | Dependence::Given => say(
            "covariances between the editions as given",
            "hiệp phương sai giữa hai năm như đã cho",
        ),
    };
    let greatest = change.error().known().map(|known| {
        let ratio = known.greatest_standard_error / known.standard_error.max(f64::MIN_POSITIVE);
        let half = number(format!("±{:.DECIMALS$}", half(known) * ratio), language);
        let words = say(
            "at most, whatever goes together:",
            "lớn nhất, dù tương quan thế nào:",
        );
        format!("; {words} {half}")
    });
    let greatest = greatest.filter(|_| change.errors.within != Dependence::Given);
    format!("{within}, {between}{}", greatest.unwrap_or_default())
}

fn derived(report: &Report<'_>, change: &Change) -> Vec<String> {
    let editions = [report.first.edition, report.second.edition];
    let derived = editions
        .iter()
        .zip(change.derived)
        .filter(|(_, derived)| *derived);
    let derived: Vec<String> = derived.map(|(edition, _)| edition.to_string()).collect();
    if derived.is_empty() {
        return Vec::new();
    }
    let rule = report.derived.as_deref().unwrap_or_default();
    let rule_vi = match rule.starts_with("plain") {
        true => "trung bình cộng",
        false => "trung bình có trọng số",
    };
    let text = match report.language {
        Language::En => format!(
            "{}: nobody measured this unit; its scores are derived from the units that became it ({rule}), with \
             their errors.",
            derived.join(", ")
        ),
        Language::Vi => format!(
            "{}: đơn vị này không được đo trực tiếp; điểm suy từ các đơn vị trước sáp nhập ({rule_vi}), kèm sai số.",
            derived.join(", ")
        ),
    };
    wrapped("! ", &text)
}
