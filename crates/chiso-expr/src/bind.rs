//! From [`Node`] to [`Typed`]: columns are found, types checked, conversions inserted as the
//! `TypeCoercion` analyzer of DataFusion does.

use arrow_schema::{DataType, Schema};

use crate::coerce;
use crate::error::BindError;
use crate::function::{Function, Places, Signature};
use crate::infallible::is_infallible_case;
use crate::names;
use crate::node::{Literal, Name, Node};
use crate::operators::{arithmetic, between, compare, concatenate, is, like, logic, negate};
use crate::plan::{Case, Plan, Typed};
use crate::typed::{boolean, cast, convert, literal, narrowed, operands, to_boolean};

/// A column that a bound expression reads.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Its place in the schema.
    pub(crate) index: usize,
    /// Its name in the schema.
    pub(crate) name: String,
    /// Its type in the schema: that of the values, or a dictionary of them.
    pub(crate) stored: DataType,
    /// The type of the values.
    pub(crate) data_type: DataType,
}

/// Binds the parts of one expression and gathers the columns that they read.
pub(crate) struct Binder<'a> {
    schema: &'a Schema,
    pub(crate) sources: Vec<Source>,
}

impl<'a> Binder<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            sources: Vec::new(),
        }
    }

    /// Binds a part. The arms only hand over, so that a level of nesting takes little stack.
    pub(crate) fn typed(&mut self, node: &Node) -> Result<Typed, BindError> {
        match node {
            Node::Column(name) => self.column(name),
            Node::Literal(value) => Ok(literal(value)),
            Node::Not(operand)
            | Node::Negate(operand)
            | Node::Plus(operand)
            | Node::Is { operand, .. }
            | Node::Cast { operand, .. } => self.one(node, operand),
            Node::Arithmetic(_, left, right)
            | Node::Compare(_, left, right)
            | Node::Logic(_, left, right)
            | Node::Concatenate(left, right)
            | Node::Like {
                operand: left,
                pattern: right,
                ..
            } => self.two(node, left, right),
            Node::Between {
                operand,
                low,
                high,
                negated,
            } => self.between([operand, low, high], *negated),
            Node::In {
                operand,
                list,
                negated,
            } => self.list(operand, list, *negated),
            Node::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref()),
            Node::Call {
                function,
                arguments,
            } => self.call(*function, arguments),
        }
    }

    fn one(&mut self, node: &Node, operand: &Node) -> Result<Typed, BindError> {
        let operand = self.typed(operand)?;
        of_one(node, operand)
    }

    fn two(&mut self, node: &Node, left: &Node, right: &Node) -> Result<Typed, BindError> {
        let left = Box::new(self.typed(left)?);
        let right = self.typed(right)?;
        of_two(node, *left, right)
    }

    fn between(&mut self, parts: [&Node; 3], negated: bool) -> Result<Typed, BindError> {
        let [operand, low, high] = parts;
        let operand = Box::new(self.typed(operand)?);
        let low = Box::new(self.typed(low)?);
        between(*operand, *low, self.typed(high)?, negated)
    }

    fn column(&mut self, name: &Name) -> Result<Typed, BindError> {
        let index = names::column_index(name, self.schema)?;
        if let Some(place) = self.sources.iter().position(|source| source.index == index) {
            let data_type = self.sources[place].data_type.clone();
            return Ok(Typed {
                plan: Plan::Column(place),
                data_type,
            });
        }
        let field = self.schema.field(index);
        let data_type = match field.data_type() {
            DataType::Dictionary(_, values) => values.as_ref(),
            other => other,
        };
        if !coerce::is_supported(data_type) {
            let (column, found) = (field.name().clone(), field.data_type().clone());
            return Err(BindError::ColumnType { column, found });
        }
        self.sources.push(Source {
            index,
            name: field.name().clone(),
            stored: field.data_type().clone(),
            data_type: data_type.clone(),
        });
        let plan = Plan::Column(self.sources.len() - 1);
        Ok(Typed {
            plan,
            data_type: data_type.clone(),
        })
    }

    fn list(&mut self, operand: &Node, list: &[Node], negated: bool) -> Result<Typed, BindError> {
        let operand = self.typed(operand)?;
        let list = list
            .iter()
            .map(|item| self.typed(item))
            .collect::<Result<Vec<_>, _>>()?;
        let met = list
            .iter()
            .try_fold(operand.data_type.clone(), |met, item| {
                coerce::comparison(&met, &item.data_type)
            });
        let Some(met) = met else {
            let parts: Vec<&Typed> = std::iter::once(&operand).chain(&list).collect();
            return Err(operands("IN", &parts));
        };
        let met = narrowed(&operand, &list.iter().collect::<Vec<_>>(), met);
        let operand = Box::new(convert(operand, &met)?);
        let list = list
            .into_iter()
            .map(|item| convert(item, &met))
            .collect::<Result<_, _>>()?;
        Ok(boolean(Plan::In {
            operand,
            list,
            negated,
        }))
    }

    fn case(
        &mut self,
        operand: Option<&Node>,
        branches: &[(Node, Node)],
        otherwise: Option<&Node>,
    ) -> Result<Typed, BindError> {
        let operand = operand.map(|operand| self.typed(operand)).transpose()?;
        let mut whens = Vec::with_capacity(branches.len());
        let mut thens = Vec::with_capacity(branches.len());
        for (when, then) in branches {
            whens.push(self.typed(when)?);
            thens.push(self.typed(then)?);
        }
        let otherwise = otherwise.map(|value| self.typed(value)).transpose()?;
        case(operand, whens, thens, otherwise)
    }

    fn call(&mut self, function: Function, arguments: &[Node]) -> Result<Typed, BindError> {
        let places = match arguments.get(1) {
            None | Some(Node::Literal(Literal::Null)) => Places::Given(0),
            Some(Node::Literal(Literal::Integer(places))) => Places::Given(*places),
            Some(_) => Places::Computed,
        };
        let arguments = arguments
            .iter()
            .map(|argument| self.typed(argument))
            .collect::<Result<Vec<_>, _>>()?;
        let types: Vec<DataType> = arguments
            .iter()
            .map(|part| part.data_type.clone())
            .collect();
        let Signature {
            arguments: wanted,
            result,
        } = function.signature(&types, places)?;
        let arguments = (arguments.into_iter().zip(&wanted))
            .map(|(argument, wanted)| convert(argument, wanted))
            .collect::<Result<Vec<_>, _>>()?;
        if function == Function::Coalesce {
            return Ok(Typed {
                plan: Plan::Coalesce(arguments),
                data_type: result,
            });
        }
        Ok(Typed {
            plan: Plan::Call {
                function,
                arguments,
            },
            data_type: result,
        })
    }
}

