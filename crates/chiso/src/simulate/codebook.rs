//! `items.csv`: the questions of a simulation, and the nodes that are scored by them.

use anyhow::{Context, Result, bail};
use chiso_index::{Edition, NodeIndex, Version};
use chiso_survey::simulate::{AnswerKind, Filter, Item, Node};
use serde::Deserialize;

/// A question as `items.csv` has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Question {
    /// The column of its answers.
    pub column: String,
    /// The code of the node that it is scored under.
    pub node: String,
    from: i32,
    to: i32,
    kind: String,
    highest: Option<u16>,
    better: String,
    weight: Option<f64>,
    shift: f64,
    dont_know: f64,
    refused: f64,
    asked_share: Option<f64>,
    /// What it asks.
    pub label_en: String,
    /// The same in Vietnamese.
    pub label_vi: String,
    /// `published` where its topic is, else `inferred`.
    pub status: String,
    /// Where that is known from.
    pub source: String,
}

impl Question {
    /// Its kind as a word with the answers that it takes.
    pub fn answers(&self) -> String {
        let (lowest, highest) = self
            .kind()
            .map_or((0, 0), |kind: AnswerKind| AnswerKind::range(kind));
        format!("{lowest}-{highest}")
    }

    fn kind(&self) -> Option<AnswerKind> {
        match (self.kind.as_str(), self.highest) {
            ("yes_no", None) => Some(AnswerKind::YesNo),
            ("scale", Some(highest)) => Some(AnswerKind::Scale { highest }),
            ("count", Some(highest)) => Some(AnswerKind::Count { highest }),
            _ => None,
        }
    }
}

/// The questions of an edition, in the order of the file.
///
/// # Errors
/// When the file is missing or not in this form.
pub fn questions(index: &str, edition: Edition) -> Result<Vec<Question>> {
    let (path, text) = super::shipped(index, "items.csv")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().collect::<Result<Vec<Question>, _>>();
    let rows = rows.with_context(|| path)?;
    let asked = |row: &Question| (row.from..=row.to).contains(&edition.0);
    Ok(rows.into_iter().filter(asked).collect())
}

/// The leaves of a version with their questions: a node's points go from its least score to its
/// greatest, in the parts that the weights state (equal ones where there is no weight).
///
/// # Errors
/// A leaf without a question or a range, a question of an unknown kind or node.
pub fn nodes(version: &Version, questions: &[Question]) -> Result<Vec<Node>> {
    let leaves: Vec<NodeIndex> = version.tree.leaves().collect();
    let leaf = |code: &str| leaves.iter().any(|&n| version.tree.node(n).code == code);
    if let Some(question) = questions.iter().find(|question| !leaf(&question.node)) {
        bail!(
            "question {}: found the node {}; expected a leaf of version {}",
            question.column,
            question.node,
            version.id
        );
    }
    leaves
        .iter()
        .map(|&index| {
            let node = version.tree.node(index);
            let own: Vec<&Question> = questions.iter().filter(|q| q.node == node.code).collect();
            let Some(range) = node.range.filter(|_| !own.is_empty()) else {
                bail!(
                    "node {}: found no range or no question; expected both",
                    node.code
                );
            };
            let points = range.max - range.min;
            let equal = 1.0 / own.len() as f64;
            let items = own
                .iter()
                .map(|question| item(question, points * question.weight.unwrap_or(equal)));
            Ok(Node {
                code: node.code.clone(),
                intercept: range.min,
                items: items.collect::<Result<_>>()?,
                filter: own[0].asked_share.map(|share| Filter {
                    column: format!("asked_{}", node.code.replace('.', "_")),
                    share,
                }),
            })
        })
        .collect()
}

fn item(question: &Question, points: f64) -> Result<Item> {
    let higher_is_better = match question.better.as_str() {
        "higher" => true,
        "lower" => false,
        other => bail!(
            "question {}: found better = {other}; expected higher or lower",
            question.column
        ),
    };
    let kind = question.kind().with_context(|| {
        format!(
            "question {}: found kind {} with highest {:?}; expected yes_no, or scale or count with a highest answer",
            question.column, question.kind, question.highest
        )
    })?;
    Ok(Item {
        column: question.column.clone(),
        kind,
        higher_is_better,
        points,
        shift: question.shift,
        dont_know: question.dont_know,
        refused: question.refused,
    })
}
