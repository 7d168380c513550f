//! From text to [`Node`]: the SQL grammar of `sqlparser`, reduced to the subset.

use sqlparser::ast::{
    BinaryOperator, CastKind, Expr, Ident, Spanned, UnaryOperator, Value, ValueWithSpan,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError};

use crate::error::ParseError;
use crate::node::{Arithmetic, Comparison, Literal, Logic, Name, Node, Test};
use crate::parse_call;
use crate::parse_type;

/// The longest text in tokens, so that no chain of operators exhausts the stack.
const TOKENS_LIMIT: usize = 4_000;
/// The deepest nesting, counted on the tree, for the same reason.
const DEPTH_LIMIT: usize = 250;

/// The stack on which the grammar is read: its parser goes 50 levels deep, DataFusion's limit,
/// and takes up to 100 KiB for one in a build without optimisation. Pages are taken up as used.
const STACK_BYTES: usize = 16 << 20;

/// Reads one expression; see [`crate::Expression::parse`].
pub(crate) fn parse(text: &str) -> Result<Node, ParseError> {
    let tokens = tokens(text)?;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let reading = thread.spawn_scoped(scope, || tree(text, tokens));
        reading
            .map_err(|error| syntax(text, 0, 0, format!("no thread to read it: {error}")))?
            .join()
            .unwrap_or_else(|_| Err(syntax(text, 0, 0, "the SQL parser failed".to_owned())))
    })
}

/// The words and signs of the text.
fn tokens(text: &str) -> Result<Vec<TokenWithSpan>, ParseError> {
    let tokens = Tokenizer::new(&GenericDialect {}, text)
        .tokenize_with_location()
        .map_err(|TokenizerError { message, location }| {
            syntax(text, location.line, location.column, message)
        })?;
    let is_word = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_));
    let found = tokens.iter().filter(is_word).count();
    if found > TOKENS_LIMIT {
        return Err(ParseError::TooLarge {
            unit: "words and signs",
            found,
            limit: TOKENS_LIMIT,
        });
    }
    Ok(tokens)
}

/// The expression that the words and signs form.
fn tree(text: &str, tokens: Vec<TokenWithSpan>) -> Result<Node, ParseError> {
    let mut parser = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens);
    let tree = parser
        .parse_expr()
        .map_err(|error| parser_error(text, error))?;
    let next = parser.next_token();
    if next.token != Token::EOF {
        let message = format!("expected an operator or the end, found {next}");
        return Err(syntax(
            text,
            next.span.start.line,
            next.span.start.column,
            message,
        ));
    }
    Reader { text, depth: 0 }.node(&tree)
}

/// A syntax error at a place.
fn syntax(text: &str, line: u64, column: u64, message: String) -> ParseError {
    ParseError::Syntax {
        text: text.to_owned(),
        line,
        column,
        message,
    }
}

/// The parser states the place at the end of its message; here it becomes a field.
fn parser_error(text: &str, error: ParserError) -> ParseError {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => "the expression is nested too deeply".to_owned(),
    };
    if let Some((message, place)) = message.rsplit_once(" at Line: ")
        && let Some((line, column)) = place.split_once(", Column: ")
        && let (Ok(line), Ok(column)) = (line.parse(), column.parse())
    {
        return syntax(text, line, column, message.to_owned());
    }
    syntax(text, 0, 0, message)
}

/// Walks the parser's tree.
pub(crate) struct Reader<'a> {
    text: &'a str,
    depth: usize,
}

