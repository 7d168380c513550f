//! The form of an expression after parsing: only what the subset has, no types yet.

use arrow_schema::DataType;

use crate::function::Function;

/// One part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Column(Name),
    Literal(Literal),
    Not(Box<Node>),
    Negate(Box<Node>),
    /// `+x`: the value itself, where `x` is a number.
    Plus(Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Logic(Logic, Box<Node>, Box<Node>),
    Concatenate(Box<Node>, Box<Node>),
    Is {
        operand: Box<Node>,
        test: Test,
        negated: bool,
    },
    Between {
        operand: Box<Node>,
        low: Box<Node>,
        high: Box<Node>,
        negated: bool,
    },
    In {
        operand: Box<Node>,
        list: Vec<Node>,
        negated: bool,
    },
    Like {
        operand: Box<Node>,
        pattern: Box<Node>,
        negated: bool,
        ignore_case: bool,
    },
    Case {
        operand: Option<Box<Node>>,
        branches: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    Cast {
        operand: Box<Node>,
        to: DataType,
        safe: bool,
    },
    Call {
        function: Function,
        arguments: Vec<Node>,
    },
}

/// A column's name as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// Quoted names are taken exactly.
    pub(crate) quoted: bool,
}

/// A value that stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A whole number above the range of [`Literal::Integer`].
    Unsigned(u64),
    Decimal(f64),
    Text(String),
}

/// The operators that compute a number from two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    /// The operator as written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// The operators that compare two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Distinct,
    NotDistinct,
}

impl Comparison {
    /// The operator as written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Distinct => "IS DISTINCT FROM",
            Self::NotDistinct => "IS NOT DISTINCT FROM",
        }
    }
}

/// The two connectives of three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logic {
    And,
    Or,
}

impl Logic {
    /// The connective as written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
        }
    }
}

/// What `IS` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Null,
    True,
    False,
    Unknown,
}

impl Node {
    /// Calls `visit` with every column of the expression, in the order of the text.
    pub(crate) fn visit_columns<'a>(&'a self, visit: &mut impl FnMut(&'a Name)) {
        match self {
            Self::Column(name) => visit(name),
            Self::Literal(_) => {}
            Self::Not(operand) | Self::Negate(operand) | Self::Plus(operand) => {
                operand.visit_columns(visit);
            }
            Self::Is { operand, .. } | Self::Cast { operand, .. } => operand.visit_columns(visit),
            Self::Arithmetic(_, left, right)
            | Self::Compare(_, left, right)
            | Self::Logic(_, left, right)
            | Self::Concatenate(left, right)
            | Self::Like {
                operand: left,
                pattern: right,
                ..
            } => {
                left.visit_columns(visit);
                right.visit_columns(visit);
            }
            Self::Between {
                operand, low, high, ..
            } => {
                operand.visit_columns(visit);
                low.visit_columns(visit);
                high.visit_columns(visit);
            }
            Self::In { operand, list, .. } => {
                operand.visit_columns(visit);
                list.iter().for_each(|item| item.visit_columns(visit));
            }
            Self::Case {
                operand,
                branches,
                otherwise,
            } => {
                operand
                    .iter()
                    .for_each(|operand| operand.visit_columns(visit));
                for (when, then) in branches {
                    when.visit_columns(visit);
                    then.visit_columns(visit);
                }
                otherwise
                    .iter()
                    .for_each(|value| value.visit_columns(visit));
            }
            Self::Call { arguments, .. } => {
                arguments
                    .iter()
                    .for_each(|argument| argument.visit_columns(visit));
            }
        }
    }
}
