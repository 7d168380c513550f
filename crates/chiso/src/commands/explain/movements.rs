//! Noise and movement over all units, as text, a table and JSON.

use anyhow::Result;
use chiso_explain::{
    ExplainError, Movement, MovementOptions, ShrunkenChange, movements as all_movements,
};
use serde_json::{Value, json};

use super::layout::{left, number, right, wrapped};
use super::{Arguments, Asked, Format, Language, errors};

/// A node's code, and its movement or why there is none.
type Node = (String, Result<Movement, ExplainError>);

const COLUMNS: [&str; 37] = [
    "index",
    "edition_from",
    "edition_to",
    "node",
    "name",
    "depth",
    "status",
    "comparable",
    "units",
    "units_without_se",
    "mean_change",
    "mean_change_se",
    "observed_variance",
    "sampling_variance",
    "real_variance",
    "real_variance_lo",
    "real_variance_hi",
    "real_variance_dersimonian_laird",
    "real_variance_paule_mandel",
    "real_variance_paule_mandel_lo",
    "real_variance_paule_mandel_hi",
    "p_value",
    "reliability",
    "reliability_lo",
    "reliability_hi",
    "places_moved",
    "places_by_noise",
    "places_by_noise_simulation_error",
    "share_by_noise",
    "share_by_noise_lo",
    "share_by_noise_hi",
    "places_p_value",
    "draws",
    "seed",
    "confidence",
    "dependence_within",
    "dependence_between",
];

/// Tells noise from movement at every node, and prints it.
///
/// # Errors
/// Options out of bounds, or a root at which nothing can be told: of no other node can it then.
pub(super) fn run(asked: &Asked<'_>, arguments: &Arguments) -> Result<()> {
    let options = MovementOptions {
        errors: asked.options,
        draws: arguments.draws,
        seed: arguments.seed,
    };
    let (from, to) = (asked.first.edition, asked.second.edition);
    let nodes = all_movements(asked.panel, from, to, &options)?;
    if let Some((_, Err(error))) = nodes.first()
        && nodes.iter().all(|(_, node)| node.is_err())
    {
        return Err(error.clone().into());
    }
    let mut out = Vec::new();
    match arguments.format {
        Format::Text => write_text(asked, arguments.lang, &nodes, &mut out),
        Format::Csv => write_csv(asked, arguments.lang, &nodes, &mut out)?,
        Format::Json => write_json(asked, arguments.lang, &nodes, &mut out)?,
    }
    super::print(&out)
}

fn write_text(asked: &Asked<'_>, language: Language, nodes: &[Node], out: &mut Vec<u8>) {
    let say = |en, vi| language.either(en, vi);
    let pack = &asked.panel.pack;
    let mut lines = wrapped("", language.of(&pack.name));
    let title = say(
        "NOISE AND MOVEMENT OF ALL UNITS",
        "NHIỄU MẪU VÀ THAY ĐỔI THẬT CỦA CÁC ĐƠN VỊ",
    );
    lines.push(format!(
        "{} → {}",
        asked.first.edition, asked.second.edition
    ));
    lines.extend([String::new(), title.to_owned()]);
    lines.extend(wrapped("", explanation(language)));
    let header = [
        say("units", "đơn vị"),
        say("mean", "TB"),
        say("observed sd", "ĐLC"),
        say("noise sd", "ĐLC nhiễu"),
        say("real share", "phần thật"),
        say("noise moves", "hạng do nhiễu"),
    ];
    lines.push(row("", "", header, ""));
    for (code, node) in nodes {
        lines.push(match node {
            Ok(node) => movement_line(node, language),
            Err(_) => row(code, "", ["–"; 6], ""),
        });
    }
    for line in lines {
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }
}

fn explanation(language: Language) -> &'static str {
    language.either(
        "The variance of the changes of all units is that of sampling noise plus what is real: real share = 1 − \
         noise²/observed², with its interval. Noise moves: what sampling alone would move the ranks, of what they \
         did move, with its range over the draws. * not comparable. – fewer than three units with standard errors.",
        "Phương sai của thay đổi giữa các đơn vị gồm nhiễu chọn mẫu và phần thật: phần thật = 1 − nhiễu²/tổng², kèm \
         khoảng tin cậy. Hạng do nhiễu: phần thay đổi thứ hạng mà riêng việc chọn mẫu gây ra, kèm khoảng qua các lần \
         mô phỏng. * không so sánh được. – dưới ba đơn vị có sai số chuẩn.",
    )
}

fn movement_line(node: &Movement, language: Language) -> String {
    let variances = &node.variances;
    let share = |value: f64| format!("{:.0}", value * 100.0);
    let (low, high) = variances.reliability_interval();
    let reliability = format!(
        "{} % ({}–{})",
        share(variances.reliability()),
        share(low),
        share(high)
    );
    let moves = node
        .ranks
        .share
        .zip(node.ranks.share_interval)
        .map_or("–".to_owned(), |(value, (low, high))| {
            format!("{} % ({}–{})", share(value), share(low), share(high))
        });
    let digits = |value: f64| number(format!("{value:.4}"), language);
    let cells = [
        &node.units.len().to_string(),
        &number(format!("{:+.4}", variances.mean), language),
        &digits(variances.observed.sqrt()),
        &digits(variances.sampling.sqrt()),
        &reliability,
        &moves,
    ];
    let flag = if node.comparability.is_score_comparable() {
        ""
    } else {
        " *"
    };
    let name = format!("{}{}", "  ".repeat(node.depth), language.of(&node.name));
    row(&node.code, &name, cells.map(String::as_str), flag)
}