impl Reader<'_> {
    /// The error for what the subset leaves out; `what` names it, `part` tells the place.
    pub(crate) fn unsupported(&self, what: impl Into<String>, part: &impl Spanned) -> ParseError {
        let start = part.span().start;
        ParseError::Unsupported {
            text: self.text.to_owned(),
            line: start.line,
            column: start.column,
            what: what.into(),
        }
    }

    /// A syntax error that the parser lets pass.
    pub(crate) fn invalid(&self, message: String, part: &impl Spanned) -> ParseError {
        let start = part.span().start;
        syntax(self.text, start.line, start.column, message)
    }

    /// Reads a part, one level deeper.
    pub(crate) fn node(&mut self, tree: &Expr) -> Result<Node, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            let unit = "levels of nesting";
            return Err(ParseError::TooLarge {
                unit,
                found: self.depth,
                limit: DEPTH_LIMIT,
            });
        }
        let node = self.part(tree);
        self.depth -= 1;
        node
    }

    /// Reads a part that is held in a box.
    pub(crate) fn boxed(&mut self, tree: &Expr) -> Result<Box<Node>, ParseError> {
        self.node(tree).map(Box::new)
    }

    /// Reads several parts.
    pub(crate) fn nodes(&mut self, trees: &[Expr]) -> Result<Vec<Node>, ParseError> {
        trees.iter().map(|tree| self.node(tree)).collect()
    }

    fn part(&mut self, tree: &Expr) -> Result<Node, ParseError> {
        match tree {
            Expr::Identifier(name) => Ok(column(name)),
            Expr::Value(value) => self.literal(value, false),
            Expr::Nested(inner) => self.node(inner),
            Expr::UnaryOp { op, expr } => self.unary(*op, expr, tree),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, tree),
            Expr::IsDistinctFrom(left, right) => self.compare(Comparison::Distinct, left, right),
            Expr::IsNotDistinctFrom(left, right) => {
                self.compare(Comparison::NotDistinct, left, right)
            }
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => {
                let operand = operand
                    .as_deref()
                    .map(|operand| self.boxed(operand))
                    .transpose()?;
                let branches = conditions
                    .iter()
                    .map(|branch| Ok((self.node(&branch.condition)?, self.node(&branch.result)?)))
                    .collect::<Result<_, _>>()?;
                let otherwise = else_result
                    .as_deref()
                    .map(|value| self.boxed(value))
                    .transpose()?;
                Ok(Node::Case {
                    operand,
                    branches,
                    otherwise,
                })
            }
            Expr::Cast {
                kind,
                expr,
                data_type,
                array: false,
                format: None,
            } => {
                let safe = matches!(kind, CastKind::TryCast | CastKind::SafeCast);
                let to = parse_type::data_type(self, data_type, tree)?;
                Ok(Node::Cast {
                    operand: self.boxed(expr)?,
                    to,
                    safe,
                })
            }
            Expr::TypedString(typed) => {
                let to = parse_type::data_type(self, &typed.data_type, tree)?;
                let operand = Box::new(self.literal(&typed.value, false)?);
                Ok(Node::Cast {
                    operand,
                    to,
                    safe: false,
                })
            }
            Expr::Function(_)
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. } => parse_call::call(self, tree),
            _ => self.predicate(tree),
        }
    }

    /// The parts whose value is TRUE, FALSE or NULL; all else is outside the subset.
    fn predicate(&mut self, tree: &Expr) -> Result<Node, ParseError> {
        match tree {
            Expr::IsNull(operand) => self.is(operand, Test::Null, false),
            Expr::IsNotNull(operand) => self.is(operand, Test::Null, true),
            Expr::IsTrue(operand) => self.is(operand, Test::True, false),
            Expr::IsNotTrue(operand) => self.is(operand, Test::True, true),
            Expr::IsFalse(operand) => self.is(operand, Test::False, false),
            Expr::IsNotFalse(operand) => self.is(operand, Test::False, true),
            Expr::IsUnknown(operand) => self.is(operand, Test::Unknown, false),
            Expr::IsNotUnknown(operand) => self.is(operand, Test::Unknown, true),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => Ok(Node::Between {
                operand: self.boxed(expr)?,
                low: self.boxed(low)?,
                high: self.boxed(high)?,
                negated: *negated,
            }),
            Expr::InList {
                expr,
                list,
                negated,
            } => {
                let (operand, list) = (self.boxed(expr)?, self.nodes(list)?);
                Ok(Node::In {
                    operand,
                    list,
                    negated: *negated,
                })
            }
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self.like([expr, pattern], *negated, false, escape_char.as_ref()),
            Expr::ILike {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self.like([expr, pattern], *negated, true, escape_char.as_ref()),
            other => Err(self.unsupported(other.to_string(), other)),
        }
    }

    fn is(&mut self, operand: &Expr, test: Test, negated: bool) -> Result<Node, ParseError> {
        Ok(Node::Is {
            operand: self.boxed(operand)?,
            test,
            negated,
        })
    }

    fn like(
        &mut self,
        [operand, pattern]: [&Expr; 2],
        negated: bool,
        ignore_case: bool,
        escape: Option<&ValueWithSpan>,
    ) -> Result<Node, ParseError> {
        // The kernel's escape character is the backslash; DataFusion takes no other either.
        if let Some(escape) = escape
            && !matches!(&escape.value, Value::SingleQuotedString(sign) if sign == "\\")
        {
            return Err(self.unsupported(format!("ESCAPE {escape}"), pattern));
        }
        let (operand, pattern) = (self.boxed(operand)?, self.boxed(pattern)?);
        Ok(Node::Like {
            operand,
            pattern,
            negated,
            ignore_case,
        })
    }

    fn unary(
        &mut self,
        operator: UnaryOperator,
        operand: &Expr,
        tree: &Expr,
    ) -> Result<Node, ParseError> {
        match (operator, operand) {
            // A sign before a number belongs to it: -9223372036854775808 is a BIGINT.
            (UnaryOperator::Minus, Expr::Value(value)) if is_number(value) => {
                self.literal(value, true)
            }
            (UnaryOperator::Minus, _) => Ok(Node::Negate(self.boxed(operand)?)),
            (UnaryOperator::Plus, _) => Ok(Node::Plus(self.boxed(operand)?)),
            (UnaryOperator::Not, _) => Ok(Node::Not(self.boxed(operand)?)),
            (other, _) => Err(self.unsupported(format!("operator {other}"), tree)),
        }
    }

    fn compare(
        &mut self,
        comparison: Comparison,
        left: &Expr,
        right: &Expr,
    ) -> Result<Node, ParseError> {
        Ok(Node::Compare(
            comparison,
            self.boxed(left)?,
            self.boxed(right)?,
        ))
    }

    fn binary(
        &mut self,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
        tree: &Expr,
    ) -> Result<Node, ParseError> {
        if let Some(arithmetic) = arithmetic(operator) {
            return Ok(Node::Arithmetic(
                arithmetic,
                self.boxed(left)?,
                self.boxed(right)?,
            ));
        }
        if let Some(comparison) = comparison(operator) {
            return self.compare(comparison, left, right);
        }
        let logic = match operator {
            BinaryOperator::And => Logic::And,
            BinaryOperator::Or => Logic::Or,
            BinaryOperator::StringConcat => {
                return Ok(Node::Concatenate(self.boxed(left)?, self.boxed(right)?));
            }
            other => return Err(self.unsupported(format!("operator {other}"), tree)),
        };
        Ok(Node::Logic(logic, self.boxed(left)?, self.boxed(right)?))
    }

    fn literal(&self, value: &ValueWithSpan, negative: bool) -> Result<Node, ParseError> {
        let literal = match &value.value {
            Value::Number(digits, _) => number(digits, negative)
                .ok_or_else(|| self.invalid(format!("{digits} is not a number"), value))?,
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => {
                Literal::Text(text.clone())
            }
            Value::DollarQuotedString(text) => Literal::Text(text.value.clone()),
            Value::Boolean(truth) => Literal::Boolean(*truth),
            Value::Null => Literal::Null,
            other => return Err(self.unsupported(format!("literal {other}"), value)),
        };
        Ok(Node::Literal(literal))
    }
}

