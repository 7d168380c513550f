//! The form of an expression after binding: columns by place, every conversion spelled out.

use arrow_array::ArrayRef;
use arrow_schema::DataType;

use crate::function::Function;
use crate::node::{Arithmetic, Comparison, Logic};

/// A part of a bound expression with the type of its values.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) plan: Plan,
    pub(crate) data_type: DataType,
}

/// How a part's values come about. Operands already have the types that the kernels take.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// The place among the columns that the expression reads.
    Column(usize),
    /// An array of length one.
    Literal(ArrayRef),
    Not(Box<Typed>),
    Negate(Box<Typed>),
    Arithmetic(Arithmetic, Box<Typed>, Box<Typed>),
    Compare(Comparison, Box<Typed>, Box<Typed>),
    Logic(Logic, Box<Typed>, Box<Typed>),
    Concatenate(Box<Typed>, Box<Typed>),
    IsNull {
        operand: Box<Typed>,
        negated: bool,
    },
    /// `operand >= low AND operand <= high`, the operand computed once.
    Between {
        operand: Box<Typed>,
        low: Box<Typed>,
        high: Box<Typed>,
    },
    In {
        operand: Box<Typed>,
        list: Vec<Typed>,
        negated: bool,
    },
    Like {
        operand: Box<Typed>,
        pattern: Box<Typed>,
        negated: bool,
        ignore_case: bool,
    },
    /// Branches in order; with an operand a branch is taken where its value equals the operand.
    Case(Box<Case>),
    /// The first argument that is not NULL, the later ones computed only where needed.
    Coalesce(Vec<Typed>),
    Cast {
        operand: Box<Typed>,
        safe: bool,
    },
    Call {
        function: Function,
        arguments: Vec<Typed>,
    },
}

/// The parts of a CASE.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) operand: Option<Typed>,
    pub(crate) branches: Vec<(Typed, Typed)>,
    pub(crate) otherwise: Option<Typed>,
    /// No part can fail, whatever the row.
    pub(crate) infallible: bool,
}
