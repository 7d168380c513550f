//! Function calls, including those that SQL gives a grammar of their own.

use sqlparser::ast::{
    CeilFloorKind, DateTimeField, Expr, Function as SqlFunction, FunctionArg, FunctionArgExpr,
    FunctionArguments, TrimWhereField,
};

use crate::error::ParseError;
use crate::function::{Function, Side};
use crate::node::{Literal, Node};
use crate::parse::Reader;

/// Reads a call; `tree` is one of the forms below, all else is named as not supported.
pub(crate) fn call(reader: &mut Reader<'_>, tree: &Expr) -> Result<Node, ParseError> {
    match tree {
        Expr::Function(function) => ordinary(reader, function, tree),
        Expr::Ceil {
            expr,
            field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
        } => one(reader, Function::Ceil, expr),
        Expr::Floor {
            expr,
            field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
        } => one(reader, Function::Floor, expr),
        Expr::Substring {
            expr,
            substring_from,
            substring_for,
            ..
        } => substring(
            reader,
            [expr, tree],
            substring_from.as_deref(),
            substring_for.as_deref(),
        ),
        Expr::Trim {
            expr,
            trim_where,
            trim_what,
            trim_characters,
        } => {
            let side = match trim_where {
                Some(TrimWhereField::Leading) => Side::Start,
                Some(TrimWhereField::Trailing) => Side::End,
                Some(TrimWhereField::Both) | None => Side::Both,
            };
            let characters = match (trim_what.as_deref(), trim_characters.as_deref()) {
                (None, None) => None,
                (Some(what), None) => Some(what),
                (None, Some([characters])) => Some(characters),
                _ => return Err(reader.unsupported(tree.to_string(), tree)),
            };
            let mut arguments = vec![reader.node(expr)?];
            if let Some(characters) = characters {
                arguments.push(reader.node(characters)?);
            }
            Ok(Node::Call {
                function: Function::Trim(side),
                arguments,
            })
        }
        other => Err(reader.unsupported(other.to_string(), other)),
    }
}

fn one(reader: &mut Reader<'_>, function: Function, argument: &Expr) -> Result<Node, ParseError> {
    Ok(Node::Call {
        function,
        arguments: vec![reader.node(argument)?],
    })
}

/// `name(argument, …)`, without any of the clauses that aggregates and windows have.
fn ordinary(reader: &mut Reader<'_>, call: &SqlFunction, tree: &Expr) -> Result<Node, ParseError> {
    let name = match call.name.0.as_slice() {
        [part] => part.as_ident().map(|name| match name.quote_style {
            Some(_) => name.value.clone(),
            None => name.value.to_lowercase(),
        }),
        _ => None,
    };
    let known = name.as_deref().and_then(Function::named);
    let Some(function) = known else {
        return Err(reader.unsupported(format!("function {}", call.name), tree));
    };
    let plain = call.over.is_none()
        && call.filter.is_none()
        && call.null_treatment.is_none()
        && call.within_group.is_empty()
        && !call.uses_odbc_syntax
        && matches!(call.parameters, FunctionArguments::None);
    let FunctionArguments::List(list) = &call.args else {
        return Err(reader.unsupported(tree.to_string(), tree));
    };
    if !plain || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return Err(reader.unsupported(tree.to_string(), tree));
    }
    let mut arguments = Vec::with_capacity(list.args.len());
    for argument in &list.args {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument else {
            return Err(reader.unsupported(format!("argument {argument}"), tree));
        };
        arguments.push(reader.node(argument)?);
    }
    Ok(Node::Call {
        function,
        arguments,
    })
}

/// `SUBSTRING(text FROM start FOR length)` and its comma form; without a start it is 1.
fn substring(
    reader: &mut Reader<'_>,
    [text, tree]: [&Expr; 2],
    start: Option<&Expr>,
    length: Option<&Expr>,
) -> Result<Node, ParseError> {
    if start.is_none() && length.is_none() {
        return Err(reader.invalid("SUBSTRING needs a start or a length".to_owned(), tree));
    }
    let mut arguments = vec![reader.node(text)?];
    arguments.push(match start {
        Some(start) => reader.node(start)?,
        None => Node::Literal(Literal::Integer(1)),
    });
    if let Some(length) = length {
        arguments.push(reader.node(length)?);
    }
    Ok(Node::Call {
        function: Function::Substring,
        arguments,
    })
}
