//! `[[estimate]]`.

use toml::Spanned;

use super::check::{Checker, level};
use super::raw::{NumberOrText, RawEstimate, Texts};
use super::{Degrees, EstimateSpecification, SpecificationError, StatisticName};
use crate::estimate::DesignEffect;
use crate::quantile::QuantileRule;

/// Intervals by name, for each kind of statistic.
const OF_TOTALS: [&str; 2] = ["normal", "t"];
const OF_PROPORTIONS: [&str; 10] = [
    "logit",
    "normal",
    "t",
    "xlogit",
    "asin",
    "beta",
    "korn_graubard",
    "mean",
    "wilson",
    "wilson_adjusted",
];
const OF_QUANTILES: [&str; 5] = ["mean", "beta", "xlogit", "asin", "score"];

fn degrees(
    checker: &Checker<'_>,
    raw: Option<Spanned<NumberOrText>>,
) -> Result<Option<Degrees>, SpecificationError> {
    let Some(raw) = raw else {
        return Ok(None);
    };
    let span = raw.span();
    match raw.into_inner() {
        NumberOrText::Number(number) if number > 0.0 => Ok(Some(Degrees::Fixed(number))),
        NumberOrText::Text(word) if word == "infinite" => Ok(Some(Degrees::Infinite)),
        NumberOrText::Text(word) if word == "design" => Ok(Some(Degrees::Design)),
        NumberOrText::Text(word) if word == "domain" => Ok(Some(Degrees::Domain)),
        _ => checker.fail(span, "df", "a number above 0, infinite, design or domain"),
    }
}

pub(super) fn estimate(
    checker: &Checker<'_>,
    place: usize,
    raw: Spanned<RawEstimate>,
) -> Result<EstimateSpecification, SpecificationError> {
    let span = raw.span();
    let raw = raw.into_inner();
    let statistic = checker.word(
        &raw.statistic,
        &[
            ("mean", StatisticName::Mean),
            ("total", StatisticName::Total),
            ("ratio", StatisticName::Ratio),
            ("proportion", StatisticName::Proportion),
            ("quantile", StatisticName::Quantile),
            ("variance", StatisticName::Variance),
        ],
    )?;
    let denominator = raw
        .denominator
        .map(|text| checker.expression(&text))
        .transpose()?;
    if (statistic == StatisticName::Ratio) != denominator.is_some() {
        let with = if denominator.is_some() {
            "with"
        } else {
            "without"
        };
        let found = format!("{} {with} a denominator", statistic.word());
        return checker.fail(span, found, "a denominator with ratio, and only there");
    }
    let interval = raw
        .ci
        .map(|word| interval(checker, statistic, &word))
        .transpose()?;
    let quantiles = quantiles(checker, raw.quantiles)?;
    let quantile_rule = quantile_rule(checker, raw.rule)?;
    let design_effect = design_effect(checker, raw.deff)?;
    let variables = checker.expressions(Some(raw.variable))?;
    if variables.is_empty() {
        return checker.fail(span, "no variable", "one expression or more");
    }
    let nodes = nodes(checker, raw.node, variables.len())?;
    Ok(EstimateSpecification {
        id: raw.id.unwrap_or_else(|| format!("estimate-{}", place + 1)),
        statistic,
        variables,
        denominator,
        by: checker.expressions(raw.by)?,
        filter: raw
            .filter
            .map(|text| checker.expression(&text))
            .transpose()?,
        level: level(checker, raw.level)?,
        interval,
        degrees: degrees(checker, raw.df)?,
        quantiles,
        quantile_rule,
        design_effect,
        nodes,
        covariance: raw.covariance,
    })
}

fn quantile_rule(
    checker: &Checker<'_>,
    raw: Option<Spanned<String>>,
) -> Result<QuantileRule, SpecificationError> {
    const RULES: [(&str, QuantileRule); 12] = [
        ("math", QuantileRule::Math),
        ("school", QuantileRule::School),
        ("shahvaish", QuantileRule::Shahvaish),
        ("hf1", QuantileRule::Hf1),
        ("hf2", QuantileRule::Hf2),
        ("hf3", QuantileRule::Hf3),
        ("hf4", QuantileRule::Hf4),
        ("hf5", QuantileRule::Hf5),
        ("hf6", QuantileRule::Hf6),
        ("hf7", QuantileRule::Hf7),
        ("hf8", QuantileRule::Hf8),
        ("hf9", QuantileRule::Hf9),
    ];
    match raw {
        Some(word) => checker.word(&word, &RULES),
        None => Ok(QuantileRule::Math),
    }
}

fn design_effect(
    checker: &Checker<'_>,
    raw: Option<Spanned<String>>,
) -> Result<DesignEffect, SpecificationError> {
    let words = [
        ("without_replacement", DesignEffect::WithoutReplacement),
        ("replacement", DesignEffect::Replacement),
    ];
    let word = raw.map(|word| checker.word(&word, &words));
    Ok(word.transpose()?.unwrap_or_default())
}

fn nodes(
    checker: &Checker<'_>,
    raw: Option<Spanned<Texts>>,
    variables: usize,
) -> Result<Vec<String>, SpecificationError> {
    let Some(texts) = raw else {
        return Ok(Vec::new());
    };
    let span = texts.span();
    let nodes = texts.into_inner().into_vec();
    if nodes.len() != variables {
        let found = format!("{} nodes for {variables} variables", nodes.len());
        return checker.fail(span, found, "a node for each variable");
    }
    Ok(nodes)
}

fn interval(
    checker: &Checker<'_>,
    statistic: StatisticName,
    word: &Spanned<String>,
) -> Result<String, SpecificationError> {
    let known: &[&str] = match statistic {
        StatisticName::Proportion => &OF_PROPORTIONS,
        StatisticName::Quantile => &OF_QUANTILES,
        _ => &OF_TOTALS,
    };
    // The interval of the symmetric kind has gone by this name since Wald.
    if word.get_ref() == "wald" && known.contains(&"normal") {
        return Ok("normal".to_owned());
    }
    match known.iter().find(|name| **name == word.get_ref()) {
        Some(name) => Ok((*name).to_owned()),
        None => {
            let found = format!("ci = \"{}\" for a {}", word.get_ref(), statistic.word());
            checker.fail(word.span(), found, known.join(", "))
        }
    }
}

fn quantiles(
    checker: &Checker<'_>,
    raw: Option<Spanned<Vec<f64>>>,
) -> Result<Vec<f64>, SpecificationError> {
    let Some(raw) = raw else {
        return Ok(vec![0.5]);
    };
    let outside = raw.get_ref().iter().find(|p| !(0.0..=1.0).contains(*p));
    match outside {
        Some(p) => {
            let found = format!("quantile {p}");
            checker.fail(raw.span(), found, "probabilities from 0 to 1")
        }
        None => Ok(raw.into_inner()),
    }
}
