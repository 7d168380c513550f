//! The tree that Level and Parent of iMeta state: one root, no level skipped, no node above itself.

use std::collections::{HashMap, HashSet};

use super::entries::{Entry, Kind};
use super::table::Table;
use crate::problem::{Problem, quoted};

/// The tree of an index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Structure {
    /// Places of nodes among the entries, each before its parts: the order of an outline.
    pub outline: Vec<usize>,
    /// How many levels there are.
    pub levels: usize,
}

impl Structure {
    /// The place of the root among the entries.
    pub fn root(&self) -> usize {
        self.outline[0]
    }
}

/// Finds the tree of entries; all that is wrong with it where there is none.
pub(super) fn find(meta: &Table, entries: &[Entry]) -> Result<Structure, Vec<Problem>> {
    let nodes: Vec<usize> = (0..entries.len())
        .filter(|&place| entries[place].kind.is_node())
        .collect();
    let places = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.code.as_str(), place));
    let levels = nodes
        .iter()
        .map(|&node| entries[node].level)
        .max()
        .unwrap_or(0);
    let mut finder = Finder {
        meta,
        entries,
        places: places.collect(),
        nodes,
        levels,
        problems: Vec::new(),
    };
    if finder.levels < 2 {
        let expected = "indicators on level 1, and at least one aggregate above them";
        return Err(vec![
            meta.file_fault("an index of fewer than two levels", expected),
        ]);
    }
    finder.no_level_is_skipped();
    let cyclic = finder.cycles();
    finder.parents(&cyclic);
    finder.one_root();
    finder.aggregates_have_parts();
    match finder.problems.is_empty() {
        true => Ok(Structure {
            outline: finder.outline(),
            levels,
        }),
        false => Err(finder.problems),
    }
}

struct Finder<'a> {
    meta: &'a Table,
    entries: &'a [Entry],
    places: HashMap<&'a str, usize>,
    nodes: Vec<usize>,
    levels: usize,
    problems: Vec<Problem>,
}

