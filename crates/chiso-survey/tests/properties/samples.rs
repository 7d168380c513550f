//! Random samples, and their reduction in any order and in any blocks.

use arrow_array::{Array, Float64Array, Int64Array};
use chiso_survey::design::{BlockDesign, DesignColumns, DesignOptions, LonelyPsu};
use chiso_survey::estimate::{Source, Statistic, linearise};
use chiso_survey::sums::{
    BlockColumns, BlockSums, BlockTabulation, Moments, PairMoments, Reduction, Sample,
};
use proptest::prelude::*;

/// One respondent.
#[derive(Debug, Clone)]
pub struct Respondent {
    pub stratum: i64,
    pub cluster: i64,
    pub weight: f64,
    /// A domain; every respondent has one.
    pub domain: i64,
    /// A calibration cell: two categories of one margin times three of another.
    pub cell: u32,
    pub y: Option<f64>,
    pub x: Option<f64>,
}

fn answer() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        4 => (0..=10_i32).prop_map(|value| Some(f64::from(value))),
        4 => (-100.0..100.0).prop_map(Some),
    ]
}

fn respondent() -> impl Strategy<Value = Respondent> {
    let positive = (0..40_i32).prop_map(|value| Some(1.0 + f64::from(value) / 4.0));
    let denominator = prop_oneof![1 => Just(None), 9 => positive];
    (0.5..100.0, 0..3_i64, 0..6_u32, answer(), denominator).prop_map(
        |(weight, domain, cell, y, x)| Respondent {
            stratum: 0,
            cluster: 0,
            weight,
            domain,
            cell,
            y,
            x,
        },
    )
}

/// Two to four strata of two to five clusters of one to six respondents.
pub fn respondents() -> impl Strategy<Value = Vec<Respondent>> {
    let cluster = prop::collection::vec(respondent(), 1..=6);
    let stratum = prop::collection::vec(cluster, 2..=5);
    prop::collection::vec(stratum, 2..=4).prop_map(|strata| {
        let mut all = Vec::new();
        for (stratum, clusters) in strata.into_iter().enumerate() {
            for (cluster, members) in clusters.into_iter().enumerate() {
                all.extend(members.into_iter().map(|one| Respondent {
                    stratum: stratum as i64,
                    cluster: (stratum * 100 + cluster) as i64,
                    ..one
                }));
            }
        }
        all
    })
}

/// How a sample is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    pub without_strata: bool,
    pub cells: bool,
}

/// Tabulation 0 holds all respondents, tabulation 1 each domain, tabulation 2 each cell. The
/// variables are y and 1, the pair is (y, x).
pub fn reduce(respondents: &[Respondent], cuts: &[usize], reading: Reading) -> Sample {
    let options = DesignOptions {
        lonely_psu: LonelyPsu::Fail,
        ..DesignOptions::default()
    };
    let mut reduction = Reduction::new(options, &[(2, 1); 3]);
    let mut start = 0;
    let ends = cuts.iter().copied().chain([respondents.len()]);
    for end in ends {
        if end > start {
            merge(
                &mut reduction,
                start,
                &respondents[start..end],
                reading,
                options,
            );
            start = end;
        }
    }
    reduction.finish().unwrap()
}

