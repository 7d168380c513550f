//! The design's columns of one block of rows.

use arrow_array::Array;

use super::{DesignError, DesignOptions};
use crate::key::{Codes, Key, Pairs};
use crate::sums::numbers;

/// The columns that say how a block of rows was sampled. All have the block's rows.
#[derive(Default)]
pub struct DesignColumns<'a> {
    /// Rows in the block.
    pub rows: usize,
    /// Rows of the sample before this block.
    pub first_row: u64,
    /// Strata, one column a stage; fewer than clusters means that later stages are unstratified.
    pub strata: Vec<&'a dyn Array>,
    /// Clusters, one column a stage; none means that rows were drawn one by one.
    pub clusters: Vec<&'a dyn Array>,
    /// Finite populations, one column a stage: counts, or fractions (at most 1).
    pub fpc: Vec<&'a dyn Array>,
    /// Sampling weights.
    pub weights: Option<&'a dyn Array>,
    /// Selection probabilities, one column a stage, whose product is inverted to the weight.
    pub probabilities: Vec<&'a dyn Array>,
}

/// A cluster as a block knows it.
#[derive(Debug, Clone)]
pub(crate) struct LocalCluster {
    pub parent: u32,
    pub stratum: Key,
    pub key: Key,
    pub fpc: Option<f64>,
    pub first_row: u64,
}

/// The design of one block: a weight and a leaf (a cluster of the last stage that matters) for
/// each row.
#[derive(Debug, Clone)]
pub struct BlockDesign {
    pub(crate) weights: Vec<f64>,
    pub(crate) leaves: Pairs,
    /// What is merged of it.
    pub clusters: BlockClusters,
}

/// The clusters that a block met: what is kept of its design once the rows are summed.
#[derive(Debug, Clone)]
pub struct BlockClusters {
    pub(crate) rows: u64,
    pub(crate) zero_weights: u64,
    /// Weights are all 1 until the population counts are known.
    pub(crate) weights_from_fpc: bool,
    /// Neither weights nor probabilities nor fpc were given.
    pub(crate) weights_assumed: bool,
    pub(crate) stages: Vec<Vec<LocalCluster>>,
    pub(crate) has_fpc: bool,
}

impl BlockDesign {
    /// Reads the columns of a block.
    ///
    /// Stages beyond the first matter only where a finite population is given for them: sampling
    /// with replacement at one stage hides all later ones (Särndal, Swensson, Wretman 1992, §4.6).
    ///
    /// # Errors
    /// When a value is missing or impossible, or columns do not fit together.
    pub fn read(columns: &DesignColumns<'_>, options: DesignOptions) -> Result<Self, DesignError> {
        check_shape(columns)?;
        let (weights, zero_weights) = weights(columns)?;
        let given = columns.clusters.len().max(1);
        let weightless = columns.weights.is_none() && columns.probabilities.is_empty();
        if weightless && !columns.fpc.is_empty() && columns.fpc.len() < given {
            return Err(DesignError::Shape(format!(
                "found fpc for {} of {given} stages and no weights; expected weights, or fpc for every stage, from which they follow",
                columns.fpc.len()
            )));
        }
        // Weights that follow from fpc need all stages, whatever the variance takes.
        let depth = if columns.fpc.is_empty() || (options.ultimate_cluster && !weightless) {
            1
        } else {
            given.min(columns.fpc.len())
        };
        let mut path = Pairs::one(columns.rows);
        let mut stages = Vec::with_capacity(depth);
        for stage in 0..depth {
            let (next, clusters) = read_stage(columns, stage, &path)?;
            path = next;
            stages.push(clusters);
        }
        Ok(BlockDesign {
            weights,
            leaves: path,
            clusters: BlockClusters {
                rows: columns.rows as u64,
                zero_weights,
                weights_from_fpc: weightless && !columns.fpc.is_empty(),
                weights_assumed: weightless && columns.fpc.is_empty(),
                stages,
                has_fpc: !columns.fpc.is_empty(),
            },
        })
    }

