//! The recipe of a pack made from iMeta, as the text of its steps.

use super::index_text::quote;
use super::{Index, Request};
use crate::problem::{Problem, quoted};

/// What is done without other steps: a scale that every value fits, and the mean of what is there,
/// as COINr's own defaults have it.
const USUAL: &str = r#"[[version.step]]
do = "normalise"
method = "minmax"
low = 0
high = 100

[[version.step]]
do = "aggregate"
method = "mean"
missing = "available"
"#;

/// The steps: one for each denominator, then the given or usual ones, then as comments what iMeta
/// offers besides.
pub(super) fn steps(index: &Index<'_>, request: &Request<'_>) -> Result<String, Problem> {
    let given = request.steps;
    let mut text = String::new();
    let own_denominators = match given {
        Some((file, steps)) => names(file, steps)?.iter().any(|name| name == "denominate"),
        None => false,
    };
    if request.denominate && !own_denominators {
        text.push_str(&denominate(index));
    }
    text.push_str(given.map_or(USUAL, |(_, steps)| steps.trim()));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&targets(index));
    text.push_str(&goalposts(index));
    Ok(text)
}

/// The names of given steps; a text that holds anything else is refused.
fn names(file: &str, steps: &str) -> Result<Vec<String>, Problem> {
    let expected = "[[version.step]] tables and nothing else";
    let fault = |line: Option<u64>, found: String| Problem::error(file, line, found, expected);
    let table: toml::Table = toml::from_str(steps).map_err(|error: toml::de::Error| {
        let before = error
            .span()
            .map(|span| &steps.as_bytes()[..span.start.min(steps.len())]);
        let line = before.map(|text| text.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1);
        fault(line, error.message().trim().replace('\n', "; "))
    })?;
    let other = table.keys().find(|key| *key != "version");
    let version = table.get("version").and_then(toml::Value::as_table);
    let inner = version.and_then(|version| version.keys().find(|key| *key != "step"));
    if let Some(key) = other.or(inner) {
        return Err(fault(None, format!("key {}", quoted(key))));
    }
    let list = version.and_then(|version| version.get("step")?.as_array());
    let Some(list) = list.filter(|list| !list.is_empty()) else {
        return Err(fault(None, "no step".to_owned()));
    };
    let name = |step: &toml::Value| step.get("do")?.as_str().map(str::to_owned);
    Ok(list.iter().filter_map(name).collect())
}

fn denominate(index: &Index<'_>) -> String {
    let mut text = String::new();
    for denominator in &index.entries {
        let divided: Vec<String> = index
            .indicators()
            .filter(|(entry, _)| entry.denominator.as_ref() == Some(&denominator.code))
            .map(|(entry, _)| quote(&entry.code))
            .collect();
        if !divided.is_empty() {
            text.push_str("[[version.step]]\ndo = \"denominate\"\n");
            text.push_str(&format!("by = {}\n", quote(&denominator.code)));
            text.push_str(&format!("nodes = [{}]\n\n", divided.join(", ")));
        }
    }
    text
}

/// A number by node as TOML.
fn by_node(numbers: &[(String, f64)]) -> String {
    let number = |(code, number): &(String, f64)| {
        format!("{} = {}", quote(code), toml::Value::Float(*number))
    };
    let numbers: Vec<String> = numbers.iter().map(number).collect();
    format!("{{ {} }}", numbers.join(", "))
}

fn targets(index: &Index<'_>) -> String {
    let targets: Vec<(String, f64)> = index
        .indicators()
        .filter_map(|(entry, _)| Some((entry.code.clone(), entry.target?)))
        .collect();
    if targets.is_empty() {
        return String::new();
    }
    format!(
        "\n# Targets stand in iMeta. This step in the place of the normalise step scores the distance to them:\n\
         # [[version.step]]\n# do = \"normalise\"\n# method = \"distance_to_target\"\n# target = {}\n",
        by_node(&targets)
    )
}

fn goalposts(index: &Index<'_>) -> String {
    let posts: Vec<(String, f64, f64)> = index
        .indicators()
        .filter_map(|(entry, _)| {
            let (low, high) = (entry.goalposts.0?, entry.goalposts.1?);
            (low < high).then(|| (entry.code.clone(), low, high))
        })
        .collect();
    if posts.is_empty() {
        return String::new();
    }
    let end = |pick: fn(&(String, f64, f64)) -> f64| {
        let numbers: Vec<_> = posts
            .iter()
            .map(|post| (post.0.clone(), pick(post)))
            .collect();
        by_node(&numbers)
    };
    format!(
        "\n# Goalposts stand in iMeta. This step in the place of the normalise step scores the share of the way between them:\n\
         # [[version.step]]\n# do = \"normalise\"\n# method = \"scaled\"\n# low = {}\n# high = {}\n# factor = 100\n",
        end(|post| post.1),
        end(|post| post.2)
    )
}