fn row(code: &str, name: &str, cells: [&str; 6], flag: &str) -> String {
    [
        left(code, 6),
        left(name, 18),
        right(cells[0], 6),
        right(cells[1], 8),
        right(cells[2], 11),
        right(cells[3], 9),
        right(cells[4], 15),
        right(cells[5], 16),
    ]
    .join(" ")
        + flag
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn write_csv(
    asked: &Asked<'_>,
    language: Language,
    nodes: &[Node],
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for (code, node) in nodes {
        let mut row = vec![
            asked.panel.pack.id.clone(),
            asked.first.edition.to_string(),
            asked.second.edition.to_string(),
            code.clone(),
        ];
        match node {
            Ok(node) => row.extend(cells(node, language)),
            Err(error) => row.extend([String::new(), String::new(), error.to_string()]),
        }
        row.resize(COLUMNS.len(), String::new());
        writer.write_record(row)?;
    }
    writer.flush()?;
    Ok(())
}

fn cells(node: &Movement, language: Language) -> Vec<String> {
    let (variances, ranks) = (&node.variances, &node.ranks);
    let real = &variances.real;
    let (low, high) = variances.reliability_interval();
    let mut cells = vec![
        language.of(&node.name).to_owned(),
        node.depth.to_string(),
        String::new(),
        node.comparability.is_score_comparable().to_string(),
        node.units.len().to_string(),
        node.without_error.len().to_string(),
    ];
    let numbers = [
        variances.mean,
        variances.mean_standard_error,
        variances.observed,
        variances.sampling,
        real.moments,
        real.interval.0,
        real.interval.1,
    ];
    cells.extend(numbers.map(|value| value.to_string()));
    cells.push(text(real.dersimonian_laird));
    let numbers = [
        real.paule_mandel,
        real.profile_interval.0,
        real.profile_interval.1,
        variances.p_value,
        variances.reliability(),
        low,
        high,
    ];
    cells.extend(numbers.map(|value| value.to_string()));
    cells.extend([
        ranks.observed_places.to_string(),
        ranks.expected_places.to_string(),
        ranks.simulation_error.to_string(),
        text(ranks.share),
        text(ranks.share_interval.map(|interval| interval.0)),
        text(ranks.share_interval.map(|interval| interval.1)),
        ranks.p_value.to_string(),
        ranks.draws.to_string(),
        ranks.seed.to_string(),
        node.basis.confidence.to_string(),
        errors::dependence(node.basis.within).to_owned(),
        errors::dependence(node.basis.between).to_owned(),
    ]);
    cells
}

fn write_json(
    asked: &Asked<'_>,
    language: Language,
    nodes: &[Node],
    out: &mut Vec<u8>,
) -> Result<()> {
    let node = |(code, node): &Node| match node {
        Ok(node) => json(node, language),
        Err(error) => json!({ "node": code, "status": error.to_string() }),
    };
    let whole = json!({
        "index": asked.panel.pack.id,
        "program": env!("CARGO_PKG_VERSION"),
        "edition_from": asked.first.edition.0,
        "edition_to": asked.second.edition.0,
        "movement": nodes.iter().map(node).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    out.push(b'\n');
    Ok(())
}

fn json(node: &Movement, language: Language) -> Value {
    let (variances, ranks) = (&node.variances, &node.ranks);
    let real = &variances.real;
    let pair = |pair: (f64, f64)| json!([pair.0, pair.1]);
    let unit = |unit: &ShrunkenChange| {
        json!({
            "unit": unit.unit, "change": unit.change, "se": unit.standard_error,
            "shrunken": unit.shrunken, "shrunken_se": unit.shrunken_standard_error,
        })
    };
    json!({
        "node": node.code, "name": language.of(&node.name), "depth": node.depth,
        "comparable": node.comparability.is_score_comparable(),
        "confidence": node.basis.confidence,
        "dependence": {
            "within": errors::dependence(node.basis.within), "between": errors::dependence(node.basis.between),
        },
        "mean_change": variances.mean, "mean_change_se": variances.mean_standard_error,
        "variance": {
            "observed": variances.observed, "sampling": variances.sampling, "real": real.moments,
            "real_interval": pair(real.interval), "dersimonian_laird": real.dersimonian_laird,
            "paule_mandel": real.paule_mandel,
            "paule_mandel_interval": pair(real.profile_interval), "p_value": variances.p_value,
        },
        "reliability": variances.reliability(), "reliability_interval": pair(variances.reliability_interval()),
        "ranks": {
            "places_moved": ranks.observed_places, "places_by_noise": ranks.expected_places,
            "simulation_error": ranks.simulation_error, "share_by_noise": ranks.share,
            "share_interval": ranks.share_interval.map(pair), "p_value": ranks.p_value,
            "draws": ranks.draws, "seed": ranks.seed,
        },
        "units": node.units.iter().map(unit).collect::<Vec<_>>(),
        "units_without_se": node.without_error,
    })
}