    /// Rows in the block.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// 1 for each row with a positive weight.
    pub(crate) fn ones(&self) -> Vec<f64> {
        self.weights
            .iter()
            .map(|weight| f64::from(u8::from(*weight > 0.0)))
            .collect()
    }
}

fn check_shape(columns: &DesignColumns<'_>) -> Result<(), DesignError> {
    let stages = columns.clusters.len().max(1);
    for (name, found) in [("strata", columns.strata.len()), ("fpc", columns.fpc.len())] {
        if found > stages {
            return Err(DesignError::Shape(format!(
                "found {found} {name} columns for {stages} stages of clusters; expected at most one a stage"
            )));
        }
    }
    if columns.weights.is_some() && !columns.probabilities.is_empty() {
        return Err(DesignError::Shape(
            "found both weights and selection probabilities; expected one of them".into(),
        ));
    }
    let all = columns
        .strata
        .iter()
        .chain(&columns.clusters)
        .chain(&columns.fpc);
    for column in all.chain(&columns.weights).chain(&columns.probabilities) {
        if column.len() != columns.rows {
            return Err(DesignError::Shape(format!(
                "found a design column of {} rows in a block of {}",
                column.len(),
                columns.rows
            )));
        }
    }
    Ok(())
}

/// The weights and how many are zero.
fn weights(columns: &DesignColumns<'_>) -> Result<(Vec<f64>, u64), DesignError> {
    let mut weights = vec![1.0; columns.rows];
    let mut zeros = 0;
    if let Some(column) = columns.weights {
        let values = positive_numbers(column, columns, "weight", "a finite number, 0 or more")?;
        zeros = values.iter().filter(|weight| **weight == 0.0).count() as u64;
        weights = values;
    }
    for column in &columns.probabilities {
        const EXPECTED: &str = "a number above 0 and at most 1";
        let values = positive_numbers(*column, columns, "probability", EXPECTED)?;
        for (row, (weight, probability)) in weights.iter_mut().zip(values).enumerate() {
            if probability == 0.0 || probability > 1.0 {
                return Err(value_error(
                    columns,
                    row,
                    "probability",
                    probability,
                    EXPECTED,
                ));
            }
            *weight /= probability;
        }
    }
    Ok((weights, zeros))
}

fn value_error(
    columns: &DesignColumns<'_>,
    row: usize,
    column: &str,
    found: impl ToString,
    expected: &'static str,
) -> DesignError {
    DesignError::Value {
        row: columns.first_row + row as u64 + 1,
        column: column.into(),
        found: found.to_string(),
        expected,
    }
}

fn positive_numbers(
    column: &dyn Array,
    columns: &DesignColumns<'_>,
    name: &str,
    expected: &'static str,
) -> Result<Vec<f64>, DesignError> {
    let values = numbers(column).map_err(|reason| match reason {
        crate::sums::ColumnError::NotFinite { row, found } => {
            value_error(columns, row, name, found, expected)
        }
        reason => DesignError::Column {
            column: name.into(),
            reason,
        },
    })?;
    for row in 0..values.len() {
        if values.is_null(row) {
            return Err(value_error(columns, row, name, "missing", expected));
        }
        if values.value(row) < 0.0 {
            return Err(value_error(columns, row, name, values.value(row), expected));
        }
    }
    Ok(values.values().to_vec())
}

fn key_column(
    column: &dyn Array,
    columns: &DesignColumns<'_>,
    name: &str,
) -> Result<Codes, DesignError> {
    let codes = Codes::of(column).map_err(|reason| DesignError::KeyType {
        column: name.into(),
        reason,
    })?;
    if let Some(null) = codes.values.iter().position(|value| *value == Key::Null) {
        let row = codes
            .codes
            .iter()
            .position(|code| *code as usize == null)
            .unwrap_or(0);
        return Err(value_error(
            columns,
            row,
            name,
            "missing",
            "a value in every row",
        ));
    }
    Ok(codes)
}

