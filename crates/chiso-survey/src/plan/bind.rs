//! Finding the columns of every expression, and sharing what several estimates need.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_schema::{Schema, SchemaRef};
use chiso_expr::{BoundExpression, Expression};

use super::cells::{CellCoder, KnownTotals};
use super::missing::Missing;
use super::{
    EstimatePlace, Item, ItemKind, Places, Plan, PlanError, RowNeeds, TabulationPlan, row_needs,
};
use crate::estimate::Source;
use crate::specification::{
    DesignColumnsOf, EstimateSpecification, Method, ReplicateMethod, Replicates, Specification,
    StatisticName, TestSpecification,
};

/// The design's expressions, bound to the head's columns.
#[derive(Debug, Clone)]
pub(super) struct BoundDesign {
    pub weights: Option<BoundExpression>,
    pub probabilities: Vec<BoundExpression>,
    pub strata: Vec<BoundExpression>,
    pub clusters: Vec<BoundExpression>,
    pub fpc: Vec<BoundExpression>,
    /// The columns of the margins, one margin after the other, by place in the head.
    pub margins: Vec<usize>,
    pub margin_widths: Vec<usize>,
}

pub(super) fn bind_error(expression: &Expression) -> impl Fn(chiso_expr::BindError) -> PlanError {
    let expression = expression.text().to_owned();
    move |reason| PlanError::Bind {
        expression: expression.clone(),
        reason,
    }
}

/// A schema of some columns of a table.
fn projection(schema: &Schema, columns: &[usize]) -> SchemaRef {
    let fields: Vec<_> = columns
        .iter()
        .map(|place| Arc::clone(&schema.fields()[*place]))
        .collect();
    Arc::new(Schema::new(fields))
}

/// The places of the columns that expressions read, each once, in ascending order.
fn columns_of<'a>(
    schema: &Schema,
    expressions: impl IntoIterator<Item = &'a Expression>,
) -> Result<BTreeSet<usize>, PlanError> {
    let mut columns = BTreeSet::new();
    for expression in expressions {
        columns.extend(
            expression
                .column_indices(schema)
                .map_err(bind_error(expression))?,
        );
    }
    Ok(columns)
}

fn bind_all(
    expressions: &[Expression],
    schema: &Schema,
) -> Result<Vec<BoundExpression>, PlanError> {
    let bind = |expression: &Expression| expression.bind(schema).map_err(bind_error(expression));
    expressions.iter().map(bind).collect()
}

fn bind_one(
    expression: Option<&Expression>,
    schema: &Schema,
) -> Result<Option<BoundExpression>, PlanError> {
    expression
        .map(|expression| expression.bind(schema).map_err(bind_error(expression)))
        .transpose()
}

/// A margin's column is named, not computed.
fn margin_column(schema: &Schema, name: &str) -> Result<usize, PlanError> {
    let text = format!("\"{}\"", name.replace('"', "\"\""));
    let parsed = Expression::parse(&text);
    let place = parsed.ok().and_then(|expression| {
        expression
            .column_indices(schema)
            .ok()
            .and_then(|places| places.first().copied())
    });
    place.ok_or_else(|| PlanError::Totals {
        columns: name.to_owned(),
        found: "no such column in the data".into(),
        expected: "columns of the data in by",
    })
}

struct Builder<'a> {
    schema: &'a Schema,
    head_schema: SchemaRef,
    needs: RowNeeds,
    tabulations: Vec<TabulationPlan>,
    tabulation_places: Places<usize>,
    items: Vec<Item>,
    variables: Places<usize>,
    pairs: Places<usize>,
    kept: usize,
}

pub(super) fn plan(
    specification: &Specification,
    schema: &Schema,
    known: &[KnownTotals],
) -> Result<Plan, PlanError> {
    let design = &specification.design;
    let calibration = specification.calibration.as_ref();
    let mut margins = Vec::new();
    for name in known.iter().flat_map(|totals| &totals.by) {
        margins.push(margin_column(schema, name)?);
    }
    let mut columns = columns_of(schema, head_expressions(specification))?;
    columns.extend(&margins);
    let head_columns: Vec<usize> = columns.into_iter().collect();
    let head_schema = projection(schema, &head_columns);
    let place_in_head = |column: &usize| head_columns.iter().position(|c| c == column).unwrap_or(0);
    let bound = BoundDesign {
        margins: margins.iter().map(place_in_head).collect(),
        margin_widths: known.iter().map(|totals| totals.by.len()).collect(),
        ..bound_design(design, &head_schema)?
    };
    let mut builder = Builder {
        schema,
        head_schema,
        needs: row_needs(specification),
        tabulations: Vec::new(),
        tabulation_places: Places::new(),
        items: Vec::new(),
        variables: Places::new(),
        pairs: Places::new(),
        kept: 0,
    };
    let estimates = specification
        .estimates
        .iter()
        .map(|estimate| builder.estimate(estimate))
        .collect::<Result<_, _>>()?;
    let tests = specification
        .tests
        .iter()
        .map(|test| builder.test(test))
        .collect::<Result<_, _>>()?;
    let auxiliaries = builder.auxiliaries(specification)?;
    let margin_columns: Vec<usize> = if builder.needs.all_variables {
        (builder.kept..builder.kept + known.len()).collect()
    } else {
        Vec::new()
    };
    Ok(Plan {
        options: design.options,
        head_columns,
        design: bound,
        kept: builder.kept + margin_columns.len(),
        needs: builder.needs,
        cells: if known.is_empty() {
            None
        } else {
            Some(CellCoder::new(known)?)
        },
        margin_columns,
        term_columns: auxiliaries.terms,
        variance_column: auxiliaries.variance,
        replicate_columns: auxiliaries.replicates,
        missing: Missing::new(&specification.missing),
        unweighted: calibration.is_some_and(|c| c.method == Method::Rake),
        tabulations: builder.tabulations,
        items: builder.items,
        estimates,
        tests,
    })
}

