//! Parameters of steps, resolved for each node: from the recipe, `nodes.csv` and the context.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use arrow_schema::{DataType, Field, Schema};
use chiso_expr::Expression;

use super::compile::Plan;
use super::stage::{Denominator, Fill, Kernel, Norm, Place, ScreenRule, SqlColumn, SqlInput};
use super::{Context, StepFault};
use crate::method::{normalise, treat};
use crate::pack::{Direction, NodeIndex};
use crate::problem::quoted;
use crate::recipe::{
    Action, Impute, Normalise, NormaliseMethod, Parameter, Screen, Treat, TreatMethod,
};

/// A step that is being bound.
pub(super) struct Binder<'a> {
    pub plan: &'a Plan,
    /// The step's place in the recipe, from 0.
    pub place: usize,
    pub context: &'a Context,
}

impl Binder<'_> {
    /// What the step does to a node.
    pub(super) fn action(&self, node: NodeIndex) -> Option<&Action> {
        let version = &self.plan.version;
        version.recipe[self.place].action(&version.tree, |node| version.level(node), node)
    }

    pub(super) fn fault(&self, node: Option<NodeIndex>, problem: impl Into<String>) -> StepFault {
        let version = &self.plan.version;
        let step = &version.recipe[self.place];
        StepFault {
            step: self.place + 1,
            action: step.name(),
            line: step.line,
            node: node.map(|node| version.tree.node(node).code.clone()),
            edition: None,
            problem: problem.into(),
        }
    }

    fn code(&self, node: NodeIndex) -> &str {
        &self.plan.version.tree.node(node).code
    }

    fn number(&self, node: NodeIndex, name: &str, parameter: &Parameter) -> Result<f64, StepFault> {
        parameter.of(self.code(node)).ok_or_else(|| {
            self.fault(
                Some(node),
                format!("found no `{name}` for it; expected a number"),
            )
        })
    }

    /// The kernel of a step that turns columns into columns.
    pub(super) fn columns(&self, nodes: &[(NodeIndex, Direction)]) -> Result<Kernel, StepFault> {
        let mut columns = Columns::default();
        for &(node, direction) in nodes {
            match self.action(node) {
                Some(Action::Denominate { by, scale }) => {
                    let values = columns.context.entry(by.clone());
                    let values = match values {
                        std::collections::btree_map::Entry::Occupied(known) => known.get().clone(),
                        std::collections::btree_map::Entry::Vacant(new) => {
                            let read = self.context.numbers(by, &self.plan.frame);
                            let read = read.map_err(|e| self.fault(Some(node), e.to_string()))?;
                            new.insert(Arc::from(read)).clone()
                        }
                    };
                    let scale = self.number(node, "scale", scale)?;
                    columns.denominators.push(Denominator { values, scale });
                }
                Some(Action::Impute(impute)) => {
                    columns.fills.push(self.fill(node, impute, nodes)?);
                }
                Some(Action::Treat(treat)) => {
                    columns.treatments.push(self.treatment(node, treat)?);
                }
                Some(Action::Normalise(normalise)) => {
                    columns.norms.push(self.norm(node, direction, normalise)?);
                }
                Some(Action::Expression(text)) => columns.expressions.push(self.sql(node, text)?),
                _ => {}
            }
        }
        Ok(columns.into_kernel(self.plan.screened_by))
    }

    fn fill(
        &self,
        node: NodeIndex,
        impute: &Impute,
        nodes: &[(NodeIndex, Direction)],
    ) -> Result<Fill, StepFault> {
        Ok(match impute {
            Impute::None => Fill::Nothing,
            Impute::Column(statistic) => Fill::Column(*statistic),
            Impute::Group { statistic, group } => {
                let groups = self.context.groups(group, &self.plan.frame);
                let groups = groups.map_err(|error| self.fault(Some(node), error.to_string()))?;
                Fill::Group(*statistic, Arc::from(groups))
            }
            Impute::RowMean { group_level } => {
                let above = self.ancestor(node, *group_level)?;
                let together = nodes.iter().enumerate().filter(|(_, (other, _))| {
                    self.ancestor(*other, *group_level)
                        .is_ok_and(|other| other == above)
                });
                Fill::Row(
                    together
                        .map(|(slot, (_, direction))| (slot, *direction))
                        .collect(),
                )
            }
            Impute::Previous { age } => Fill::Previous(*age),
            Impute::Linear => Fill::Linear,
        })
    }

    fn ancestor(&self, node: NodeIndex, level: usize) -> Result<NodeIndex, StepFault> {
        let version = &self.plan.version;
        let mut at = Some(node).filter(|_| level > 1);
        while let Some(here) = at {
            if version.level(here) >= level && here != node {
                return Ok(here);
            }
            at = version.tree.node(here).parent;
        }
        Err(self.fault(
            Some(node),
            format!(
                "found group_level {level}; expected 2 to {}",
                version.levels.len()
            ),
        ))
    }

    pub(super) fn screen(&self) -> Result<Kernel, StepFault> {
        let version = &self.plan.version;
        let Some(Action::Screen(Screen {
            available_share,
            nonzero_share,
            include,
            exclude,
        })) = version.recipe[self.place]
            .parts
            .first()
            .map(|part| &part.action)
        else {
            return Err(self.fault(None, "found no rule; expected one"));
        };
        let frame = &self.plan.frame;
        let rows = |units: &[String]| -> Result<Vec<bool>, StepFault> {
            let known = |unit: &String| {
                frame
                    .editions()
                    .iter()
                    .any(|e| e.units.iter().any(|u| **u == **unit))
            };
            if let Some(unknown) = units.iter().find(|unit| !known(unit)) {
                let problem = format!(
                    "found unit {}; expected a unit of the data",
                    quoted(unknown)
                );
                return Err(self.fault(None, problem));
            }
            let named = |row: usize| {
                frame
                    .unit(row)
                    .is_some_and(|unit| units.iter().any(|u| **u == **unit))
            };
            Ok((0..frame.rows()).map(named).collect())
        };
        Ok(Kernel::Screen(ScreenRule {
            available_share: *available_share,
            nonzero_share: *nonzero_share,
            include: rows(include)?,
            exclude: rows(exclude)?,
        }))
    }

    fn treatment(&self, node: NodeIndex, treat: &Treat) -> Result<treat::Treatment, StepFault> {
        let lambda = self.number(node, "lambda", &treat.lambda)?;
        let transform = |method: TreatMethod| match method {
            TreatMethod::None => treat::Transform::None,
            TreatMethod::Winsorise => treat::Transform::Winsorise,
            TreatMethod::LogCt => treat::Transform::LogCt,
            TreatMethod::LogCtPlus => treat::Transform::LogCtPlus,
            TreatMethod::LogGii => treat::Transform::LogGii,
            TreatMethod::BoxCox => treat::Transform::BoxCox { lambda },
        };
        let most = self.number(node, "most", &treat.most)?;
        if most < 0.0 || most.fract() != 0.0 || most > f64::from(u32::MAX) {
            let problem = format!("found most {most}; expected a whole number of cells");
            return Err(self.fault(Some(node), problem));
        }
        Ok(treat::Treatment {
            first: transform(treat.first),
            then: treat.then.map(transform),
            most: most as usize,
            skew: self.number(node, "skew", &treat.skew)?,
            kurtosis: self.number(node, "kurtosis", &treat.kurtosis)?,
            force: treat.force,
        })
    }

    fn norm(
        &self,
        node: NodeIndex,
        direction: Direction,
        rule: &Normalise,
    ) -> Result<Norm, StepFault> {
        let (low, high) = (
            self.number(node, "low", &rule.low)?,
            self.number(node, "high", &rule.high)?,
        );
        let range = self.plan.version.tree.node(node).range;
        let method = match rule.method {
            NormaliseMethod::None => normalise::Method::None,
            NormaliseMethod::MinMax => normalise::Method::MinMax { low, high },
            NormaliseMethod::Goalposts => {
                let range = range.ok_or_else(|| {
                    self.fault(Some(node), "found no `min` and `max` in nodes.csv; expected the goalposts of its scale")
                })?;
                let (min, max) = (range.min, range.max);
                normalise::Method::Goalposts {
                    min,
                    max,
                    low,
                    high,
                    truncate: rule.truncate,
                }
            }
            NormaliseMethod::Scaled => normalise::Method::Scaled {
                min: low,
                max: high,
                factor: self.number(node, "factor", &rule.factor)?,
            },
            NormaliseMethod::ZScore => normalise::Method::ZScore {
                mean: self.number(node, "mean", &rule.mean)?,
                sd: self.number(node, "sd", &rule.sd)?,
            },
            NormaliseMethod::Rank => normalise::Method::Rank,
            NormaliseMethod::Borda => normalise::Method::Borda,
            NormaliseMethod::PercentileRank => normalise::Method::PercentileRank,
            NormaliseMethod::DistanceToMax => normalise::Method::DistanceToMax,
            NormaliseMethod::DistanceToReference => normalise::Method::DistanceToReference {
                reference: f64::NAN,
                cap: rule.cap,
            },
            NormaliseMethod::DistanceToTarget => normalise::Method::DistanceToTarget {
                target: self.target(node, direction, rule)?,
                cap: rule.cap,
            },
            NormaliseMethod::FractionOfMax => normalise::Method::FractionOfMax,
        };
        let reference = rule
            .reference
            .as_ref()
            .map(|unit| self.reference(node, unit))
            .transpose()?;
        Ok(Norm {
            method,
            direction,
            reference,
        })
    }

    fn target(
        &self,
        node: NodeIndex,
        direction: Direction,
        rule: &Normalise,
    ) -> Result<f64, StepFault> {
        if let Some(target) = rule
            .target
            .as_ref()
            .and_then(|target| target.of(self.code(node)))
        {
            return Ok(target);
        }
        let range = self.plan.version.tree.node(node).range;
        let best = range.map(|range| match direction {
            Direction::Higher => range.max,
            Direction::Lower => range.min,
        });
        best.ok_or_else(|| {
            self.fault(
                Some(node),
                "found no target; expected `target` in the step, or `min` and `max` in nodes.csv",
            )
        })
    }

    fn reference(&self, node: NodeIndex, unit: &str) -> Result<Arc<[Option<usize>]>, StepFault> {
        let frame = &self.plan.frame;
        let rows: Arc<[Option<usize>]> = (0..frame.editions().len())
            .map(|edition| frame.row(edition, unit))
            .collect();
        if rows.iter().all(Option::is_none) {
            let problem = format!(
                "found reference {}; expected a unit of the data",
                quoted(unit)
            );
            return Err(self.fault(Some(node), problem));
        }
        Ok(rows)
    }

    fn sql(&self, node: NodeIndex, text: &str) -> Result<Arc<SqlColumn>, StepFault> {
        let fault = |problem: String| self.fault(Some(node), problem);
        let parsed = Expression::parse(text).map_err(|error| fault(error.to_string()))?;
        let (mut fields, mut inputs) = (Vec::new(), Vec::new());
        let names: Vec<String> = parsed.columns().into_iter().map(str::to_owned).collect();
        for name in names {
            let (input, data_type) = self.sql_input(node, &name)?;
            fields.push(Field::new(name, data_type, true));
            inputs.push(input);
        }
        let schema = Arc::new(Schema::new(fields));
        let expression = parsed
            .bind(&schema)
            .map_err(|error| fault(error.to_string()))?;
        Ok(Arc::new(SqlColumn {
            expression,
            schema,
            inputs,
        }))
    }

    fn sql_input(&self, node: NodeIndex, name: &str) -> Result<(SqlInput, DataType), StepFault> {
        let version = &self.plan.version;
        let column = match name {
            "value" => Some(node),
            code => version.tree.find(code),
        };
        if let Some(column) = column {
            let place: Option<Place> = self.plan.homes[column.0];
            let place = place.ok_or_else(|| {
                self.fault(
                    Some(node),
                    format!(
                        "found `{name}`, which no earlier step computes; expected a node that is"
                    ),
                )
            })?;
            return Ok((SqlInput::Node(place), DataType::Float64));
        }
        let frame = &self.plan.frame;
        let fault = |error: super::ContextProblem| self.fault(Some(node), error.to_string());
        let (array, data_type): (ArrayRef, DataType) = if self.context.is_numeric(name) {
            let numbers = self.context.numbers(name, frame).map_err(fault)?;
            let numbers = numbers
                .into_iter()
                .map(|number| Some(number).filter(|n| !n.is_nan()));
            (
                Arc::new(Float64Array::from_iter(numbers)),
                DataType::Float64,
            )
        } else {
            let texts = self.context.texts(name, frame).map_err(fault)?;
            (Arc::new(StringArray::from_iter(texts)), DataType::Utf8)
        };
        Ok((SqlInput::Context(array), data_type))
    }
}

/// The parameters of a step's columns: of one kind, since a step does one thing.
#[derive(Default)]
struct Columns {
    context: BTreeMap<String, Arc<[f64]>>,
    denominators: Vec<Denominator>,
    fills: Vec<Fill>,
    treatments: Vec<treat::Treatment>,
    norms: Vec<Norm>,
    expressions: Vec<Arc<SqlColumn>>,
}

impl Columns {
    fn into_kernel(self, screened_by: Option<usize>) -> Kernel {
        if !self.denominators.is_empty() {
            Kernel::Denominate(self.denominators)
        } else if !self.fills.is_empty() {
            Kernel::Impute {
                fills: self.fills,
                screened_by,
            }
        } else if !self.treatments.is_empty() {
            Kernel::Treat(self.treatments)
        } else if !self.norms.is_empty() {
            Kernel::Normalise(self.norms)
        } else {
            Kernel::Expression {
                columns: self.expressions,
                screened_by,
            }
        }
    }
}
