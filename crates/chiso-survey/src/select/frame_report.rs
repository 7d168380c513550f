//! What a frame holds, and what is wrong with it.

use super::{Frame, Plan, SelectError};

/// What a frame holds: shown before anything is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameReport {
    /// One a level, highest first.
    pub levels: Vec<LevelSummary>,
    /// One a domain of the plan, sorted.
    pub domains: Vec<DomainSummary>,
    /// Pairs of row numbers, from 1, of one unit.
    pub duplicates: Vec<(usize, usize)>,
    /// The units of the lowest level without a size, by path.
    pub without_size: Vec<String>,
    /// The units of the lowest level with the size 0, which PPS never draws, by path.
    pub of_size_zero: Vec<String>,
}

/// The units of a level. Sizes are in the frame's unit of size.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelSummary {
    /// The level.
    pub level: String,
    /// How many units.
    pub units: usize,
    /// How many of them are flagged as certain.
    pub certain: usize,
    /// How many have no size, i.e. have or contain a row without one.
    pub without_size: usize,
    /// How many have the size 0.
    pub of_size_zero: usize,
    /// The smallest size, none if no unit has one.
    pub smallest: Option<f64>,
    /// The largest size.
    pub largest: Option<f64>,
    /// The sum of the known sizes.
    pub total: f64,
}

/// One domain.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainSummary {
    /// Its identifiers, joined with `/`; empty if the plan has no domains.
    pub domain: String,
    /// How many units it has at each stage that the frame lists.
    pub units: Vec<usize>,
    /// How many of them are flagged as certain.
    pub certain: Vec<usize>,
    /// Its size; none if a row has none.
    pub size: Option<f64>,
}

impl FrameReport {
    /// Describes a frame for a plan.
    ///
    /// # Errors
    ///
    /// If the plan does not fit the frame.
    pub fn new(frame: &Frame, plan: &Plan) -> Result<Self, SelectError> {
        plan.check(frame)?;
        let levels = 0..frame.levels().len();
        let rows = |wanted: fn(Option<f64>) -> bool| {
            let rows = frame.rows().iter().filter(move |row| wanted(row.size));
            let mut paths: Vec<String> = rows.map(|row| row.path.join("/")).collect();
            paths.sort();
            paths
        };
        Ok(FrameReport {
            levels: levels.map(|level| summarise(frame, level)).collect(),
            domains: domains(frame, plan.domain_levels.len()),
            duplicates: frame.duplicates().collect(),
            without_size: rows(|size| size.is_none()),
            of_size_zero: rows(|size| size == Some(0.0)),
        })
    }
}

fn summarise(frame: &Frame, level: usize) -> LevelSummary {
    let nodes = frame.nodes(level);
    let sizes: Vec<f64> = nodes.iter().filter_map(|node| node.size).collect();
    LevelSummary {
        level: frame.levels()[level].clone(),
        units: nodes.len(),
        certain: nodes.iter().filter(|node| node.certain).count(),
        without_size: nodes.len() - sizes.len(),
        of_size_zero: sizes.iter().filter(|&&size| size == 0.0).count(),
        smallest: sizes.iter().copied().reduce(f64::min),
        largest: sizes.iter().copied().reduce(f64::max),
        total: sizes.iter().sum(),
    }
}

fn domains(frame: &Frame, depth: usize) -> Vec<DomainSummary> {
    let last = frame.levels().len();
    let describe = |domain: String, size, rows: std::ops::Range<usize>| {
        let at = |level: usize| {
            let nodes = frame.nodes(level);
            let start = nodes.partition_point(|node| node.rows.start < rows.start);
            let end = nodes.partition_point(|node| node.rows.start < rows.end);
            nodes[start..end].iter()
        };
        DomainSummary {
            domain,
            units: (depth..last).map(|level| at(level).count()).collect(),
            certain: (depth..last)
                .map(|level| at(level).filter(|node| node.certain).count())
                .collect(),
            size,
        }
    };
    if depth == 0 {
        let size = frame.rows().iter().map(|row| row.size).sum();
        return vec![describe(String::new(), size, 0..frame.rows().len())];
    }
    let nodes = frame.nodes(depth - 1).iter();
    nodes
        .map(|node| {
            let name = frame.path(depth - 1, node).join("/");
            describe(name, node.size, node.rows.clone())
        })
        .collect()
}