/// The design's own expressions, without margins.
fn bound_design(design: &DesignColumnsOf, head: &Schema) -> Result<BoundDesign, PlanError> {
    Ok(BoundDesign {
        weights: bind_one(design.weights.as_ref(), head)?,
        probabilities: bind_all(&design.probabilities, head)?,
        strata: bind_all(&design.strata, head)?,
        clusters: bind_all(&design.clusters, head)?,
        fpc: bind_all(&design.fpc, head)?,
        margins: Vec::new(),
        margin_widths: Vec::new(),
    })
}

/// Kept columns that are no variables of estimates.
#[derive(Default)]
struct Auxiliaries {
    terms: Vec<usize>,
    variance: Option<usize>,
    replicates: Vec<usize>,
}

/// The columns that names, or beginnings of names followed by `*`, stand for.
fn replicate_names(schema: &Schema, wanted: &[String]) -> Result<Vec<String>, PlanError> {
    let mut names = Vec::new();
    for name in wanted {
        let fits = |column: &str| match name.strip_suffix('*') {
            Some(beginning) => column.starts_with(beginning),
            None => column == name,
        };
        let before = names.len();
        let columns = schema.fields().iter().map(|field| field.name());
        names.extend(columns.filter(|column| fits(column)).cloned());
        if names.len() == before {
            return Err(PlanError::ReplicateColumn(name.clone()));
        }
    }
    Ok(names)
}

/// Everything but the variables: what a block needs to be opened.
fn head_expressions(specification: &Specification) -> Vec<&Expression> {
    let design = &specification.design;
    let mut all: Vec<&Expression> = design.weights.iter().collect();
    all.extend(&design.probabilities);
    all.extend(&design.strata);
    all.extend(&design.clusters);
    all.extend(&design.fpc);
    for estimate in &specification.estimates {
        all.extend(&estimate.by);
        all.extend(&estimate.filter);
    }
    for test in &specification.tests {
        all.extend([&test.rows, &test.columns]);
        all.extend(&test.filter);
    }
    all
}

