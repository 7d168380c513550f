//! From what is written to what is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use chiso_expr::Expression;
use toml::Spanned;

use super::calibrate::{calibration, scalar_text, trim};
use super::estimate::estimate;
use super::raw::{
    RawContrast, RawDesign, RawMissing, RawReplicates, RawSpecification, RawTest, Texts,
};
use super::{
    ContrastKind, ContrastSpecification, ContrastTerm, DesignColumnsOf, MissingCodes, Pps,
    ReplicateMethod, Replicates, Specification, SpecificationError, StatisticName,
    TestSpecification,
};
use crate::design::{DesignOptions, LonelyPsu};

/// Bootstrap replicates where none are stated; *chosen*, not from a source.
const DEFAULT_REPLICATES: usize = 500;

pub(super) struct Checker<'a> {
    file: &'a str,
    text: &'a str,
}

impl Checker<'_> {
    pub fn line(&self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        1 + self.text.as_bytes()[..end]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    }

    pub fn error(
        &self,
        span: Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> SpecificationError {
        SpecificationError {
            file: self.file.to_owned(),
            line: self.line(span.start),
            found: found.into(),
            expected: expected.into(),
        }
    }

    pub fn fail<T>(
        &self,
        span: Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Result<T, SpecificationError> {
        Err(self.error(span, found, expected))
    }

    pub fn word<T: Copy>(
        &self,
        word: &Spanned<String>,
        words: &[(&str, T)],
    ) -> Result<T, SpecificationError> {
        let found = words.iter().find(|(name, _)| *name == word.get_ref());
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            self.error(
                word.span(),
                format!("`{}`", word.get_ref()),
                known.join(", "),
            )
        })
    }

    pub fn expression(&self, text: &Spanned<String>) -> Result<Expression, SpecificationError> {
        self.parse(text.span(), text.get_ref())
    }

    fn parse(&self, span: Range<usize>, text: &str) -> Result<Expression, SpecificationError> {
        Expression::parse(text)
            .map_err(|error| self.error(span, error.to_string(), "a SQL expression over columns"))
    }

    pub fn expressions(
        &self,
        texts: Option<Spanned<Texts>>,
    ) -> Result<Vec<Expression>, SpecificationError> {
        let Some(texts) = texts else {
            return Ok(Vec::new());
        };
        let span = texts.span();
        let texts = texts.into_inner().into_vec();
        texts
            .iter()
            .map(|text| self.parse(span.clone(), text))
            .collect()
    }
}

pub(super) fn specification(file: &str, text: &str) -> Result<Specification, SpecificationError> {
    let checker = Checker { file, text };
    let raw: RawSpecification = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        checker.error(
            span,
            error.message(),
            "a survey specification (docs/survey-format.md)",
        )
    })?;
    let Some(design) = raw.design else {
        return checker.fail(
            0..0,
            "no [design]",
            "a [design] with weights, strata and clusters",
        );
    };
    let mut estimates = Vec::new();
    let mut ids = BTreeSet::new();
    for (place, raw) in raw.estimates.into_iter().enumerate() {
        let span = raw.span();
        let estimate = estimate(&checker, place, raw)?;
        if !ids.insert(estimate.id.clone()) {
            return checker.fail(span, format!("id {} again", estimate.id), "each id once");
        }
        estimates.push(estimate);
    }
    let tests = raw.tests.into_iter().enumerate();
    let tests = tests
        .map(|(place, raw)| test(&checker, place, raw))
        .collect::<Result<Vec<_>, _>>()?;
    if estimates.is_empty() && tests.is_empty() {
        return checker.fail(0..0, "nothing to estimate", "an [[estimate]] or a [[test]]");
    }
    let contrasts = raw.contrasts.into_iter().enumerate();
    let quantiles: BTreeSet<&str> = estimates
        .iter()
        .filter(|estimate| estimate.statistic == StatisticName::Quantile)
        .map(|estimate| estimate.id.as_str())
        .collect();
    let contrasts = contrasts
        .map(|(place, raw)| contrast(&checker, place, raw, &ids, &quantiles))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Specification {
        data: raw.data.map(Texts::into_vec).unwrap_or_default(),
        missing: missing(&checker, raw.missing)?,
        labels: raw.labels,
        design: self::design(&checker, design)?,
        calibration: raw
            .calibrate
            .map(|raw| calibration(&checker, raw))
            .transpose()?,
        trim: raw.trim.map(|raw| trim(&checker, raw)).transpose()?,
        replicates: raw
            .replicates
            .map(|raw| replicates(&checker, raw))
            .transpose()?,
        estimates,
        contrasts,
        tests,
    })
}

fn missing(checker: &Checker<'_>, raw: RawMissing) -> Result<MissingCodes, SpecificationError> {
    let mut codes = Vec::new();
    for (code, reason) in raw.codes {
        let Ok(number) = code.get_ref().trim().parse::<f64>() else {
            let found = format!("code `{}`", code.get_ref());
            return checker.fail(
                code.span(),
                found,
                "a number, as in \"888\" = \"don't know\"",
            );
        };
        codes.push((number, reason));
    }
    Ok(MissingCodes {
        codes,
        except: raw.except,
    })
}