/// Operators of one operand.
fn of_one(node: &Node, operand: Typed) -> Result<Typed, BindError> {
    match node {
        Node::Not(_) => {
            let operand = to_boolean("NOT", operand)?;
            Ok(boolean(Plan::Not(Box::new(operand))))
        }
        Node::Negate(_) => negate(operand),
        Node::Plus(_) if !operand.data_type.is_numeric() => Err(operands("+", &[&operand])),
        Node::Is { test, negated, .. } => is(operand, *test, *negated),
        Node::Cast { to, safe, .. } => cast(operand, to, *safe),
        _ => Ok(operand),
    }
}

/// Operators of two operands.
fn of_two(node: &Node, left: Typed, right: Typed) -> Result<Typed, BindError> {
    match node {
        Node::Arithmetic(operator, ..) => arithmetic(*operator, left, right),
        Node::Compare(comparison, ..) => compare(*comparison, left, right),
        Node::Logic(connective, ..) => logic(*connective, left, right),
        Node::Like {
            negated,
            ignore_case,
            ..
        } => like(left, right, *negated, *ignore_case),
        _ => concatenate(left, right),
    }
}

fn case(
    operand: Option<Typed>,
    whens: Vec<Typed>,
    thens: Vec<Typed>,
    otherwise: Option<Typed>,
) -> Result<Typed, BindError> {
    let when_type = match &operand {
        None => DataType::Boolean,
        Some(operand) => {
            let met = whens
                .iter()
                .try_fold(operand.data_type.clone(), |met, when| {
                    coerce::comparison(&met, &when.data_type)
                });
            let met = met.ok_or_else(|| {
                let parts: Vec<&Typed> = std::iter::once(operand).chain(&whens).collect();
                operands("CASE … WHEN", &parts)
            })?;
            narrowed(operand, &whens.iter().collect::<Vec<_>>(), met)
        }
    };
    // The order of meeting is DataFusion's: ELSE first, then the branches.
    let mut results = otherwise
        .iter()
        .chain(&thens)
        .map(|part| part.data_type.clone());
    let first = results.next().unwrap_or(DataType::Null);
    let Some(data_type) = results.try_fold(first, |met, next| coerce::union(&met, &next)) else {
        let parts: Vec<&Typed> = thens.iter().chain(&otherwise).collect();
        return Err(operands("CASE … THEN … ELSE", &parts));
    };
    let operand = operand
        .map(|operand| convert(operand, &when_type))
        .transpose()?;
    let branches = (whens.into_iter().zip(thens))
        .map(|(when, then)| Ok((convert(when, &when_type)?, convert(then, &data_type)?)))
        .collect::<Result<Vec<_>, _>>()?;
    let otherwise = otherwise
        .map(|value| convert(value, &data_type))
        .transpose()?;
    let infallible = is_infallible_case(operand.as_ref(), &branches, otherwise.as_ref());
    let case = Case {
        operand,
        branches,
        otherwise,
        infallible,
    };
    Ok(Typed {
        plan: Plan::Case(Box::new(case)),
        data_type,
    })
}
