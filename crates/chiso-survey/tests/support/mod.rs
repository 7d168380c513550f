//! Tables of the reference folder as columns, and designs over them.
#![allow(dead_code, reason = "every test program uses a part of it")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray};
use chiso_survey::design::{BlockDesign, DesignColumns, DesignOptions};
use chiso_survey::sums::{
    BlockColumns, BlockRows, BlockSums, BlockTabulation, Reduction, Rows, Sample,
};

/// The folder of the peers' results, or none on a machine without it.
pub fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let folder = folder.join("survey");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing; expected the reference results",
        folder.display()
    );
    eprintln!("skipped: no reference results at {}", folder.display());
    None
}

/// A CSV table, by column.
#[derive(Debug, Clone)]
pub struct Frame {
    pub columns: BTreeMap<String, Vec<String>>,
    pub rows: usize,
}

impl Frame {
    pub fn read(name: &str) -> Option<Frame> {
        let path = reference()?.join(name);
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let names: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
        for record in reader.records() {
            for (column, field) in columns.iter_mut().zip(record.unwrap().iter()) {
                column.push(field.to_owned());
            }
        }
        let rows = columns[0].len();
        Some(Frame {
            columns: names.into_iter().zip(columns).collect(),
            rows,
        })
    }

    pub fn text(&self, name: &str) -> &[String] {
        self.columns
            .get(name)
            .unwrap_or_else(|| panic!("no column {name}"))
    }

    /// Numbers where every value is one, else texts; "NA" and "" are missing.
    pub fn column(&self, name: &str) -> ArrayRef {
        let texts = self.text(name);
        let missing = |text: &str| text.is_empty() || text == "NA";
        let numbers: Result<Vec<Option<f64>>, _> = texts
            .iter()
            .map(|text| {
                if missing(text) {
                    Ok(None)
                } else {
                    text.parse().map(Some)
                }
            })
            .collect();
        match numbers {
            Ok(numbers) => std::sync::Arc::new(Float64Array::from(numbers)),
            Err(_) => std::sync::Arc::new(StringArray::from_iter(
                texts
                    .iter()
                    .map(|text| (!missing(text)).then_some(text.as_str())),
            )),
        }
    }

    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        self.text(name)
            .iter()
            .map(|text| text.parse().ok())
            .collect()
    }
}

/// The columns of a design by name.
#[derive(Debug, Clone, Default)]
pub struct Design {
    pub strata: Vec<&'static str>,
    pub clusters: Vec<&'static str>,
    pub fpc: Vec<&'static str>,
    pub weights: Option<&'static str>,
    pub probabilities: Vec<&'static str>,
    pub options: DesignOptions,
}

/// What one tabulation takes.
#[derive(Default)]
pub struct Tabulate {
    pub by: Vec<ArrayRef>,
    pub keep: Option<BooleanArray>,
    pub variables: Vec<ArrayRef>,
    pub pairs: Vec<(ArrayRef, ArrayRef)>,
}

/// The whole frame as one block.
pub fn block(frame: &Frame, design: &Design) -> BlockDesign {
    let arrays = |names: &[&str]| {
        names
            .iter()
            .map(|name| frame.column(name))
            .collect::<Vec<ArrayRef>>()
    };
    let (strata, clusters) = (arrays(&design.strata), arrays(&design.clusters));
    let (fpc, probabilities) = (arrays(&design.fpc), arrays(&design.probabilities));
    let weights = design.weights.map(|name| frame.column(name));
    let columns = DesignColumns {
        rows: frame.rows,
        first_row: 0,
        strata: strata.iter().map(|array| &**array).collect(),
        clusters: clusters.iter().map(|array| &**array).collect(),
        fpc: fpc.iter().map(|array| &**array).collect(),
        weights: weights.as_deref(),
        probabilities: probabilities.iter().map(|array| &**array).collect(),
    };
    BlockDesign::read(&columns, design.options).unwrap()
}

pub fn reduce(block: &BlockDesign, design: &Design, tabulations: &[Tabulate]) -> Sample {
    reduce_with(block, design, tabulations, Extra::default()).0
}

/// What is needed beyond plain sums.
#[derive(Default)]
pub struct Extra<'a> {
    /// Calibration cells of the rows; raking needs sums with every weight 1 too, so they are made.
    pub cells: Option<&'a [u32]>,
    /// Columns kept with the rows.
    pub kept: Vec<ArrayRef>,
}

/// The sample and its rows.
pub fn reduce_with(
    block: &BlockDesign,
    design: &Design,
    tabulations: &[Tabulate],
    extra: Extra<'_>,
) -> (Sample, Rows) {
    let widths: Vec<(usize, usize)> = tabulations
        .iter()
        .map(|tab| (tab.variables.len(), tab.pairs.len()))
        .collect();
    let mut reduction = Reduction::new(design.options, &widths);
    let of_block: Vec<BlockTabulation> = tabulations
        .iter()
        .map(|tab| {
            let by: Vec<&dyn Array> = tab.by.iter().map(|array| &**array).collect();
            BlockTabulation::new(block, &by, tab.keep.as_ref(), extra.cells).unwrap()
        })
        .collect();
    let sums: Vec<BlockSums> = of_block
        .iter()
        .zip(tabulations)
        .map(|(tabulation, wanted)| {
            let weighted = BlockColumns {
                variables: each(&wanted.variables, |y| tabulation.moments(block, y)),
                pairs: each(&wanted.pairs, |(y, x)| tabulation.pair_moments(block, y, x)),
            };
            let unweighted = match extra.cells {
                None => BlockColumns::default(),
                Some(_) => BlockColumns {
                    variables: each(&wanted.variables, |y| {
                        tabulation.unweighted_moments(block, y)
                    }),
                    pairs: each(&wanted.pairs, |(y, x)| {
                        tabulation.unweighted_pair_moments(block, y, x)
                    }),
                },
            };
            tabulation.sums(block, weighted, unweighted)
        })
        .collect();
    let base = BlockTabulation::new(block, &[], None, extra.cells).unwrap();
    let base = base.sums(block, BlockColumns::default(), BlockColumns::default());
    let ids = reduction.merge(&block.clusters, &base, &sums).unwrap();
    let kept: Vec<&dyn Array> = extra.kept.iter().map(|array| &**array).collect();
    let of_rows = BlockRows::new(block, &of_block.iter().collect::<Vec<_>>(), &kept).unwrap();
    let mut rows = Rows::default();
    rows.merge(&of_rows, &ids);
    let sample = reduction.finish().unwrap();
    let weightless = design.weights.is_none() && design.probabilities.is_empty();
    rows.finish(&sample, weightless && !design.fpc.is_empty());
    (sample, rows)
}

fn each<T, U, E: std::fmt::Debug>(all: &[T], of: impl Fn(&T) -> Result<U, E>) -> Vec<U> {
    all.iter().map(|one| of(one).unwrap()).collect()
}

/// Whether two numbers agree to 1e-10 of their size (absolutely near zero).
pub fn agree(found: f64, expected: f64) -> bool {
    let size = expected.abs().max(found.abs());
    (found - expected).abs() <= 1e-10 * size || size < 1e-12
}