fn merge(
    reduction: &mut Reduction,
    first_row: usize,
    rows: &[Respondent],
    reading: Reading,
    options: DesignOptions,
) {
    fn whole(rows: &[Respondent], of: impl Fn(&Respondent) -> i64) -> Int64Array {
        rows.iter().map(of).map(Some).collect()
    }
    fn numbers(rows: &[Respondent], of: impl Fn(&Respondent) -> Option<f64>) -> Float64Array {
        rows.iter().map(of).collect()
    }
    let strata = whole(rows, |one| one.stratum);
    let clusters = whole(rows, |one| one.cluster);
    let weights = numbers(rows, |one| Some(one.weight));
    let columns = DesignColumns {
        rows: rows.len(),
        first_row: first_row as u64,
        strata: match reading.without_strata {
            true => vec![],
            false => vec![&strata],
        },
        clusters: vec![&clusters],
        weights: Some(&weights),
        ..DesignColumns::default()
    };
    let block = BlockDesign::read(&columns, options).unwrap();
    let cells: Vec<u32> = rows.iter().map(|one| one.cell).collect();
    let cells = reading.cells.then_some(&cells[..]);
    let (y, x) = (numbers(rows, |one| one.y), numbers(rows, |one| one.x));
    let one = numbers(rows, |_| Some(1.0));
    let (domain, cell) = (
        whole(rows, |one| one.domain),
        whole(rows, |one| i64::from(one.cell)),
    );
    let by: [Vec<&dyn Array>; 3] = [vec![], vec![&domain], vec![&cell]];
    let sums: Vec<BlockSums> = by
        .iter()
        .map(|by| {
            let tab = BlockTabulation::new(&block, by, None, cells).unwrap();
            let moments = |column| -> Vec<Moments> { tab.moments(&block, column).unwrap() };
            let ones = |column| -> Vec<Moments> { tab.unweighted_moments(&block, column).unwrap() };
            let pairs: Vec<PairMoments> = tab.pair_moments(&block, &y, &x).unwrap();
            let weighted = BlockColumns {
                variables: vec![moments(&y), moments(&one)],
                pairs: vec![pairs],
            };
            let unweighted = BlockColumns {
                variables: vec![ones(&y), ones(&one)],
                pairs: vec![tab.unweighted_pair_moments(&block, &y, &x).unwrap()],
            };
            tab.sums(&block, weighted, unweighted)
        })
        .collect();
    let base = BlockTabulation::new(&block, &[], None, cells).unwrap();
    let base = base.sums(&block, BlockColumns::default(), BlockColumns::default());
    reduction.merge(&block.clusters, &base, &sums).unwrap();
}

pub const Y: Source = Source::Variable(0);
pub const ONE: Source = Source::Variable(1);
pub const PAIR: Source = Source::Pair(0);
pub const STATISTICS: [(Source, Statistic); 4] = [
    (Y, Statistic::Mean),
    (Y, Statistic::Total),
    (Y, Statistic::Variance),
    (PAIR, Statistic::Ratio),
];

/// Every statistic of every domain of two tabulations with its variance: (what, estimate,
/// variance).
pub fn figures(sample: &Sample) -> Vec<(String, Option<f64>, f64)> {
    let mut all = Vec::new();
    for tabulation in 0..2 {
        for (source, statistic) in STATISTICS {
            let found = linearise(sample, tabulation, source, statistic).unwrap();
            for (domain, one) in found.iter().enumerate() {
                let variance = one.variance(&sample.structure).unwrap();
                let what = format!("{statistic:?} of tabulation {tabulation}, domain {domain}");
                all.push((what, one.value, variance));
            }
        }
    }
    all
}

/// Whether two numbers agree to `tolerance` of the greater, or of 1 for small ones.
pub fn close(left: f64, right: f64, tolerance: f64) -> bool {
    (left - right).abs() <= tolerance * left.abs().max(right.abs()).max(1.0)
}

/// Fails unless two lists of figures agree.
pub fn agree(
    left: &[(String, Option<f64>, f64)],
    right: &[(String, Option<f64>, f64)],
    tolerance: f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(left.len(), right.len());
    for ((what, value, variance), (_, other, other_variance)) in left.iter().zip(right) {
        prop_assert_eq!(value.is_some(), other.is_some(), "{}", what);
        let (value, other) = (value.unwrap_or(0.0), other.unwrap_or(0.0));
        prop_assert!(
            close(value, other, tolerance),
            "{}: {} and {}",
            what,
            value,
            other
        );
        let (error, other) = (variance.sqrt(), other_variance.sqrt());
        // The root of a variance that is nothing but rounding has half its digits.
        let size = value.abs().max(1.0);
        prop_assert!(
            close(error, other, tolerance) || (error - other).abs() < 1e-7 * size,
            "{}: errors {} and {}",
            what,
            error,
            other
        );
    }
    Ok(())
}
