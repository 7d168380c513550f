//! The questions, and how a node's score is made of their answers.

use std::collections::BTreeSet;

use super::SimulateError;
use super::error::within;

/// A node of an index whose score is made of answers: the mean over persons of
/// `intercept + Σ points · rescaled answer`, over those who answered all its items.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its code.
    pub code: String,
    /// The score where every answer is the worst.
    pub intercept: f64,
    /// Its items, at least one.
    pub items: Vec<Item>,
    /// The question that decides whether the items are asked at all, where there is one.
    pub filter: Option<Filter>,
}

/// A question whose answer 0 means that the items of a node are skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Its column.
    pub column: String,
    /// The probability of the answer 1; whatever the person would answer to the items.
    pub share: f64,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its column.
    pub column: String,
    /// What can be answered.
    pub kind: AnswerKind,
    /// Whether a higher answer is a better one.
    pub higher_is_better: bool,
    /// Points of the score between the worst answer and the best one.
    pub points: f64,
    /// The shift of its latent position: above 0, the item is answered better than the node's
    /// others.
    pub shift: f64,
    /// The probability of *don't know* among ordinary persons.
    pub dont_know: f64,
    /// The probability of a refusal among ordinary persons.
    pub refused: f64,
}

/// What can be answered to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// 0 or 1.
    YesNo,
    /// 1 to `highest`, e.g. 5 (Likert).
    Scale {
        /// The highest answer.
        highest: u16,
    },
    /// 0 to `highest`.
    Count {
        /// The highest answer.
        highest: u16,
    },
}

/// Codes that stand for no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerCodes {
    /// The person does not know.
    pub dont_know: i32,
    /// The person refuses.
    pub refused: i32,
    /// The question was skipped.
    pub not_asked: i32,
}

/// Persons who answer less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reticence {
    /// Their share.
    pub share: f64,
    /// By how much the probabilities of *don't know* and of a refusal are multiplied for them.
    pub factor: f64,
}

impl AnswerKind {
    /// The lowest and the highest answer.
    pub fn range(self) -> (i32, i32) {
        match self {
            AnswerKind::YesNo => (0, 1),
            AnswerKind::Scale { highest } => (1, i32::from(highest)),
            AnswerKind::Count { highest } => (0, i32::from(highest)),
        }
    }
}

impl Item {
    /// The answer from 0 (the worst) to 1 (the best) as a SQL expression.
    fn rescaled(&self) -> String {
        let (lowest, highest) = self.kind.range();
        let column = &self.column;
        match (self.higher_is_better, self.kind) {
            (true, AnswerKind::YesNo) => column.clone(),
            (true, _) if lowest == 0 => format!("{column} / {highest}.0"),
            (true, _) => format!("({column} - {lowest}) / {}.0", highest - lowest),
            (false, AnswerKind::YesNo) => format!("(1 - {column})"),
            (false, _) => format!("({highest} - {column}) / {}.0", highest - lowest),
        }
    }

    fn check(&self, reticence: Reticence, codes: AnswerCodes) -> Result<(), SimulateError> {
        let of = |field: &'static str| move || format!("item {}, {field}", self.column);
        let (lowest, highest) = self.kind.range();
        within(
            of("highest answer"),
            f64::from(highest - lowest),
            1.0..=1000.0,
            "2 answers or more",
        )?;
        within(
            of("points"),
            self.points,
            f64::MIN_POSITIVE..=f64::MAX,
            "a number above 0",
        )?;
        within(
            of("shift"),
            self.shift,
            -100.0..=100.0,
            "a number from -100 to 100",
        )?;
        within(of("dont_know"), self.dont_know, 0.0..=1.0, "a probability")?;
        within(of("refused"), self.refused, 0.0..=1.0, "a probability")?;
        let most = (self.dont_know + self.refused) * reticence.factor.max(1.0);
        within(
            of("no answer among reticent persons"),
            most,
            0.0..=0.95,
            "a probability of at most 0.95",
        )?;
        for code in [codes.dont_know, codes.refused, codes.not_asked] {
            if (lowest..=highest).contains(&code) {
                return Err(SimulateError::Setting {
                    what: format!("item {}", self.column),
                    found: format!("{code} both as an answer and as a code for none"),
                    expected: "codes outside the answers",
                });
            }
        }
        Ok(())
    }
}

impl Node {
    /// The score where every answer is the best.
    pub fn highest(&self) -> f64 {
        self.intercept + self.points()
    }

    pub(super) fn points(&self) -> f64 {
        self.items.iter().map(|item| item.points).sum()
    }

    /// A person's score as a SQL expression over the columns of answers: without a value where an
    /// item has none, so that its mean is over those who answered all of them.
    pub fn expression(&self) -> String {
        let parts = self
            .items
            .iter()
            .map(|item| format!("{} * {}", item.points, item.rescaled()));
        std::iter::once(self.intercept.to_string())
            .chain(parts)
            .collect::<Vec<_>>()
            .join(" + ")
    }

    /// The columns in which its answers stand, the filter's first.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let filter = self.filter.iter().map(|filter| filter.column.as_str());
        filter.chain(self.items.iter().map(|item| item.column.as_str()))
    }
}

/// Checks that every number makes sense and every column is there once.
pub(super) fn check(
    nodes: &[Node],
    reticence: Reticence,
    codes: AnswerCodes,
) -> Result<(), SimulateError> {
    within(
        || "reticence, share".to_owned(),
        reticence.share,
        0.0..=1.0,
        "a probability",
    )?;
    within(
        || "reticence, factor".to_owned(),
        reticence.factor,
        0.0..=1e3,
        "0 to 1000",
    )?;
    let mut codes_of_nodes = BTreeSet::new();
    let mut columns = BTreeSet::new();
    for node in nodes {
        if !codes_of_nodes.insert(&node.code) {
            return Err(SimulateError::Repeated {
                what: "node",
                name: node.code.clone(),
            });
        }
        if let Some(column) = node
            .columns()
            .find(|column| !columns.insert(column.to_string()))
        {
            return Err(SimulateError::Repeated {
                what: "column",
                name: column.to_owned(),
            });
        }
        let what = || format!("node {}, items", node.code);
        within(what, node.items.len() as f64, 1.0..=1e3, "1 or more")?;
        let what = || format!("node {}, intercept", node.code);
        within(what, node.intercept, f64::MIN..=f64::MAX, "a finite number")?;
        if let Some(filter) = &node.filter {
            let what = || format!("filter {}, share", filter.column);
            within(
                what,
                filter.share,
                f64::MIN_POSITIVE..=1.0,
                "a probability above 0",
            )?;
        }
        node.items
            .iter()
            .try_for_each(|item| item.check(reticence, codes))?;
    }
    Ok(())
}
