//! The nodes of two versions side by side: one outline in which each node knows its place in both.

use chiso_index::{NodeIndex, Version};

/// A node that stands under the same parent in both versions, or in one of them only.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// Its place in the earlier version.
    pub from: Option<NodeIndex>,
    /// Its place in the later version.
    pub to: Option<NodeIndex>,
    /// Its parent's place in the outline.
    pub parent: Option<usize>,
    /// The places of its parts in the outline: those of the later version first.
    pub children: Vec<usize>,
    /// Steps from the root.
    pub depth: usize,
}

/// The nodes of both versions, each before its parts.
pub(crate) fn outline(from: &Version, to: &Version) -> Vec<Pair> {
    let root = Pair {
        from: Some(from.tree.root()),
        to: Some(to.tree.root()),
        parent: None,
        children: Vec::new(),
        depth: 0,
    };
    let mut pairs = Vec::with_capacity(to.tree.len());
    let mut open = vec![root];
    while let Some(pair) = open.pop() {
        let place = pairs.len();
        if let Some(parent) = pair.parent {
            let parent: &mut Pair = &mut pairs[parent];
            parent.children.push(place);
        }
        let mut parts = children(from, to, &pair);
        parts.iter_mut().for_each(|part| part.parent = Some(place));
        open.extend(parts.into_iter().rev());
        pairs.push(pair);
    }
    pairs
}

fn children(from: &Version, to: &Version, pair: &Pair) -> Vec<Pair> {
    let earlier = pair.from.map_or(&[][..], |node| from.tree.children(node));
    let later = pair.to.map_or(&[][..], |node| to.tree.children(node));
    let code_from = |node: NodeIndex| from.tree.node(node).code.as_str();
    let code_to = |node: NodeIndex| to.tree.node(node).code.as_str();
    let part = |from, to| Pair {
        from,
        to,
        parent: None,
        children: Vec::new(),
        depth: pair.depth + 1,
    };
    let mut parts: Vec<Pair> = later
        .iter()
        .map(|&node| {
            part(
                earlier
                    .iter()
                    .copied()
                    .find(|&other| code_from(other) == code_to(node)),
                Some(node),
            )
        })
        .collect();
    let dropped = earlier
        .iter()
        .filter(|&&node| later.iter().all(|&other| code_to(other) != code_from(node)));
    parts.extend(dropped.map(|&node| part(Some(node), None)));
    parts
}
