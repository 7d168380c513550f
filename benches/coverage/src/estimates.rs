//! What the library estimates from one sample, by way of a specification as users write it.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use chiso_survey::plan::{Known, KnownTotals, Plan, Weighed};
use chiso_survey::results::{self, Row};
use chiso_survey::select::{Sample as Selection, SelectedUnit};
use chiso_survey::specification::Specification;

use crate::designs::Design;
use crate::population::{PROVINCES, Population, Truth};

/// The statistics, in the order of the table.
pub const STATISTICS: [&str; 5] = ["mean", "proportion (logit)", "total", "ratio", "median"];

const ESTIMATES: &str = r#"
[[estimate]]
statistic = "mean"
variable = "value"
df = "design"

[[estimate]]
statistic = "proportion"
variable = "has"
ci = "logit"
df = "design"

[[estimate]]
statistic = "total"
variable = "value"
df = "design"

[[estimate]]
statistic = "ratio"
variable = "value"
denominator = "other"
df = "design"

[[estimate]]
statistic = "quantile"
variable = "value"
quantiles = [0.5]
df = "design"
"#;

/// One estimate with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    fn of(row: &Row) -> Result<Self> {
        let missing = || format!("{} of {}: {:?}", row.statistic, row.variable, row.flags);
        Ok(Interval {
            estimate: row.estimate.with_context(missing)?,
            error: row.standard_error.with_context(missing)?,
            lower: row.lo.with_context(missing)?,
            upper: row.hi.with_context(missing)?,
        })
    }
}

/// The values that the estimates aim at, in the order of [`STATISTICS`].
pub fn targets(truth: &Truth) -> [f64; STATISTICS.len()] {
    [
        truth.mean,
        truth.proportion,
        truth.total,
        truth.ratio,
        truth.median,
    ]
}

/// Estimates from the samples of one design.
pub struct Estimator<'a> {
    population: &'a Population,
    specification: Specification,
    known: Vec<KnownTotals>,
    schema: Arc<Schema>,
    plan: Plan,
}

impl<'a> Estimator<'a> {
    /// Fits the design's specification to the columns of its samples.
    ///
    /// # Errors
    ///
    /// If the library refuses the specification.
    pub fn new(population: &'a Population, design: &Design) -> Result<Self> {
        let (calibration, known) = match design.poststratified {
            true => provinces(population),
            false => (String::new(), Vec::new()),
        };
        // Persons with the finite-population correction, or ultimate clusters with replacement.
        let units = match design.single_stage {
            true => "fpc = \"fpc1\"",
            false => "clusters = \"psu\"",
        };
        let head = format!("[design]\nweights = \"weight\"\nstrata = \"stratum\"\n{units}\n");
        let text = head + &calibration + ESTIMATES;
        let specification = Specification::parse(design.name, &text)?;
        let schema = Arc::new(schema());
        let plan = Plan::new(&specification, &schema, &known)?;
        Ok(Estimator {
            population,
            specification,
            known,
            schema,
            plan,
        })
    }

    /// The estimates of one sample, in the order of [`STATISTICS`].
    ///
    /// # Errors
    ///
    /// Whatever the library refuses.
    pub fn estimate(&self, selection: &Selection) -> Result<[Interval; STATISTICS.len()]> {
        let units: Vec<&SelectedUnit> = selection.selected().collect();
        let answers = RecordBatch::try_new(self.schema.clone(), self.columns(&units)?)?;
        let block = self
            .plan
            .open(0, &answers.project(self.plan.head_columns())?)?;
        let sums = (0..self.plan.items()).map(|item| {
            let columns = answers.project(self.plan.item_columns(item))?;
            Ok(self.plan.reduce(&block, item, &columns)?)
        });
        let sums = sums.collect::<Result<Vec<_>>>()?;
        let mut pass = self.plan.pass();
        pass.merge(&self.plan.close(block, sums)?)?;
        let (mut sample, mut rows) = pass.finish()?;
        let Weighed { replication, .. } =
            self.plan
                .weigh(&self.specification, &self.known, &mut sample, rows.as_mut())?;
        let inputs = results::Inputs {
            specification: &self.specification,
            plan: &self.plan,
            sample: &sample,
            rows: rows.as_ref(),
            replication: replication.as_ref(),
        };
        let found = results::estimates(inputs, &|_| false)?;
        let rows: Vec<&Row> = found
            .iter()
            .flatten()
            .map(|evaluated| &evaluated.row)
            .collect();
        ensure!(
            rows.len() == STATISTICS.len(),
            "found {} estimates",
            rows.len()
        );
        let intervals = rows
            .iter()
            .map(|row| Interval::of(row))
            .collect::<Result<Vec<_>>>()?;
        intervals
            .try_into()
            .ok()
            .context("as many intervals as estimates")
    }

    /// The columns of [`schema`].
    fn columns(&self, units: &[&SelectedUnit]) -> Result<Vec<ArrayRef>> {
        let persons = units.iter().map(|unit| self.population.person(&unit.path));
        let persons = persons.collect::<Result<Vec<_>>>()?;
        let text = |of: fn(&SelectedUnit) -> &str| -> ArrayRef {
            Arc::new(
                units
                    .iter()
                    .map(|unit| Some(of(unit)))
                    .collect::<StringArray>(),
            )
        };
        let number = |values: Vec<f64>| -> ArrayRef { Arc::new(Float64Array::from(values)) };
        Ok(vec![
            text(|unit| &unit.path[0]),
            text(|unit| &unit.stratum),
            text(|unit| &unit.psu),
            number(
                units
                    .iter()
                    .map(|unit| unit.stages[0].probability)
                    .collect(),
            ),
            number(units.iter().map(|unit| unit.weight).collect()),
            number(
                persons
                    .iter()
                    .map(|person| f64::from(person.value))
                    .collect(),
            ),
            number(
                persons
                    .iter()
                    .map(|person| f64::from(person.other))
                    .collect(),
            ),
            Arc::new(
                persons
                    .iter()
                    .map(|person| Some(person.has))
                    .collect::<BooleanArray>(),
            ),
        ])
    }
}

fn schema() -> Schema {
    let field = |name: &str, kind: DataType| Field::new(name, kind, true);
    Schema::new(vec![
        field("province", DataType::Utf8),
        field("stratum", DataType::Utf8),
        field("psu", DataType::Utf8),
        field("fpc1", DataType::Float64),
        field("weight", DataType::Float64),
        field("value", DataType::Float64),
        field("other", DataType::Float64),
        field("has", DataType::Boolean),
    ])
}

/// Post-stratification to the provinces' numbers of persons, as a specification and as totals.
fn provinces(population: &Population) -> (String, Vec<KnownTotals>) {
    let counts =
        (0..PROVINCES).map(|place| (format!("{:02}", place + 1), population.size_of(place)));
    let counts: Vec<(String, usize)> = counts.collect();
    let row = |(id, count): &(String, usize)| format!("{{ province = \"{id}\", count = {count} }}");
    let rows: Vec<String> = counts.iter().map(row).collect();
    let text = format!(
        "\n[calibrate]\nmethod = \"poststratify\"\nby = [\"province\"]\ntotals = [{}]\n",
        rows.join(", ")
    );
    let cells = counts.into_iter().map(|(id, count)| Known {
        values: vec![id],
        count: count as f64,
    });
    let known = KnownTotals {
        by: vec!["province".to_owned()],
        cells: cells.collect(),
    };
    (text, vec![known])
}
