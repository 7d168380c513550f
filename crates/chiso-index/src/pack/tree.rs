//! The tree of an index: nodes in the order of the file, each parent before use.

use super::Text;
use crate::method::aggregate::Method as Aggregate;

/// A node's place in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub usize);

/// Which way of a value is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// A higher value is better.
    #[default]
    Higher,
    /// A lower value is better.
    Lower,
}

/// The least and greatest value that a node can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

/// Any place in an index's tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its code, unique in the version.
    pub code: String,
    /// Its parent; none for the root.
    pub parent: Option<NodeIndex>,
    /// Its name.
    pub name: Text,
    /// Its theoretical range, where one is stated.
    pub range: Option<Range>,
    /// Its weight among its siblings.
    pub weight: f64,
    /// Which way of its values is better.
    pub direction: Direction,
    /// How it is computed, where it differs from the recipe.
    pub aggregate: Option<Aggregate>,
    /// Where its name and range come from.
    pub source: String,
    /// What a reader should know.
    pub note: String,
    /// The line of `nodes.csv` on which it stands.
    pub line: u64,
}

/// The nodes of a version. It has one root and no cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
    children: Vec<Vec<NodeIndex>>,
    depths: Vec<usize>,
    bottom_up: Vec<NodeIndex>,
    root: NodeIndex,
}

/// Why nodes do not make a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeFault {
    /// No node is without a parent.
    NoRoot,
    /// More than one node is without a parent.
    Roots(Vec<NodeIndex>),
    /// These nodes are each other's ancestors.
    Cycle(Vec<NodeIndex>),
}

impl Tree {
    /// Builds the tree of nodes whose parents are places in the same list.
    ///
    /// # Errors
    /// When there is not exactly one root, or nodes are each other's ancestors.
    pub fn new(nodes: Vec<Node>) -> Result<Self, TreeFault> {
        let mut children = vec![Vec::new(); nodes.len()];
        let mut roots = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            match node.parent {
                Some(parent) => children[parent.0].push(NodeIndex(index)),
                None => roots.push(NodeIndex(index)),
            }
        }
        let mut depths = vec![usize::MAX; nodes.len()];
        let mut top_down = roots.clone();
        roots.iter().for_each(|root| depths[root.0] = 0);
        let mut next = 0;
        while let Some(&node) = top_down.get(next) {
            for &child in &children[node.0] {
                depths[child.0] = depths[node.0] + 1;
                top_down.push(child);
            }
            next += 1;
        }
        if top_down.len() < nodes.len() {
            return Err(TreeFault::Cycle(one_cycle(&nodes, &depths)));
        }
        let root = match roots.as_slice() {
            [] => return Err(TreeFault::NoRoot),
            [root] => *root,
            _ => return Err(TreeFault::Roots(roots)),
        };
        top_down.reverse();
        Ok(Tree {
            nodes,
            children,
            depths,
            bottom_up: top_down,
            root,
        })
    }

    /// The same tree with other weights, by node.
    pub fn with_weights(&self, weights: &[f64]) -> Tree {
        let mut tree = self.clone();
        for (node, weight) in tree.nodes.iter_mut().zip(weights) {
            node.weight = *weight;
        }
        tree
    }

    /// The root: the index itself.
    pub fn root(&self) -> NodeIndex {
        self.root
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Always false: a tree has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node.
    pub fn node(&self, index: NodeIndex) -> &Node {
        &self.nodes[index.0]
    }

    /// The parts of a node, in the order of the file.
    pub fn children(&self, index: NodeIndex) -> &[NodeIndex] {
        &self.children[index.0]
    }

    /// Whether a node has no parts.
    pub fn is_leaf(&self, index: NodeIndex) -> bool {
        self.children[index.0].is_empty()
    }

    /// The number of steps from the root.
    pub fn depth(&self, index: NodeIndex) -> usize {
        self.depths[index.0]
    }

    /// The place of a code.
    pub fn find(&self, code: &str) -> Option<NodeIndex> {
        self.nodes
            .iter()
            .position(|node| node.code == code)
            .map(NodeIndex)
    }

    /// All places, in the order of the file.
    pub fn indices(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        (0..self.nodes.len()).map(NodeIndex)
    }

    /// All places, each node after its parts.
    pub fn bottom_up(&self) -> &[NodeIndex] {
        &self.bottom_up
    }

    /// All places depth first, each node before its parts: the order of a printed outline.
    pub fn outline(&self) -> Vec<NodeIndex> {
        let mut outline = Vec::with_capacity(self.len());
        let mut open = vec![self.root];
        while let Some(node) = open.pop() {
            outline.push(node);
            open.extend(self.children(node).iter().rev());
        }
        outline
    }

    /// The leaves, in the order of the file.
    pub fn leaves(&self) -> impl Iterator<Item = NodeIndex> + '_ {
        self.indices().filter(|&index| self.is_leaf(index))
    }
}

/// The nodes of one cycle, found by walking up from a node that no root reaches.
fn one_cycle(nodes: &[Node], depths: &[usize]) -> Vec<NodeIndex> {
    let Some(start) = depths.iter().position(|&depth| depth == usize::MAX) else {
        return Vec::new();
    };
    let mut walked = vec![NodeIndex(start)];
    loop {
        let at = walked[walked.len() - 1];
        let Some(parent) = nodes[at.0].parent else {
            return walked;
        };
        if let Some(first) = walked.iter().position(|&node| node == parent) {
            return walked.split_off(first);
        }
        walked.push(parent);
    }
}