impl Finder<'_> {
    fn fault(&mut self, entry: &Entry, found: String, expected: String) {
        let row = &self.meta.rows[entry.row];
        self.problems.push(self.meta.fault(row, found, expected));
    }

    /// The node that an entry names as its parent.
    fn parent(&self, node: usize) -> Option<usize> {
        let parent = self.entries[node].parent.as_deref()?;
        let place = self.places.get(parent).copied();
        place.filter(|&place| self.entries[place].kind == Kind::Aggregate)
    }

    fn no_level_is_skipped(&mut self) {
        for level in 1..self.levels {
            if !self
                .nodes
                .iter()
                .any(|&node| self.entries[node].level == level)
            {
                let found = format!("levels up to {}, but none on level {level}", self.levels);
                self.problems.push(
                    self.meta
                        .file_fault(found, "levels that follow each other from 1"),
                );
            }
        }
    }

    /// The nodes that are their own ancestors; each cycle is one fault.
    fn cycles(&mut self) -> HashSet<usize> {
        let (mut done, mut cyclic) = (HashSet::new(), HashSet::new());
        for &start in &self.nodes.clone() {
            let mut way: Vec<usize> = Vec::new();
            let mut on_way = HashSet::new();
            let mut at = Some(start);
            while let Some(node) = at.filter(|node| !done.contains(node)) {
                if !on_way.insert(node) {
                    let first = way.iter().position(|&other| other == node).unwrap_or(0);
                    self.cycle(&way[first..]);
                    cyclic.extend(way[first..].iter().copied());
                    break;
                }
                way.push(node);
                at = self.parent(node);
            }
            done.extend(way);
        }
        cyclic
    }

    fn cycle(&mut self, nodes: &[usize]) {
        let codes = nodes.iter().chain(nodes.first());
        let codes: Vec<&str> = codes
            .map(|&node| self.entries[node].code.as_str())
            .collect();
        let found = format!("a cycle of parents {}", quoted(&codes.join(" → ")));
        let expected = "a tree: no node may be its own ancestor".to_owned();
        self.fault(&self.entries[nodes[0]], found, expected);
    }

    fn parents(&mut self, cyclic: &HashSet<usize>) {
        for &node in &self.nodes.clone() {
            let entry = &self.entries[node];
            let code = quoted(&entry.code);
            match (&entry.parent, self.parent(node)) {
                (None, _) if entry.level < self.levels => {
                    let found = format!("no Parent of {code} on level {}", entry.level);
                    self.fault(
                        entry,
                        found,
                        format!("the code of an aggregate on level {}", entry.level + 1),
                    );
                }
                (Some(parent), _) if entry.level == self.levels && !cyclic.contains(&node) => {
                    let found = format!(
                        "Parent {} of {code} on the highest level {}",
                        quoted(parent),
                        self.levels
                    );
                    self.fault(entry, found, "no Parent there".to_owned());
                }
                (Some(parent), None) => {
                    let found = format!("Parent {} of {code}", quoted(parent));
                    self.fault(
                        entry,
                        found,
                        "the iCode of a row of Type Aggregate".to_owned(),
                    );
                }
                (Some(parent), Some(place))
                    if self.entries[place].level != entry.level + 1 && !cyclic.contains(&node) =>
                {
                    let found = format!(
                        "Parent {} on level {} of {code} on level {}",
                        quoted(parent),
                        self.entries[place].level,
                        entry.level
                    );
                    self.fault(
                        entry,
                        found,
                        format!("a parent on level {}", entry.level + 1),
                    );
                }
                _ => (),
            }
        }
    }

    fn one_root(&mut self) {
        let top: Vec<&Entry> = self
            .nodes
            .iter()
            .map(|&node| &self.entries[node])
            .filter(|entry| entry.level == self.levels)
            .collect();
        if let [_, second, ..] = top.as_slice() {
            let codes: Vec<String> = top.iter().map(|entry| quoted(&entry.code)).collect();
            let found = format!(
                "{} nodes on the highest level {}: {}",
                top.len(),
                self.levels,
                codes.join(", ")
            );
            self.fault(second, found, "one, the index itself".to_owned());
        }
    }

    fn aggregates_have_parts(&mut self) {
        let with_parts: HashSet<usize> = self
            .nodes
            .iter()
            .filter_map(|&node| self.parent(node))
            .collect();
        for &node in &self.nodes.clone() {
            let entry = &self.entries[node];
            if entry.kind == Kind::Aggregate && !with_parts.contains(&node) {
                let found = format!(
                    "Aggregate {} that is the Parent of none",
                    quoted(&entry.code)
                );
                self.fault(entry, found, "at least one part".to_owned());
            }
        }
    }

    /// Depth first, parts in the order of iMeta.
    fn outline(&self) -> Vec<usize> {
        let mut parts: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for &node in &self.nodes {
            parts.entry(self.parent(node)).or_default().push(node);
        }
        let mut open = parts.get(&None).cloned().unwrap_or_default();
        let mut outline = Vec::with_capacity(self.nodes.len());
        while let Some(node) = open.pop() {
            outline.push(node);
            open.extend(parts.get(&Some(node)).into_iter().flatten().rev());
        }
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::super::entries;
    use super::*;

    fn found(rows: &str) -> Result<Vec<String>, Vec<String>> {
        let text = format!("Level,iCode,Parent,Type,Direction,Weight\n{rows}");
        let text = text.replace('\n', ",1,1\n").replacen(",1,1\n", "\n", 1);
        let meta = Table::from_csv("iMeta.csv", text.as_bytes()).unwrap();
        let entries = entries::read(&meta).unwrap();
        match find(&meta, &entries) {
            Ok(tree) => Ok(tree
                .outline
                .iter()
                .map(|&node| entries[node].code.clone())
                .collect()),
            Err(problems) => Err(problems.iter().map(Problem::to_string).collect()),
        }
    }

    const SOUND: &str = "1,a,P,Indicator\n1,b,Q,Indicator\n1,c,P,Indicator\n\
        2,P,I,Aggregate\n2,Q,I,Aggregate\n3,I,,Aggregate\n";

    #[test]
    fn the_outline_has_each_node_before_its_parts_in_their_order() {
        assert_eq!(found(SOUND).unwrap(), ["I", "P", "a", "c", "Q", "b"]);
    }

    #[test]
    fn what_is_no_tree_is_refused_with_its_line() {
        let changed = |from: &str, to: &str| SOUND.replace(from, to);
        let cases = [
            (
                changed("1,b,Q,", "1,b,Z,"),
                "iMeta.csv:3: error: found Parent `Z` of `b`; expected the iCode",
            ),
            (
                changed("1,b,Q,", "1,b,a,"),
                "iMeta.csv:3: error: found Parent `a` of `b`; expected the iCode",
            ),
            (
                changed("1,b,Q,", "1,b,I,"),
                "iMeta.csv:3: error: found Parent `I` on level 3 of `b` on level 1; expected a parent on level 2",
            ),
            (
                changed("1,b,Q,", "1,b,,"),
                "iMeta.csv:3: error: found no Parent of `b` on level 1",
            ),
            (
                changed("2,Q,I,", "2,Q,P,"),
                "iMeta.csv:6: error: found Parent `P` on level 2 of `Q` on level 2",
            ),
            (
                changed("3,I,,", "3,I,P,"),
                "iMeta.csv:5: error: found a cycle of parents `P → I → P`",
            ),
            (
                changed("3,I,,", "4,I,,"),
                "iMeta.csv: error: found levels up to 4, but none on level 3",
            ),
            (
                format!("{SOUND}3,J,,Aggregate\n"),
                "iMeta.csv:8: error: found 2 nodes on the highest level 3: `I`, `J`",
            ),
            (
                format!("{SOUND}2,R,I,Aggregate\n"),
                "iMeta.csv:8: error: found Aggregate `R` that is the Parent of none",
            ),
            (
                "1,a,,Indicator\n".to_owned(),
                "iMeta.csv: error: found an index of fewer than two levels",
            ),
        ];
        for (rows, start) in cases {
            let messages = found(&rows).unwrap_err();
            assert!(
                messages.iter().any(|message| message.starts_with(start)),
                "{messages:#?}"
            );
        }
    }

    #[test]
    fn a_cycle_is_one_fault_and_its_levels_are_not_faults_of_their_own() {
        let rows = SOUND
            .replace("2,P,I,", "2,P,Q,")
            .replace("2,Q,I,", "2,Q,P,");
        let messages = found(&rows).unwrap_err();
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert!(messages[0].contains("a cycle of parents `P → Q → P`"));
        assert!(messages[1].contains("Aggregate `I` that is the Parent of none"));
    }
}