/// A column by its name.
fn column(name: &Ident) -> Node {
    Node::Column(Name {
        text: name.value.clone(),
        quoted: name.quote_style.is_some(),
    })
}

fn is_number(value: &ValueWithSpan) -> bool {
    matches!(value.value, Value::Number(..))
}

/// A number as DataFusion reads it: BIGINT, else BIGINT UNSIGNED, else DOUBLE; underscores between
/// digits are left out.
fn number(digits: &str, negative: bool) -> Option<Literal> {
    let mut text: String = digits.chars().filter(|&digit| digit != '_').collect();
    if negative {
        text.insert(0, '-');
    }
    if let Ok(value) = text.parse() {
        return Some(Literal::Integer(value));
    }
    if let Ok(value) = text.parse() {
        return Some(Literal::Unsigned(value));
    }
    text.parse().ok().map(Literal::Decimal)
}

fn arithmetic(operator: &BinaryOperator) -> Option<Arithmetic> {
    Some(match operator {
        BinaryOperator::Plus => Arithmetic::Add,
        BinaryOperator::Minus => Arithmetic::Subtract,
        BinaryOperator::Multiply => Arithmetic::Multiply,
        BinaryOperator::Divide => Arithmetic::Divide,
        BinaryOperator::Modulo => Arithmetic::Remainder,
        _ => return None,
    })
}

fn comparison(operator: &BinaryOperator) -> Option<Comparison> {
    Some(match operator {
        BinaryOperator::Eq => Comparison::Equal,
        BinaryOperator::NotEq => Comparison::NotEqual,
        BinaryOperator::Lt => Comparison::Less,
        BinaryOperator::LtEq => Comparison::LessOrEqual,
        BinaryOperator::Gt => Comparison::Greater,
        BinaryOperator::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
