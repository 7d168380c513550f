//! Maps that travel with the program, and an installation's own in their place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_units::UnitList;

use crate::files;

/// What must be known of a map before pages use it.
#[derive(serde::Deserialize)]
struct Head {
    id: String,
    units: Vec<Shape>,
}

#[derive(serde::Deserialize)]
struct Shape {
    code: String,
}

/// The text of each map by the id of the list of units that it draws: the shipped ones, and in their
/// place the given files.
///
/// # Errors
/// When a file cannot be read, is not a map, or draws other units than its list has.
pub fn read(own: &[PathBuf]) -> Result<BTreeMap<String, String>> {
    let mut maps = BTreeMap::new();
    let shipped = files::DATA
        .get_dir("map")
        .into_iter()
        .flat_map(|dir| dir.files());
    for file in shipped.filter(|file| is_json(file.path())) {
        let shown = format!("data/{}", file.path().display());
        let text = file
            .contents_utf8()
            .with_context(|| format!("{shown}: expected UTF-8"))?;
        maps.insert(list_of(&shown, text)?, text.to_owned());
    }
    for path in own {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("{shown}: cannot be read"))?;
        maps.insert(list_of(&shown, &text)?, text);
    }
    Ok(maps)
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "json")
}

/// The id of the list whose units a map draws, each once.
fn list_of(shown: &str, text: &str) -> Result<String> {
    let head: Head = serde_json::from_str(text)
        .with_context(|| format!("{shown}: expected a map as data/map/README.md describes it"))?;
    let Some(list) = UnitList::by_id(&head.id) else {
        bail!(
            "{shown}: found a map of `{}`; expected the id of a list of units",
            head.id
        );
    };
    let mut drawn: Vec<&str> = head.units.iter().map(|shape| shape.code.as_str()).collect();
    drawn.sort_unstable();
    let expected: Vec<&str> = list.units().iter().map(|unit| unit.code.as_str()).collect();
    if drawn != expected {
        let lacks = expected.iter().find(|code| !drawn.contains(code));
        let other = lacks.map_or_else(
            || "a unit twice or of another list".to_owned(),
            |code| format!("no unit {code}"),
        );
        bail!(
            "{shown}: found {} shapes, {other}; expected each unit of {} once",
            drawn.len(),
            head.id
        );
    }
    Ok(head.id)
}
