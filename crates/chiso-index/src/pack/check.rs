//! What must hold between the parts of a pack: ranges that add up, versions that do not overlap,
//! names in both languages, weights that are used.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Aggregate, Break, Cut, Direction, Edition, NodeIndex, Pack, PackFiles, Range, Text, Version,
};
use crate::engine::Outline;
use crate::problem::{Problem, quoted};
use crate::recipe::{Action, NormaliseMethod, Parameter, Selection, Step};

/// Ranges are written with a limited number of digits; what is off by less is not a fault.
const RANGE_TOLERANCE: f64 = 1e-6;
/// The word in a node's note by which a published range that is not the arithmetic one is kept.
const RANGE_PUBLISHED: &str = "range-published";

pub(super) fn check(pack: &Pack, files: &PackFiles, problems: &mut Vec<Problem>) {
    let index = files.shown("index.toml");
    let line = |needle: &str| line_of(files, needle);
    for (what, text) in [("name", &pack.name), ("publisher", &pack.publisher)] {
        translations(&index, line(what), what, text, problems);
    }
    if let Some(folder) = files.root.trim_end_matches('/').rsplit('/').next()
        && !folder.is_empty()
        && folder != "."
        && folder.strip_suffix(".xlsx").unwrap_or(folder) != pack.id
    {
        let found = format!("id {} in folder {}", quoted(&pack.id), quoted(folder));
        problems.push(Problem::error(&index, line("id"), found, "the same name"));
    }
    if let Some(units) = &pack.units
        && chiso_units::UnitList::by_id(units).is_none()
    {
        let found = format!("units {}", quoted(units));
        problems.push(Problem::error(
            &index,
            line("units"),
            found,
            "`provinces-63`, `provinces-34`, or no `units`",
        ));
    }
    overlaps(pack, &index, files, problems);
    for version in &pack.versions {
        let file = files.shown(&format!("{}/nodes.csv", version.id));
        check_version(
            pack,
            version,
            &index,
            line(&format!("\"{}\"", version.id)),
            problems,
        );
        check_nodes(version, &file, problems);
        check_recipe(version, &index, problems);
    }
    for broken in &pack.breaks {
        check_break(pack, broken, &index, problems);
    }
}

/// The first line of `index.toml` that holds a text.
fn line_of(files: &PackFiles, needle: &str) -> Option<u64> {
    let text = files.files.get("index.toml")?;
    let line = text.lines().position(|line| line.contains(needle))?;
    Some(line as u64 + 1)
}

fn translations(
    file: &str,
    line: Option<u64>,
    what: &str,
    text: &Text,
    problems: &mut Vec<Problem>,
) {
    for (language, value) in [("en", &text.en), ("vi", &text.vi)] {
        if value.trim().is_empty() {
            let found = format!("{what} without its {language} text");
            problems.push(Problem::error(file, line, found, "both en and vi"));
        }
    }
}

fn overlaps(pack: &Pack, index: &str, files: &PackFiles, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<Edition, &str> = BTreeMap::new();
    for version in &pack.versions {
        for &edition in &version.editions {
            if let Some(other) = seen.insert(edition, &version.id) {
                let line = line_of(files, &format!("\"{}\"", version.id));
                let found = format!(
                    "edition {edition} in versions {} and {}",
                    quoted(other),
                    quoted(&version.id)
                );
                problems.push(Problem::error(
                    index,
                    line,
                    found,
                    "each edition in one version",
                ));
                break;
            }
        }
    }
}

fn check_version(
    pack: &Pack,
    version: &Version,
    index: &str,
    line: Option<u64>,
    problems: &mut Vec<Problem>,
) {
    let tree = &version.tree;
    let root = tree.node(tree.root());
    if root.code != pack.id {
        let found = format!(
            "root {} of version {}",
            quoted(&root.code),
            quoted(&version.id)
        );
        problems.push(Problem::error(
            index,
            line,
            found,
            format!("the pack's id {}", quoted(&pack.id)),
        ));
    }
    let depth = tree
        .indices()
        .map(|node| tree.depth(node))
        .max()
        .unwrap_or(0);
    if version.levels.len() != depth + 1 {
        let found = format!(
            "{} names of levels in version {}",
            version.levels.len(),
            quoted(&version.id)
        );
        problems.push(Problem::error(
            index,
            line,
            found,
            format!("{}, as the tree has", depth + 1),
        ));
    }
    for level in &version.levels {
        translations(index, line, "a level", level, problems);
    }
    if let Some(group) = &version.group {
        for name in &group.names {
            translations(index, line, "a group", name, problems);
        }
        for (edition, own) in &group.editions {
            if !version.editions.contains(edition) {
                let found = format!(
                    "a group rule for edition {edition} in version {}",
                    quoted(&version.id)
                );
                problems.push(Problem::error(
                    index,
                    line,
                    found,
                    "an edition of that version",
                ));
            }
            if let (Cut::Points(points), Some(range)) = (&own.cut, root.range)
                && points.iter().any(|p| *p < range.min || *p > range.max)
            {
                let found = format!("cutpoints {points:?} for edition {edition}");
                problems.push(Problem::error(
                    index,
                    line,
                    found,
                    format!("scores from {} to {}", range.min, range.max),
                ));
            }
        }
    }
}

