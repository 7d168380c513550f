//! The audit as data: every figure, the statistics of columns, correlations, importances.

use std::io::Write;

use super::correlation::{Correlation, Kind, Matrix};
use super::importance::importances;
use super::statistics::Statistics;
use super::strengths::{RankedLeaf, strengths_and_weaknesses};
use super::{Audit, AuditInput, Check, Measurement, Other};
use crate::pack::{Direction, NodeIndex};

/// Writes every figure: `check,node,other,value,beside,threshold,flag,concern,source`. `other` is a
/// node, a unit, or a column of the context file; a figure that is not defined has an empty value and
/// the flag `undefined`.
///
/// # Errors
/// What the writer says.
pub fn measurements_csv(
    input: &AuditInput<'_>,
    audit: &Audit,
    to: impl Write,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "check",
        "node",
        "other",
        "value",
        "beside",
        "threshold",
        "flag",
        "concern",
        "source",
    ])?;
    for measurement in &audit.measurements {
        let check = Check::of(measurement.check);
        let flag = match measurement.limit {
            Some(limit) => limit.flag,
            None if measurement.value.is_nan() => "undefined",
            None => "",
        };
        writer.write_record([
            check.name,
            &input.tree.node(measurement.node).code,
            other_name(input, measurement),
            &number(measurement.value),
            &number(measurement.beside),
            &check.limits_text(),
            flag,
            measurement.limit.map_or("", |limit| limit.concern.word()),
            check.source,
        ])?;
    }
    Ok(writer.flush()?)
}

/// The code of the node or unit, or the name of the column, that a figure concerns beside its node.
pub fn other_name<'a>(input: &'a AuditInput<'_>, measurement: &Measurement) -> &'a str {
    match measurement.other {
        Other::None => "",
        Other::Node(node) => &input.tree.node(node).code,
        Other::Unit(row) => &input.units[row],
        Other::Context(place) => &input.context[place].0,
    }
}

/// Writes the statistics of each leaf as observed, of each leaf before normalisation, and of each
/// node's scores: `stage,node,rows,available,nonzero,unique,most_common,min,max,mean,median,sd,
/// skewness,kurtosis`, with the stages `observed`, `treated` and `scores`.
///
/// # Errors
/// What the writer says.
pub fn statistics_csv(input: &AuditInput<'_>, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "stage",
        "node",
        "rows",
        "available",
        "nonzero",
        "unique",
        "most_common",
        "min",
        "max",
        "mean",
        "median",
        "sd",
        "skewness",
        "kurtosis",
    ])?;
    let leaves: Vec<NodeIndex> = input.tree.leaves().collect();
    let all = input.tree.outline();
    let stages = [
        ("observed", &input.observed, &leaves),
        ("treated", &input.treated, &leaves),
        ("scores", &input.scores, &all),
    ];
    for (stage, columns, nodes) in stages {
        for node in nodes {
            let column = Statistics::new(columns[node.0]);
            let counts = [
                column.rows,
                column.available,
                column.nonzero,
                column.unique,
                column.most_common,
            ];
            let figures = [
                column.min,
                column.max,
                column.mean,
                column.median,
                column.standard_deviation,
                column.skewness,
                column.kurtosis,
            ];
            let mut record = vec![stage.to_owned(), input.tree.node(*node).code.clone()];
            record.extend(counts.iter().map(usize::to_string));
            record.extend(figures.into_iter().map(number));
            writer.write_record(&record)?;
        }
    }
    Ok(writer.flush()?)
}

/// Writes the correlations of every two nodes' scores, each pair once:
/// `first,second,units,pearson,p_value,spearman,kendall`.
///
/// # Errors
/// What the writer says.
pub fn correlations_csv(
    input: &AuditInput<'_>,
    audit: &Audit,
    to: impl Write,
) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "first", "second", "units", "pearson", "p_value", "spearman", "kendall",
    ])?;
    let spearman = Matrix::new(Kind::Spearman, &input.scores);
    let kendall = Matrix::new(Kind::Kendall, &input.scores);
    let nodes = input.tree.outline();
    for (place, first) in nodes.iter().enumerate() {
        for second in &nodes[place + 1..] {
            let at = |matrix: &Matrix| matrix.at(first.0, second.0);
            let pearson: Correlation = at(&audit.correlations);
            writer.write_record([
                &input.tree.node(*first).code,
                &input.tree.node(*second).code,
                &pearson.rows.to_string(),
                &number(pearson.coefficient),
                &number(pearson.p_value().unwrap_or(f64::NAN)),
                &number(at(&spearman).coefficient),
                &number(at(&kendall).coefficient),
            ])?;
        }
    }
    Ok(writer.flush()?)
}

/// Writes how much each part counts in its node:
/// `node,part,weight_share,importance_share,r_squared,eta_squared`.
///
/// # Errors
/// What the writer says.
pub fn importances_csv(input: &AuditInput<'_>, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "node",
        "part",
        "weight_share",
        "importance_share",
        "r_squared",
        "eta_squared",
    ])?;
    for node in input.tree.outline() {
        let parts = input.tree.children(node);
        let columns: Vec<&[f64]> = parts.iter().map(|part| input.scores[part.0]).collect();
        let weights: Vec<f64> = parts.iter().map(|part| input.weights[part.0]).collect();
        let found = importances(input.scores[node.0], &columns, &weights);
        for (part, importance) in parts.iter().zip(found) {
            writer.write_record([
                &input.tree.node(node).code,
                &input.tree.node(*part).code,
                &number(importance.nominal),
                &number(importance.share),
                &number(importance.linear),
                &number(importance.any_shape),
            ])?;
        }
    }
    Ok(writer.flush()?)
}

/// Writes the five leaves in which each unit stands best and the five in which it stands worst, by
/// the ranks of the leaves' scores: `unit,kind,node,rank,score`, with the kinds `strength` and
/// `weakness`. Leaves in which the unit shares the last rank are left out
/// ([`strengths_and_weaknesses`]).
///
/// # Errors
/// What the writer says.
pub fn strengths_csv(input: &AuditInput<'_>, to: impl Write) -> Result<(), csv::Error> {
    const MOST: usize = 5;
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(["unit", "kind", "node", "rank", "score"])?;
    let ranked = |leaf| RankedLeaf::new(leaf, input.scores[leaf.0], Direction::Higher);
    let leaves: Vec<RankedLeaf<'_>> = input.tree.leaves().map(ranked).collect();
    for (row, unit) in input.units.iter().enumerate() {
        let (strengths, weaknesses) = strengths_and_weaknesses(&leaves, row, MOST);
        for (kind, standings) in [("strength", strengths), ("weakness", weaknesses)] {
            for standing in standings {
                let node = &input.tree.node(standing.leaf).code;
                let (rank, score) = (standing.rank.to_string(), number(standing.value));
                writer.write_record([unit, kind, node.as_str(), &rank, &score])?;
            }
        }
    }
    Ok(writer.flush()?)
}

/// The shortest digits that give the number back; nothing for NaN.
fn number(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        value.to_string()
    }
}
