//! The explanation as JSON. Points are numbers of six decimals that add up as they are printed.

use anyhow::Result;
use chiso_explain::{
    Basis, Contribution, DECIMALS, Gap, Loss, PLACES_DECIMALS, RankMove, Route, Target,
};
use chiso_index::numbers::from_ticks;
use serde_json::{Value, json};

use super::{Explained, Report, core, errors, reasons};

/// Writes one object.
pub(super) fn write(report: &Report<'_>, out: &mut Vec<u8>) -> Result<()> {
    let pack = &report.panel.pack;
    let units: Vec<Value> = report
        .units
        .iter()
        .map(|(code, explained)| match explained {
            Ok(explained) => unit(report, explained),
            Err(error) => json!({
                "unit": code, "name": report.unit_name(code), "status": error.to_string(),
            }),
        })
        .collect();
    let whole = json!({
        "index": pack.id,
        "program": env!("CARGO_PKG_VERSION"),
        "edition_from": report.first.edition.0,
        "version_from": report.first.version.id,
        "edition_to": report.second.edition.0,
        "version_to": report.second.version.id,
        "derived": report.derived,
        "core": report.core.as_ref().map(|index| core::json(report, index)),
        "units": units,
    });
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    out.push(b'\n');
    Ok(())
}

fn points(ticks: Option<i64>) -> Value {
    ticks.map_or(Value::Null, |ticks| json!(from_ticks(ticks, DECIMALS)))
}

fn gap(gap: Option<Gap>) -> Value {
    gap.map_or(
        Value::Null,
        |gap| json!({ "points": points(Some(gap.ticks)), "of_total": points(gap.total_ticks) }),
    )
}

fn unit(report: &Report<'_>, explained: &Explained) -> Value {
    let change = &explained.change;
    let contribution = |item: &Contribution| contribution(report, item);
    let attention = |item: &chiso_explain::Attention| {
        json!({
            "node": item.code, "name": report.language.of(&item.name), "score": item.score,
            "fall": points(item.fall_ticks), "lowest_group": item.lowest_group,
            "comparable": item.comparability.is_score_comparable(),
        })
    };
    json!({
        "unit": change.unit,
        "name": report.unit_name(&change.unit),
        "total": {
            "from": change.total_from, "to": change.total_to,
            "change": points(Some(change.change_ticks)), "comparable": change.is_comparable(),
            "error": errors::json(change.error()),
        },
        "errors": {
            "confidence": change.errors.confidence, "within": errors::dependence(change.errors.within),
            "between": errors::dependence(change.errors.between),
        },
        "derived": { "from": change.derived[0], "to": change.derived[1] },
        "rank": rank(&change.rank),
        "contributions": change.contributions.iter().map(contribution).collect::<Vec<_>>(),
        "losses": explained.losses.iter().map(|item| loss(report, item)).collect::<Vec<_>>(),
        "analyse_first": explained.attention.iter().map(attention).collect::<Vec<_>>(),
        "target": explained.target.as_ref().map(|item| target(report, item)),
    })
}

fn rank(rank: &RankMove) -> Value {
    json!({
        "from": rank.from, "to": rank.to, "change": rank.change, "field": rank.field,
        "field_change": rank.field_change, "entry_exit": rank.entry_exit, "own": rank.own, "others": rank.others,
    })
}

fn contribution(report: &Report<'_>, item: &Contribution) -> Value {
    let reason = |reason| json!({ "kind": reasons::word(reason), "text": reasons::sentence(reason, report.language) });
    let places = item
        .rank_ticks
        .map(|ticks| from_ticks(ticks, PLACES_DECIMALS));
    json!({
        "node": item.code, "parent": item.parent, "name": report.language.of(&item.name), "level": item.level,
        "from": item.from, "to": item.to, "change": points(item.change_ticks),
        "contribution": points(item.contribution_ticks), "rank_contribution": places,
        "change_error": errors::json(&item.change_error),
        "contribution_error": errors::json(&item.contribution_error),
        "comparable": item.comparability.is_comparable(),
        "reasons": item.comparability.reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn loss(report: &Report<'_>, item: &Loss) -> Value {
    let above = item.group_above.as_ref().map(|above| {
        json!({
            "group": above.group, "name": report.language.of(&above.name), "boundary": above.boundary,
            "gap": gap(Some(above.gap)),
        })
    });
    json!({
        "node": item.code, "name": report.language.of(&item.name), "level": item.level, "score": item.score,
        "maximum": item.maximum, "rank": item.rank, "group": item.group,
        "to_maximum": gap(item.to_maximum), "to_best": gap(Some(item.to_best.1)), "best_units": item.to_best.0,
        "to_median": gap(Some(item.to_median)), "group_above": above,
    })
}

fn target(report: &Report<'_>, item: &Target) -> Value {
    let route = |route: &Route| {
        let years: Vec<Value> = route
            .years
            .iter()
            .map(|(from, to)| json!([from.0, to.0]))
            .collect();
        json!({
            "node": route.gain.code, "parent": route.parent, "name": report.language.of(&route.gain.name),
            "level": route.level, "score": route.score, "maximum": route.maximum,
            "gain": points(Some(route.gain.ticks)), "allowed": route.is_allowed,
            "made": route.made, "seen": route.seen, "years": years,
        })
    };
    let combination = item.combination.as_ref().map(|combination| {
        let gain = |gain: &chiso_explain::Gain| {
            json!({ "node": gain.code, "name": report.language.of(&gain.name), "gain": points(Some(gain.ticks)) })
        };
        let basis = match combination.basis {
            Basis::OneInTen => "one_in_ten",
            Basis::Maximum => "maximum",
        };
        json!({ "basis": basis, "gains": combination.gains.iter().map(gain).collect::<Vec<_>>() })
    });
    json!({
        "edition": item.edition.0, "goal": super::text::goal_word(item.goal), "total": item.total,
        "rank": item.rank, "group": item.group, "total_gain": points(item.total_gain_ticks),
        "allowed": item.is_allowed, "routes": item.routes.iter().map(route).collect::<Vec<_>>(),
        "combination": combination,
    })
}