/// Goes one stage down: the new path of each row, and the clusters met.
fn read_stage(
    columns: &DesignColumns<'_>,
    stage: usize,
    above: &Pairs,
) -> Result<(Pairs, Vec<LocalCluster>), DesignError> {
    // A stage without a stratum column of its own takes the last one, as R does; within a
    // cluster of the stage above that is the same stratum for all.
    let strata = columns
        .strata
        .get(stage.min(columns.strata.len().saturating_sub(1)))
        .map(|column| key_column(*column, columns, &format!("stratum of stage {}", stage + 1)))
        .transpose()?;
    let clusters = match columns.clusters.get(stage) {
        Some(column) => key_column(*column, columns, &format!("cluster of stage {}", stage + 1))?,
        None => Codes::of_rows(columns.first_row, columns.rows),
    };
    let fpc = columns
        .fpc
        .get(stage)
        .map(|column| {
            let name = format!("fpc of stage {}", stage + 1);
            positive_numbers(
                *column,
                columns,
                &name,
                "a count of 1 or more, or a fraction",
            )
        })
        .transpose()?;
    let within = match &strata {
        Some(strata) => above.then(&strata.codes),
        None => above.clone(),
    };
    let path = within.then(&clusters.codes);
    let met: Vec<LocalCluster> = path
        .first_rows
        .iter()
        .map(|row| {
            let row = *row as usize;
            LocalCluster {
                parent: above.codes[row],
                stratum: strata
                    .as_ref()
                    .map_or(Key::Null, |codes| codes.value(row).clone()),
                key: clusters.value(row).clone(),
                fpc: fpc.as_ref().map(|values| values[row]),
                first_row: columns.first_row + row as u64,
            }
        })
        .collect();
    if let Some(values) = &fpc {
        check_constant(columns, stage, &path, &met, values)?;
    }
    Ok((path, met))
}

fn check_constant(
    columns: &DesignColumns<'_>,
    stage: usize,
    path: &Pairs,
    met: &[LocalCluster],
    values: &[f64],
) -> Result<(), DesignError> {
    for (row, (code, value)) in path.codes.iter().zip(values).enumerate() {
        let cluster = &met[*code as usize];
        if cluster.fpc != Some(*value) {
            return Err(DesignError::FpcVaries {
                row: columns.first_row + row as u64 + 1,
                stage: stage + 1,
                cluster: cluster.key.clone(),
                first: cluster.fpc.unwrap_or(f64::INFINITY),
                found: *value,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Float64Array;

    fn read(fpc: &[&Float64Array], weights: Option<&Float64Array>) -> Result<(), DesignError> {
        let ids = Float64Array::from(vec![1.0, 1.0, 2.0, 2.0]);
        let units = Float64Array::from(vec![1.0, 2.0, 3.0, 4.0]);
        let columns = DesignColumns {
            rows: 4,
            clusters: vec![&ids, &units],
            fpc: fpc.iter().map(|column| *column as &dyn Array).collect(),
            weights: weights.map(|column| column as &dyn Array),
            ..DesignColumns::default()
        };
        BlockDesign::read(&columns, DesignOptions::default()).map(|_| ())
    }

    #[test]
    fn weights_do_not_follow_from_fpc_of_some_stages() {
        let fpc = Float64Array::from(vec![10.0; 4]);
        let error = read(&[&fpc], None).unwrap_err().to_string();
        assert!(
            error.starts_with("found fpc for 1 of 2 stages and no weights"),
            "{error}"
        );
        assert!(read(&[&fpc, &fpc], None).is_ok());
        let weights = Float64Array::from(vec![5.0; 4]);
        assert!(read(&[&fpc], Some(&weights)).is_ok());
    }
}
