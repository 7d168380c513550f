//! What each step of a recipe reads and writes, found from the definition alone: a recipe that asks
//! for what no earlier step made is refused before there is any data.

use super::StepFault;
use crate::pack::{Direction, NodeIndex, Version};
use crate::recipe::{Action, NormaliseMethod, Step};

/// The nodes that each step works on, and the direction in which each value stands before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// By step: its nodes, each with the direction of its values before the step. For an aggregate
    /// step, parts before the nodes that they make.
    pub steps: Vec<Vec<(NodeIndex, Direction)>>,
}

/// What is known of every node on the way through a recipe.
struct Walk<'a> {
    version: &'a Version,
    /// The direction of its values; none before the node is computed.
    standing: Vec<Option<Direction>>,
}

impl Outline {
    /// Walks through a recipe.
    ///
    /// # Errors
    /// Every step that selects nothing, needs what no earlier step made, computes a node again, or
    /// would aggregate a value of which less is better; nodes that no step computes.
    pub fn of(version: &Version) -> Result<Outline, Vec<StepFault>> {
        let leaf = |node| {
            version
                .tree
                .is_leaf(node)
                .then(|| version.tree.node(node).direction)
        };
        let mut walk = Walk {
            version,
            standing: version.tree.indices().map(leaf).collect(),
        };
        let (mut steps, mut faults) = (Vec::new(), Vec::new());
        for place in 0..version.recipe.len() {
            let nodes = match walk.is_aggregate(place) {
                true => walk.aggregate(place, &mut faults),
                false => walk.step(place, &mut faults),
            };
            steps.push(nodes);
        }
        walk.unfinished(&mut faults);
        match faults.is_empty() {
            true => Ok(Outline { steps }),
            false => Err(faults),
        }
    }
}

impl Walk<'_> {
    fn is_aggregate(&self, place: usize) -> bool {
        self.version.recipe[place].name() == "aggregate"
    }

    fn fault(&self, place: usize, node: Option<NodeIndex>, problem: String) -> StepFault {
        let step: &Step = &self.version.recipe[place];
        StepFault {
            step: place + 1,
            action: step.name(),
            line: step.line,
            node: node.map(|node| self.version.tree.node(node).code.clone()),
            edition: None,
            problem,
        }
    }

    /// A step other than aggregate: the selected nodes; leaves where no level and no node is stated.
    fn step(&mut self, place: usize, faults: &mut Vec<StepFault>) -> Vec<(NodeIndex, Direction)> {
        let (version, step) = (self.version, &self.version.recipe[place]);
        let level = |node| version.level(node);
        let weighs = step.name() == "weight";
        let mut nodes = Vec::new();
        for node in version.tree.indices() {
            let root = node == version.tree.root();
            let passed_over = if weighs {
                root
            } else {
                !step.names_or_leaf(&version.tree, node)
            };
            let Some(action) = step
                .action(&version.tree, level, node)
                .filter(|_| !passed_over)
            else {
                continue;
            };
            match self.standing[node.0] {
                // Weights belong to nodes whether they have been computed or not.
                _ if weighs => nodes.push((node, Direction::Higher)),
                Some(direction) => {
                    nodes.push((node, direction));
                    self.after(action, node);
                }
                None => {
                    let problem = "found a node that no earlier step computes; expected an aggregate step before";
                    faults.push(self.fault(place, Some(node), problem.to_owned()));
                }
            }
        }
        if nodes.is_empty() && faults.is_empty() {
            faults.push(self.fault(
                place,
                None,
                "found no node that it selects; expected at least one".to_owned(),
            ));
        }
        nodes
    }

    fn after(&mut self, action: &Action, node: NodeIndex) {
        if let Action::Normalise(normalise) = action
            && normalise.method != NormaliseMethod::None
        {
            self.standing[node.0] = Some(Direction::Higher);
        }
    }

    /// An aggregate step: the nodes for which it is the last of its run of aggregate steps.
    fn aggregate(
        &mut self,
        place: usize,
        faults: &mut Vec<StepFault>,
    ) -> Vec<(NodeIndex, Direction)> {
        let version = self.version;
        let end = (place..version.recipe.len())
            .find(|&later| !self.is_aggregate(later))
            .unwrap_or(version.recipe.len());
        // A run of aggregate steps is one pass up the tree, done by the first of them.
        if place > 0 && self.is_aggregate(place - 1) {
            return Vec::new();
        }
        let mut nodes = Vec::new();
        for &node in version.tree.bottom_up() {
            if version.tree.is_leaf(node) {
                continue;
            }
            let level = |node| version.level(node);
            let selects = |&step: &usize| {
                version.recipe[step]
                    .action(&version.tree, level, node)
                    .is_some()
            };
            let Some(last) = (place..end).rev().find(selects) else {
                continue;
            };
            if self.standing[node.0].is_some() {
                let open = |part: &crate::recipe::Part| part.selection.is_open();
                if !version.recipe[last].parts.first().is_some_and(open) {
                    let problem = "found a node that an earlier step computes; expected each node computed once: state levels";
                    faults.push(self.fault(last, Some(node), problem.to_owned()));
                }
                continue;
            }
            self.parts(last, node, faults);
            self.standing[node.0] = Some(Direction::Higher);
            nodes.push((node, Direction::Higher));
        }
        nodes
    }

    fn parts(&self, place: usize, node: NodeIndex, faults: &mut Vec<StepFault>) {
        for &part in self.version.tree.children(node) {
            let code = &self.version.tree.node(part).code;
            let problem = match self.standing[part.0] {
                None => format!(
                    "found part `{code}`, which no earlier step computes; expected an aggregate step for its level"
                ),
                Some(Direction::Lower) => format!(
                    "found part `{code}` of which less is better; expected a normalise step before, which turns it"
                ),
                Some(Direction::Higher) => continue,
            };
            faults.push(self.fault(place, Some(node), problem));
        }
    }

    fn unfinished(&self, faults: &mut Vec<StepFault>) {
        let tree = &self.version.tree;
        let last = self.version.recipe.len().saturating_sub(1);
        if self.version.recipe.is_empty() {
            return;
        }
        for node in tree
            .indices()
            .filter(|node| self.standing[node.0].is_none())
        {
            let problem = "found a node to which no aggregate step applies; expected one for every level above the leaves";
            faults.push(self.fault(last, Some(node), problem.to_owned()));
        }
    }
}
