//! DataFusion's answer: its parser, planner, type coercion, simplifier and physical expressions,
//! as a query with one SELECT item would use them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use datafusion_common::config::ConfigOptions;
use datafusion_common::tree_node::{Transformed, TreeNode};
use datafusion_common::{DFSchema, DataFusionError, Result, TableReference, plan_err};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::planner::{ContextProvider, ExprPlanner};
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{AggregateUDF, Expr, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};
use datafusion_optimizer::simplify_expressions::ExprSimplifier;
use datafusion_physical_expr::create_physical_expr;
use datafusion_sql::planner::{ParserOptions, PlannerContext, SqlToRel};
use datafusion_sql::sqlparser::dialect::GenericDialect;
use datafusion_sql::sqlparser::parser::Parser;
use datafusion_sql::sqlparser::tokenizer::Token;

/// DataFusion's default functions and options.
pub struct Oracle {
    functions: HashMap<String, Arc<ScalarUDF>>,
    planners: Vec<Arc<dyn ExprPlanner>>,
    options: ConfigOptions,
}

impl Oracle {
    pub fn new() -> Self {
        let mut functions = HashMap::new();
        for function in datafusion_functions::all_default_functions() {
            for alias in function.aliases() {
                functions.insert(alias.clone(), Arc::clone(&function));
            }
            functions.insert(function.name().to_owned(), function);
        }
        Self {
            functions,
            planners: vec![
                Arc::new(datafusion_functions::core::planner::CoreFunctionPlanner::default()),
                Arc::new(datafusion_functions::unicode::planner::UnicodeFunctionPlanner),
            ],
            options: ConfigOptions::default(),
        }
    }

    /// The values of the expression for the batch, by the simplified plan of a query.
    pub fn evaluate(&self, text: &str, batch: &RecordBatch) -> Result<ArrayRef> {
        let schema = Arc::new(DFSchema::try_from(batch.schema().as_ref().clone())?);
        let expression = self.planned(text, &schema)?;
        let simplified = ExprSimplifier::new(context(&schema)).simplify(expression)?;
        values(&simplified, &schema, batch)
    }

    /// The values by the plan as written. Only COALESCE becomes CASE, since it has no
    /// evaluation of its own.
    pub fn evaluate_as_written(&self, text: &str, batch: &RecordBatch) -> Result<ArrayRef> {
        let schema = Arc::new(DFSchema::try_from(batch.schema().as_ref().clone())?);
        let context = context(&schema);
        let rewritten = self
            .planned(text, &schema)?
            .transform_up(|part| match part {
                Expr::ScalarFunction(call) if call.func.name() == "coalesce" => {
                    match call.func.simplify(call.args, &context)? {
                        ExprSimplifyResult::Simplified(case) => Ok(Transformed::yes(case)),
                        ExprSimplifyResult::Original(_) => plan_err!("coalesce without arguments"),
                    }
                }
                other => Ok(Transformed::no(other)),
            })?;
        values(&rewritten.data, &schema, batch)
    }

    /// The expression as planned, with conversions.
    fn planned(&self, text: &str, schema: &Arc<DFSchema>) -> Result<Expr> {
        let dialect = GenericDialect {};
        let refused = |error| DataFusionError::SQL(Box::new(error), None);
        let mut parser = Parser::new(&dialect).try_with_sql(text).map_err(refused)?;
        let tree = parser.parse_expr().map_err(refused)?;
        parser.expect_token(&Token::EOF).map_err(refused)?;
        let planner = SqlToRel::new_with_options(self, ParserOptions::new());
        let expression = planner.sql_to_expr(tree, schema, &mut PlannerContext::new())?;
        ExprSimplifier::new(context(schema)).coerce(expression, schema)
    }
}

fn context(schema: &Arc<DFSchema>) -> SimplifyContext {
    SimplifyContext::builder()
        .with_schema(Arc::clone(schema))
        .build()
}

fn values(expression: &Expr, schema: &DFSchema, batch: &RecordBatch) -> Result<ArrayRef> {
    let (properties, planning) = (ExecutionProps::new(), PhysicalPlanningContext::default());
    let physical = create_physical_expr(expression, schema, &properties, &planning)?;
    physical.evaluate(batch)?.into_array(batch.num_rows())
}

impl ContextProvider for Oracle {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        plan_err!("no table {name}")
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.functions.get(name).cloned()
    }

    fn get_higher_order_meta(&self, _name: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, _name: &str) -> Option<Arc<AggregateUDF>> {
        None
    }

    fn get_window_meta(&self, _name: &str) -> Option<Arc<WindowUDF>> {
        None
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<arrow_schema::DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.options
    }

    fn udf_names(&self) -> Vec<String> {
        self.functions.keys().cloned().collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