fn check_nodes(version: &Version, file: &str, problems: &mut Vec<Problem>) {
    let tree = &version.tree;
    for index in tree.indices() {
        let node = tree.node(index);
        let what = format!("node {}", quoted(&node.code));
        translations(file, Some(node.line), &what, &node.name, problems);
        if tree.is_leaf(index) {
            check_leaf(version, index, file, problems);
        } else {
            check_parent(version, index, file, problems);
        }
    }
}

fn check_leaf(version: &Version, leaf: NodeIndex, file: &str, problems: &mut Vec<Problem>) {
    let node = version.tree.node(leaf);
    let goalposts = |rule: &crate::recipe::Normalise| rule.method == NormaliseMethod::Goalposts;
    if node.range.is_none() && version.normalisation(leaf).is_some_and(goalposts) {
        let found = format!("leaf {} without `min` and `max`", quoted(&node.code));
        problems.push(Problem::error(
            file,
            node.line,
            found,
            "both: the goalposts of its scale",
        ));
    }
    if node.aggregate.is_some() {
        let found = format!("an `aggregate` for leaf {}", quoted(&node.code));
        problems.push(Problem::error(
            file,
            node.line,
            found,
            "none: a leaf has no parts",
        ));
    }
}

fn check_parent(version: &Version, parent: NodeIndex, file: &str, problems: &mut Vec<Problem>) {
    let tree = &version.tree;
    let node = tree.node(parent);
    if node.direction == Direction::Lower {
        let found = format!(
            "direction `lower` for node {} that has parts",
            quoted(&node.code)
        );
        problems.push(Problem::error(
            file,
            node.line,
            found,
            "`higher`: its scores come from its parts",
        ));
    }
    let Some((method, ..)) = version.aggregation(parent) else {
        return;
    };
    if method == Aggregate::Sum {
        for &child in tree.children(parent) {
            let child = tree.node(child);
            if child.weight != 1.0 {
                let found = format!(
                    "weight {} of node {} under a sum",
                    child.weight,
                    quoted(&child.code)
                );
                problems.push(Problem::error(
                    file,
                    child.line,
                    found,
                    "no weight: a sum does not use one",
                ));
            }
        }
    }
    let (Some(stated), Some(reached)) = (node.range, reachable(version, parent, method)) else {
        return;
    };
    let off = (stated.min - reached.min)
        .abs()
        .max((stated.max - reached.max).abs());
    if off > RANGE_TOLERANCE {
        let found = format!(
            "range {} to {} of node {}",
            stated.min,
            stated.max,
            quoted(&node.code)
        );
        let expected = format!(
            "{} to {}, to which its parts add up",
            reached.min, reached.max
        );
        let published = node.note.contains(RANGE_PUBLISHED);
        let problem = if published {
            Problem::warning
        } else {
            Problem::error
        };
        problems.push(problem(file, Some(node.line), found, expected));
    }
}

/// That every step finds what it needs, and every node it names.
fn check_recipe(version: &Version, index: &str, problems: &mut Vec<Problem>) {
    for step in &version.recipe {
        for part in &step.parts {
            for code in part.selection.nodes.iter().chain(&part.selection.within) {
                if version.tree.find(code).is_none() {
                    let found = format!("node {} in a {} step", quoted(code), step.name());
                    let expected = format!("a node of version {}", quoted(&version.id));
                    problems.push(Problem::error(index, step.line, found, expected));
                }
            }
            check_level(version, &part.selection, index, step.line, problems);
        }
        check_parameters(version, step, index, problems);
        check_overrides(version, step, index, problems);
        check_screen(step, index, problems);
    }
    for fault in Outline::of(version).err().unwrap_or_default() {
        let node = fault
            .node
            .as_ref()
            .map_or(String::new(), |node| format!(", node {}", quoted(node)));
        let (found, expected) = fault
            .problem
            .split_once("; expected ")
            .unwrap_or((&fault.problem, "another recipe"));
        let found = found.trim_start_matches("found ");
        let found = format!("{found} (step {}, {}{node})", fault.step, fault.action);
        problems.push(Problem::error(index, fault.line, found, expected));
    }
}

