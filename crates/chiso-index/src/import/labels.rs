//! From the labels of a table to units and nodes of an edition.

use std::cell::RefCell;
use std::collections::HashMap;

use chiso_units::{UnitList, fold};

use super::rules::Rules;
use crate::pack::{Edition, NodeIndex, Pack, Version};

/// A longer text is a sentence, not the name of a unit: looking for close names would only cost time.
const LONGEST_NAME_BYTES: usize = 200;

/// The labels that are understood in an edition.
pub(super) struct Labels<'a> {
    pub edition: Edition,
    pub version: &'a Version,
    pack: &'a Pack,
    units: Option<&'a UnitList>,
    rules: &'a Rules,
    nodes: HashMap<String, Vec<NodeIndex>>,
    /// A search among units also looks for what is close, so it is made once for each label.
    found_units: RefCell<HashMap<String, Option<String>>>,
}

impl<'a> Labels<'a> {
    /// None where the pack has no version for the edition.
    pub(super) fn new(
        pack: &'a Pack,
        units: Option<&'a UnitList>,
        rules: &'a Rules,
        edition: Edition,
    ) -> Option<Self> {
        let version = pack.version_of(edition)?;
        let nodes = node_labels(version, rules, edition);
        Some(Labels {
            edition,
            version,
            pack,
            units,
            rules,
            nodes,
            found_units: RefCell::default(),
        })
    }

    /// The nodes that a label names: exactly their code, their name in either language, both, or an
    /// alias, without regard to case, diacritics and punctuation. More than one is ambiguous.
    pub(super) fn nodes(&self, label: &str) -> &[NodeIndex] {
        self.nodes.get(&fold(label)).map_or(&[], Vec::as_slice)
    }

    /// The code of the unit that a label names.
    pub(super) fn unit(&self, label: &str) -> Option<String> {
        // Values are asked about too; a number with a fraction is neither a code nor a name.
        if label.contains('.') && label.parse::<f64>().is_ok() {
            return None;
        }
        if let Some(known) = self.found_units.borrow().get(label) {
            return known.clone();
        }
        let folded = fold(label);
        let alias = self
            .rules
            .unit_aliases
            .iter()
            .find(|(known, _)| *known == folded);
        let is_short = label.len() <= LONGEST_NAME_BYTES;
        let unit = alias.map(|(_, unit)| unit.clone()).or_else(|| {
            let found = self.units.filter(|_| is_short)?.find(label).ok()?;
            Some(found.code.as_str().to_owned())
        });
        self.found_units
            .borrow_mut()
            .insert(label.to_owned(), unit.clone());
        unit
    }

    /// How many units a full edition has, where that is known.
    pub(super) fn units_expected(&self) -> Option<usize> {
        self.units.map(UnitList::len)
    }

    /// Why a label names no unit, with the closest ones.
    pub(super) fn unit_fault(&self, label: &str) -> String {
        match self.units.map(|list| list.find(label)) {
            Some(Err(error)) => error.to_string(),
            _ => "no unit of this name is known".to_owned(),
        }
    }

    /// Whether a label marks a row or column beside the units' and the nodes'.
    pub(super) fn is_skip(&self, label: &str) -> bool {
        let folded = fold(label);
        self.rules
            .skips
            .iter()
            .any(|skip| folded.contains(skip.as_str()))
    }

    /// The node of another version that has this label, for a message: `node 2.1 of 2018`.
    pub(super) fn elsewhere(&self, label: &str) -> Option<String> {
        let folded = fold(label);
        self.pack.versions.iter().find_map(|version| {
            let edition = *version
                .editions
                .iter()
                .find(|&&edition| edition != self.edition)?;
            let labels = node_labels(version, self.rules, edition);
            let node = *labels.get(&folded)?.first()?;
            Some(format!(
                "node {} of version {}",
                version.tree.node(node).code,
                version.id
            ))
        })
    }

    /// The codes of nodes.
    pub(super) fn codes(&self, nodes: &[NodeIndex]) -> String {
        let codes: Vec<&str> = nodes
            .iter()
            .map(|&node| self.version.tree.node(node).code.as_str())
            .collect();
        codes.join(", ")
    }
}

fn node_labels(
    version: &Version,
    rules: &Rules,
    edition: Edition,
) -> HashMap<String, Vec<NodeIndex>> {
    let mut labels: HashMap<String, Vec<NodeIndex>> = HashMap::new();
    let mut add = |label: String, node: NodeIndex| {
        let nodes = labels.entry(label).or_default();
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    };
    for index in version.tree.indices() {
        let node = version.tree.node(index);
        add(fold(&node.code), index);
        for name in [&node.name.en, &node.name.vi] {
            add(fold(name), index);
            add(fold(&format!("{} {name}", node.code)), index);
        }
    }
    for alias in rules.aliases.iter().filter(|alias| alias.holds(edition)) {
        if let Some(node) = version.tree.find(&alias.node) {
            add(alias.label.clone(), node);
        }
    }
    labels.remove("");
    labels
}
