//! The auxiliary variables as named columns: intercept, treatment contrasts, numbers.

use super::error::{CalibrationError, check_length};

/// Auxiliary variables of the records, column by column, in the order in which R's
/// `model.matrix` lays them out.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelMatrix {
    records: usize,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl ModelMatrix {
    /// No column yet.
    pub fn new(records: usize) -> Self {
        Self {
            records,
            names: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Adds the column of ones, `(Intercept)`; its total is the size of the population.
    #[must_use]
    pub fn intercept(mut self) -> Self {
        self.names.push("(Intercept)".to_owned());
        self.columns.push(vec![1.0; self.records]);
        self
    }

    /// Adds a numeric column, whose total is its sum over the population.
    ///
    /// # Errors
    /// If it has not one finite value a record.
    pub fn number(mut self, name: &str, values: &[f64]) -> Result<Self, CalibrationError> {
        check_length(
            "values of an auxiliary variable",
            values.len(),
            self.records,
        )?;
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(CalibrationError::Value {
                what: format!("auxiliary variable {name}"),
                index,
                found: values[index],
                expected: "a finite number",
            });
        }
        self.names.push(name.to_owned());
        self.columns.push(values.to_vec());
        Ok(self)
    }

    /// Adds treatment contrasts as R does: a 0/1 column for every level but the first, named
    /// `name` + level. The total of each is the population of its level; for levels that cross
    /// two variables, pass the codes and levels of the crossing.
    ///
    /// # Errors
    /// If `codes` has not one entry a record, or a code has no level.
    pub fn factor(
        mut self,
        name: &str,
        codes: &[u32],
        levels: &[&str],
    ) -> Result<Self, CalibrationError> {
        check_length("codes of a factor", codes.len(), self.records)?;
        if let Some(index) = codes.iter().position(|code| *code as usize >= levels.len()) {
            return Err(CalibrationError::Value {
                what: format!("factor {name}"),
                index,
                found: f64::from(codes[index]),
                expected: "a code below the number of levels",
            });
        }
        for (code, level) in levels.iter().enumerate().skip(1) {
            self.names.push(format!("{name}{level}"));
            self.columns.push(
                codes
                    .iter()
                    .map(|of_record| f64::from(u8::from(*of_record as usize == code)))
                    .collect(),
            );
        }
        Ok(self)
    }

    /// Number of records.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, each with one value a record.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// `Σ wᵢ xᵢ` of each column: the totals that the weights give.
    pub fn totals(&self, weights: &[f64]) -> Vec<f64> {
        self.columns
            .iter()
            .map(|column| super::algebra::dot(column, weights))
            .collect()
    }

    /// `Σ_j x_ij v_j` of each record.
    pub(super) fn times(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.records];
        for (column, coefficient) in self.columns.iter().zip(coefficients) {
            for (sum, value) in sums.iter_mut().zip(column) {
                *sum += value * coefficient;
            }
        }
        sums
    }

    /// Columns replaced by their plain means over each cluster.
    pub(super) fn cluster_means(&self, means: &super::greg_setup::ClusterMeans) -> Self {
        Self {
            records: self.records,
            names: self.names.clone(),
            columns: self.columns.iter().map(|c| means.of(c)).collect(),
        }
    }

    /// Without the columns for which `keep` is false.
    pub(super) fn only(&self, keep: &[bool]) -> Self {
        let pick = |index: &usize| keep[*index];
        Self {
            records: self.records,
            names: (0..keep.len())
                .filter(pick)
                .map(|j| self.names[j].clone())
                .collect(),
            columns: (0..keep.len())
                .filter(pick)
                .map(|j| self.columns[j].clone())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn treatment_contrasts_leave_out_the_first_level() {
        let matrix = ModelMatrix::new(3)
            .intercept()
            .factor("stype", &[0, 2, 1], &["E", "H", "M"])
            .unwrap()
            .number("api99", &[600.0, 700.0, 650.0])
            .unwrap();
        assert_eq!(matrix.names(), ["(Intercept)", "stypeH", "stypeM", "api99"]);
        assert_eq!(matrix.columns()[1], [0.0, 0.0, 1.0]);
        assert_eq!(matrix.columns()[2], [0.0, 1.0, 0.0]);
        assert_eq!(matrix.totals(&[1.0, 2.0, 1.0]), [4.0, 1.0, 2.0, 2650.0]);
    }

    #[test]
    fn a_value_that_is_not_a_number_names_the_variable_and_record() {
        let error = ModelMatrix::new(2)
            .number("income", &[1.0, f64::NAN])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "auxiliary variable income, entry 1: NaN, expected a finite number"
        );
        assert!(ModelMatrix::new(1).factor("f", &[2], &["a", "b"]).is_err());
        assert!(ModelMatrix::new(2).number("x", &[1.0]).is_err());
    }
}