fn design(
    checker: &Checker<'_>,
    raw: Spanned<RawDesign>,
) -> Result<DesignColumnsOf, SpecificationError> {
    let raw = raw.into_inner();
    let lonely_psu = match &raw.lonely_psu {
        None => LonelyPsu::default(),
        Some(word) => checker.word(
            word,
            &[
                ("fail", LonelyPsu::Fail),
                ("adjust", LonelyPsu::Adjust),
                ("average", LonelyPsu::Average),
                ("certainty", LonelyPsu::Certainty),
                ("remove", LonelyPsu::Remove),
            ],
        )?,
    };
    let pps = raw.pps.as_ref().map(|word| {
        let words = [
            ("brewer", Pps::Brewer),
            ("hartley_rao", Pps::HartleyRao),
            ("overton", Pps::Overton),
        ];
        checker.word(word, &words)
    });
    if let (Some(weights), Some(_)) = (&raw.weights, &raw.probabilities) {
        return checker.fail(
            weights.span(),
            "weights and probabilities",
            "one of the two",
        );
    }
    Ok(DesignColumnsOf {
        weights: raw
            .weights
            .map(|text| checker.expression(&text))
            .transpose()?,
        probabilities: checker.expressions(raw.probabilities)?,
        strata: checker.expressions(raw.strata)?,
        clusters: checker.expressions(raw.clusters)?,
        fpc: checker.expressions(raw.fpc)?,
        pps: pps.transpose()?,
        options: DesignOptions {
            nest: raw.nest,
            lonely_psu,
            adjust_domain_lonely: raw.adjust_domain_lonely,
            ultimate_cluster: raw.ultimate_cluster,
        },
    })
}

fn replicates(
    checker: &Checker<'_>,
    raw: Spanned<RawReplicates>,
) -> Result<Replicates, SpecificationError> {
    let span = raw.span();
    let raw = raw.into_inner();
    let count = raw.count.map_or(DEFAULT_REPLICATES, Spanned::into_inner);
    if count < 2 {
        return checker.fail(span, format!("count = {count}"), "2 replicates or more");
    }
    let rho = raw.rho.map_or(0.0, Spanned::into_inner);
    if !(0.0..1.0).contains(&rho) {
        return checker.fail(span, format!("rho = {rho}"), "a number from 0 to below 1");
    }
    let method = match raw.method.get_ref().as_str() {
        "jk1" => ReplicateMethod::Jk1,
        "jkn" => ReplicateMethod::Jkn,
        "brr" => ReplicateMethod::Brr,
        "fay" => ReplicateMethod::Fay(rho),
        "bootstrap" => ReplicateMethod::Bootstrap,
        "rao_wu" => ReplicateMethod::RaoWu,
        "subbootstrap" => ReplicateMethod::Subbootstrap,
        "given" => {
            let (Some(columns), Some(scale)) = (raw.columns, raw.scale) else {
                let expected = "columns and scale with method = given";
                return checker.fail(span, "no columns or no scale", expected);
            };
            ReplicateMethod::Given {
                columns: columns.into_vec(),
                scale,
                replicate_scales: raw.rscales.unwrap_or_default(),
                combined: raw.combined.unwrap_or(true),
                degrees_of_freedom: raw.degrees_of_freedom,
            }
        }
        other => {
            let known = "jk1, jkn, brr, fay, bootstrap, subbootstrap, rao_wu or given";
            return checker.fail(raw.method.span(), format!("`{other}`"), known);
        }
    };
    Ok(Replicates {
        method,
        count,
        seed: raw.seed.unwrap_or(0),
        mse: raw.mse,
    })
}

pub(super) fn level(
    checker: &Checker<'_>,
    raw: Option<Spanned<f64>>,
) -> Result<f64, SpecificationError> {
    match raw {
        None => Ok(0.95),
        Some(level) if *level.get_ref() > 0.0 && *level.get_ref() < 1.0 => Ok(level.into_inner()),
        Some(level) => {
            let found = format!("level = {}", level.get_ref());
            checker.fail(
                level.span(),
                found,
                "a confidence level between 0 and 1, such as 0.95",
            )
        }
    }
}