impl Builder<'_> {
    fn tabulation(
        &mut self,
        by: &[&Expression],
        filter: Option<&Expression>,
    ) -> Result<usize, PlanError> {
        let mut key: Vec<&str> = by.iter().map(|by| by.text()).collect();
        key.push(filter.map_or("", Expression::text));
        let key = key.join("\u{1f}");
        if let Some(place) = self.tabulation_places.get(&key) {
            return Ok(*place);
        }
        let by: Vec<Expression> = by.iter().map(|by| (*by).clone()).collect();
        self.tabulations.push(TabulationPlan {
            by: bind_all(&by, &self.head_schema)?,
            filter: bind_one(filter, &self.head_schema)?,
            variables: 0,
            pairs: 0,
        });
        let place = self.tabulations.len() - 1;
        self.tabulation_places.insert(key, place);
        Ok(place)
    }

    fn bound(&self, expression: &Expression) -> Result<(Vec<usize>, BoundExpression), PlanError> {
        let columns: Vec<usize> = columns_of(self.schema, [expression])?.into_iter().collect();
        let schema = projection(self.schema, &columns);
        let bound = expression.bind(&schema).map_err(bind_error(expression))?;
        Ok((columns, bound))
    }

    /// The item of a variable, made once for all that use it.
    fn variable(&mut self, expression: &Expression) -> Result<usize, PlanError> {
        if let Some(place) = self.variables.get(expression.text()) {
            return Ok(*place);
        }
        let (columns, bound) = self.bound(expression)?;
        let kind = ItemKind::Variable {
            expression: bound,
            uses: Vec::new(),
            keep: None,
        };
        self.items.push(Item { columns, kind });
        self.variables
            .insert(expression.text().to_owned(), self.items.len() - 1);
        Ok(self.items.len() - 1)
    }

    /// Has a variable kept with the rows and returns its place there.
    fn kept_column(&mut self, expression: &Expression) -> Result<usize, PlanError> {
        let place = self.variable(expression)?;
        let next = self.kept;
        let ItemKind::Variable { keep, .. } = &mut self.items[place].kind else {
            return Ok(next);
        };
        let column = *keep.get_or_insert(next);
        self.kept = self.kept.max(column + 1);
        Ok(column)
    }

    /// The place of a variable's sums in a tabulation.
    fn variable_in(
        &mut self,
        tabulation: usize,
        expression: &Expression,
    ) -> Result<usize, PlanError> {
        let item = self.variable(expression)?;
        let next = self.tabulations[tabulation].variables;
        let ItemKind::Variable { uses, .. } = &mut self.items[item].kind else {
            return Ok(next);
        };
        if let Some((_, slot)) = uses.iter().find(|(place, _)| *place == tabulation) {
            return Ok(*slot);
        }
        uses.push((tabulation, next));
        self.tabulations[tabulation].variables += 1;
        Ok(next)
    }

    fn pair_in(
        &mut self,
        tabulation: usize,
        numerator: &Expression,
        denominator: &Expression,
    ) -> Result<usize, PlanError> {
        let key = format!("{}\u{1f}{}", numerator.text(), denominator.text());
        let item = match self.pairs.get(&key) {
            Some(place) => *place,
            None => {
                let columns: Vec<usize> = columns_of(self.schema, [numerator, denominator])?
                    .into_iter()
                    .collect();
                let schema = projection(self.schema, &columns);
                let kind = ItemKind::Pair {
                    numerator: numerator.bind(&schema).map_err(bind_error(numerator))?,
                    denominator: denominator.bind(&schema).map_err(bind_error(denominator))?,
                    uses: Vec::new(),
                };
                self.items.push(Item { columns, kind });
                self.pairs.insert(key, self.items.len() - 1);
                self.items.len() - 1
            }
        };
        let next = self.tabulations[tabulation].pairs;
        let ItemKind::Pair { uses, .. } = &mut self.items[item].kind else {
            return Ok(next);
        };
        if let Some((_, slot)) = uses.iter().find(|(place, _)| *place == tabulation) {
            return Ok(*slot);
        }
        uses.push((tabulation, next));
        self.tabulations[tabulation].pairs += 1;
        Ok(next)
    }

    /// Has the numbers with known totals, their variance and given replicate weights kept.
    fn auxiliaries(&mut self, specification: &Specification) -> Result<Auxiliaries, PlanError> {
        let mut found = Auxiliaries::default();
        if let Some(calibration) = &specification.calibration {
            for term in &calibration.terms {
                found.terms.push(self.kept_column(&term.variable)?);
            }
            if let Some(variance) = &calibration.variance {
                found.variance = Some(self.kept_column(variance)?);
            }
        }
        if let Some(Replicates {
            method: ReplicateMethod::Given { columns, .. },
            ..
        }) = &specification.replicates
        {
            for name in replicate_names(self.schema, columns)? {
                let text = format!("\"{}\"", name.replace('"', "\"\""));
                let expression = Expression::parse(&text)
                    .map_err(|_| PlanError::ReplicateColumn(name.clone()))?;
                found.replicates.push(self.kept_column(&expression)?);
            }
        }
        Ok(found)
    }

    fn estimate(&mut self, estimate: &EstimateSpecification) -> Result<EstimatePlace, PlanError> {
        let by: Vec<&Expression> = estimate.by.iter().collect();
        let tabulation = self.tabulation(&by, estimate.filter.as_ref())?;
        let mut place = EstimatePlace {
            tabulation,
            sources: Vec::new(),
            kept: Vec::new(),
        };
        for variable in &estimate.variables {
            let source = match &estimate.denominator {
                Some(denominator) => {
                    Source::Pair(self.pair_in(tabulation, variable, denominator)?)
                }
                None => Source::Variable(self.variable_in(tabulation, variable)?),
            };
            place.sources.push(source);
            if self.needs.all_variables || estimate.statistic == StatisticName::Quantile {
                let column = self.kept_column(variable)?;
                let denominator = estimate
                    .denominator
                    .as_ref()
                    .map(|d| self.kept_column(d))
                    .transpose()?;
                place.kept.push((column, denominator));
            }
        }
        Ok(place)
    }

    fn test(&mut self, test: &TestSpecification) -> Result<(usize, usize), PlanError> {
        let tabulation = self.tabulation(&[&test.rows, &test.columns], test.filter.as_ref())?;
        // The cells' weights are totals of ones.
        let one = Expression::parse("1").map_err(|_| PlanError::ReplicateColumn("1".into()))?;
        let slot = self.variable_in(tabulation, &one)?;
        Ok((tabulation, slot))
    }
}
