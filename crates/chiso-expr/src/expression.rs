//! An expression as text and as a tree: what a pack or a specification holds.

use arrow_schema::Schema;

use crate::bound::BoundExpression;
use crate::error::{BindError, ParseError};
use crate::names;
use crate::node::Node;
use crate::parse;

/// A parsed SQL scalar expression, not yet bound to a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    node: Node,
}

impl Expression {
    /// Reads one expression. The grammar is that of `sqlparser`'s generic dialect, as in
    /// DataFusion; the subset is the table in the crate's documentation.
    ///
    /// # Errors
    /// [`ParseError`] names the place and what was expected there or is not supported.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self {
            text: text.to_owned(),
            node: parse::parse(text)?,
        })
    }

    /// The text as given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the columns that the expression reads, as written (without quotes), each
    /// once, in the order of first use. For their places in a table see [`Self::column_indices`].
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        self.node.visit_columns(&mut |name| {
            if !names.contains(&name.text.as_str()) {
                names.push(&name.text);
            }
        });
        names
    }

    /// The places in the schema (from 0) of the columns that the expression reads, each once, in
    /// the order of first use: what a reader has to load.
    ///
    /// # Errors
    /// A column that the schema does not have, or has several times up to case.
    pub fn column_indices(&self, schema: &Schema) -> Result<Vec<usize>, BindError> {
        let mut names = Vec::new();
        self.node.visit_columns(&mut |name| names.push(name));
        let mut indices: Vec<usize> = Vec::new();
        for name in names {
            let index = names::column_index(name, schema)?;
            if !indices.contains(&index) {
                indices.push(index);
            }
        }
        Ok(indices)
    }

    /// The column's name as written, if the expression is nothing but a column: callers may then
    /// read the column without evaluating.
    #[must_use]
    pub fn as_column(&self) -> Option<&str> {
        match &self.node {
            Node::Column(name) => Some(&name.text),
            _ => None,
        }
    }

    /// Resolves the columns, checks the types and inserts the conversions that DataFusion would.
    ///
    /// # Errors
    /// [`BindError`] names the column, operator or function and the types that do not fit.
    pub fn bind(&self, schema: &Schema) -> Result<BoundExpression, BindError> {
        BoundExpression::new(&self.text, &self.node, schema)
    }
}