/// Tables by node name nodes: a misspelt code would leave its node with the usual number.
fn check_parameters(version: &Version, step: &Step, index: &str, problems: &mut Vec<Problem>) {
    let mut unknown = BTreeSet::new();
    for (name, parameter) in step.parts.iter().flat_map(|part| part.action.parameters()) {
        if let Parameter::ByNode(numbers) = parameter {
            let codes = numbers.keys();
            unknown.extend(
                codes
                    .filter(|code| version.tree.find(code).is_none())
                    .map(|code| (name, code)),
            );
        }
    }
    for (name, code) in unknown {
        let found = format!(
            "node {} in `{name}` of a {} step",
            quoted(code),
            step.name()
        );
        let expected = format!("a node of version {}", quoted(&version.id));
        problems.push(Problem::error(index, step.line, found, expected));
    }
}

/// An override changes nodes of its step: one that holds for none of them would do nothing.
fn check_overrides(version: &Version, step: &Step, index: &str, problems: &mut Vec<Problem>) {
    let Some((own, overrides)) = step.parts.split_first() else {
        return;
    };
    let level = |node| version.level(node);
    let of_step: Vec<NodeIndex> = version
        .tree
        .indices()
        .filter(|&node| own.selection.holds(&version.tree, level, node))
        .collect();
    for part in overrides {
        let selection = &part.selection;
        let mut named = selection.nodes.iter().chain(&selection.within);
        let is_known = named.all(|code| version.tree.find(code).is_some());
        let mut held = of_step.iter();
        if is_known && !held.any(|&node| selection.holds(&version.tree, level, node)) {
            let found = format!(
                "an override of a {} step for none of its nodes",
                step.name()
            );
            let expected = "one for nodes that the step selects";
            problems.push(Problem::error(index, step.line, found, expected));
        }
    }
}

fn check_level(
    version: &Version,
    selection: &Selection,
    index: &str,
    line: u64,
    problems: &mut Vec<Problem>,
) {
    let levels = version.levels.len();
    if let Some(level) = selection
        .level
        .filter(|level| *level == 0 || *level > levels)
    {
        let found = format!("level {level}");
        problems.push(Problem::error(
            index,
            line,
            found,
            format!("1 (the leaves) to {levels}"),
        ));
    }
}

/// Units are left out whole: a screen step has one rule for all.
fn check_screen(step: &crate::recipe::Step, index: &str, problems: &mut Vec<Problem>) {
    let screens = matches!(
        step.parts.first().map(|part| &part.action),
        Some(Action::Screen(_))
    );
    if screens && (step.parts.len() > 1 || step.parts.iter().any(|p| !p.selection.is_open())) {
        let expected = "neither: a unit is screened by all its leaves";
        problems.push(Problem::error(
            index,
            step.line,
            "a screen step with a selection or an override",
            expected,
        ));
    }
}

/// The range that a node's parts give it, where every part's is known.
fn reachable(version: &Version, parent: NodeIndex, method: Aggregate) -> Option<Range> {
    let tree = &version.tree;
    let parts = tree.children(parent);
    let ranges: Vec<Range> = parts
        .iter()
        .map(|&part| version.score_range(part))
        .collect::<Option<_>>()?;
    if let Some(coefficients) = version.coefficients(parent) {
        let at = |end: fn(&Range) -> f64| {
            crate::numbers::sum(
                coefficients
                    .iter()
                    .zip(&ranges)
                    .map(|((_, c), range)| c * end(range)),
            )
        };
        return Some(Range {
            min: at(|r| r.min),
            max: at(|r| r.max),
        });
    }
    let (_, factor, _) = version.aggregation(parent)?;
    let weights: Vec<f64> = parts.iter().map(|&part| tree.node(part).weight).collect();
    let at = |end: fn(&Range) -> f64| {
        let values: Vec<f64> = ranges.iter().map(end).collect();
        crate::score::combine(method, &values, &weights).map(|value| value * factor)
    };
    Some(Range {
        min: at(|r| r.min)?,
        max: at(|r| r.max)?,
    })
}

fn check_break(pack: &Pack, broken: &Break, index: &str, problems: &mut Vec<Problem>) {
    translations(
        index,
        None,
        &format!("the reason of the break of {}", broken.node),
        &broken.reason,
        problems,
    );
    let Some(version) = pack.version_of(broken.from) else {
        let found = format!("a break from edition {}", broken.from);
        problems.push(Problem::error(
            index,
            None,
            found,
            "an edition of this pack",
        ));
        return;
    };
    if version.tree.find(&broken.node).is_none() {
        let found = format!(
            "a break of node {} from edition {}",
            quoted(&broken.node),
            broken.from
        );
        problems.push(Problem::error(
            index,
            None,
            found,
            format!("a node of version {}", quoted(&version.id)),
        ));
    }
}