fn contrast(
    checker: &Checker<'_>,
    place: usize,
    raw: Spanned<RawContrast>,
    ids: &BTreeSet<String>,
    quantiles: &BTreeSet<&str>,
) -> Result<ContrastSpecification, SpecificationError> {
    let span = raw.span();
    let raw = raw.into_inner();
    for side in [Some(&raw.of), raw.against.as_ref()].into_iter().flatten() {
        if !ids.contains(side.get_ref()) {
            let found = format!("estimate `{}`", side.get_ref());
            let known: Vec<&str> = ids.iter().map(String::as_str).collect();
            return checker.fail(side.span(), found, format!("one of {}", known.join(", ")));
        }
        if quantiles.contains(side.get_ref().as_str()) {
            let found = format!("quantiles ({}) in a contrast", side.get_ref());
            let expected =
                "estimates that have covariances: mean, total, ratio, proportion, variance";
            return checker.fail(side.span(), found, expected);
        }
    }
    let kind = raw
        .kind
        .as_ref()
        .map_or(Ok(ContrastKind::Difference), |word| {
            let words = [
                ("difference", ContrastKind::Difference),
                ("ratio", ContrastKind::Ratio),
                ("log_ratio", ContrastKind::LogRatio),
                ("percent_change", ContrastKind::PercentChange),
                ("linear", ContrastKind::Linear),
            ];
            checker.word(word, &words)
        })?;
    let side = |values: BTreeMap<String, toml::Value>| {
        values
            .into_iter()
            .map(|(column, value)| match scalar_text(&value) {
                Some(text) => Ok((column, text)),
                None => checker.fail(
                    span.clone(),
                    format!("{column} = {value}"),
                    "a text, number or true/false",
                ),
            })
            .collect::<Result<BTreeMap<_, _>, _>>()
    };
    if (kind == ContrastKind::Linear) == raw.terms.is_empty() {
        let found = format!("kind = {} with {} terms", kind.word(), raw.terms.len());
        return checker.fail(span, found, "terms with kind = linear, and only there");
    }
    if let Some(term) = raw.terms.iter().find(|term| !term.weight.is_finite()) {
        let found = format!("weight = {}", term.weight);
        return checker.fail(span, found, "a finite weight");
    }
    let terms = raw
        .terms
        .into_iter()
        .map(|term| {
            Ok(ContrastTerm {
                weight: term.weight,
                values: side(term.values)?,
            })
        })
        .collect::<Result<_, SpecificationError>>()?;
    let of = raw.of.into_inner();
    Ok(ContrastSpecification {
        terms,
        id: raw.id.unwrap_or_else(|| format!("contrast-{}", place + 1)),
        against: raw.against.map_or_else(|| of.clone(), Spanned::into_inner),
        of,
        first: side(raw.first)?,
        second: side(raw.second)?,
        kind,
        level: level(checker, raw.level)?,
    })
}

fn test(
    checker: &Checker<'_>,
    place: usize,
    raw: Spanned<RawTest>,
) -> Result<TestSpecification, SpecificationError> {
    let raw = raw.into_inner();
    let statistic = raw.statistic.as_ref().map_or(Ok("F"), |word| {
        let names = ["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"];
        checker.word(word, &names.map(|name| (name, name)))
    })?;
    Ok(TestSpecification {
        id: raw.id.unwrap_or_else(|| format!("test-{}", place + 1)),
        rows: checker.expression(&raw.rows)?,
        columns: checker.expression(&raw.columns)?,
        filter: raw
            .filter
            .map(|text| checker.expression(&text))
            .transpose()?,
        statistic: statistic.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> SpecificationError {
        specification("survey.toml", text).unwrap_err()
    }

    const DESIGN: &str = "[design]\nweights = \"w\"\nclusters = \"psu\"\n";

    #[test]
    fn the_shortest_specification_has_the_defaults_of_r() {
        let text = format!("{DESIGN}[[estimate]]\nstatistic = \"mean\"\nvariable = \"x\"\n");
        let read = specification("survey.toml", &text).unwrap();
        assert_eq!(read.design.options.lonely_psu, LonelyPsu::Fail);
        assert_eq!(read.estimates[0].level, 0.95);
        assert_eq!(read.estimates[0].id, "estimate-1");
    }

    #[test]
    fn an_unknown_statistic_is_named_with_its_line_and_the_known_ones() {
        let text = format!("{DESIGN}[[estimate]]\nstatistic = \"mode\"\nvariable = \"x\"\n");
        let fault = fault(&text);
        assert_eq!((fault.line, fault.found.as_str()), (5, "`mode`"));
        assert!(fault.expected.contains("mean, total"));
    }

    #[test]
    fn an_expression_that_is_not_sql_is_named_with_its_line() {
        let text = format!("{DESIGN}[[estimate]]\nstatistic = \"mean\"\nvariable = \"x +\"\n");
        assert_eq!(fault(&text).line, 6);
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = format!("{DESIGN}[[estimate]]\nstatistic = \"mean\"\nvariabel = \"x\"\n");
        assert!(fault(&text).found.contains("variabel"));
    }

    #[test]
    fn totals_are_rows_with_the_columns_and_a_count() {
        let text = format!(
            "{DESIGN}[calibrate]\nmethod = \"poststratify\"\nby = [\"sex\"]\n\
             totals = [{{ sex = 1, count = 10 }}, {{ sex = 2 }}]\n\
             [[estimate]]\nstatistic = \"mean\"\nvariable = \"x\"\n"
        );
        assert!(fault(&text).expected.contains("count"));
    }
}
