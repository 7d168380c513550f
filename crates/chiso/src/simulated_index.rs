//! The index of a simulated survey: the definition of a shipped index under an id and names that
//! say so, with the observations that `chiso demo --survey` made of it.
//!
//! It is derived when it is asked for, so that the definition stands in one place.

use anyhow::{Context, Result};
use chiso_index::pack::PackFiles;
use toml::{Table, Value};

use crate::files;

const SUFFIX: &str = "-simulated";

/// The ids of all simulated surveys whose observations travel with the program.
pub fn ids() -> Vec<String> {
    let packs = files::PACKS.dirs();
    let ids = packs.map(|dir| format!("{}{SUFFIX}", dir.path().display()));
    ids.filter(|id| original(id).is_some()).collect()
}

/// The index whose definition the one of this id has; none where it is no simulated survey.
pub fn original(id: &str) -> Option<&str> {
    let original = id.strip_suffix(SUFFIX)?;
    let observations = format!("{original}/simulated/observations.csv");
    files::DATA.get_file(observations).map(|_| original)
}

/// The files of the pack of the simulated survey `id`, from those of its original.
///
/// # Errors
/// When a file of the original cannot be read as TOML or CSV.
pub fn pack_files(id: &str, original: PackFiles) -> Result<PackFiles> {
    let mut derived = PackFiles {
        root: id.to_owned(),
        ..PackFiles::default()
    };
    for (path, text) in original.files {
        let text = match path.as_str() {
            "index.toml" => index_toml(&text, id, &original.root),
            // Nothing is imported into it.
            "import.toml" => continue,
            _ => table(&text, id, &original.root),
        };
        let text = text.with_context(|| format!("{}/{path}", original.root))?;
        derived.files.insert(path, text);
    }
    Ok(derived)
}

fn index_toml(text: &str, id: &str, original: &str) -> Result<String> {
    let mut index: Table = text.parse()?;
    let values = index.iter_mut().map(|(_, value)| value);
    values.for_each(|value| rename(value, id, original));
    for (lang, mark, by) in [
        (
            "en",
            "SIMULATED survey",
            "Chiso: a simulated survey around the scores published by",
        ),
        (
            "vi",
            "khảo sát MÔ PHỎNG",
            "Chiso: khảo sát mô phỏng quanh điểm do các đơn vị sau công bố:",
        ),
    ] {
        change(&mut index, "name", lang, |name| marked(name, mark));
        change(&mut index, "publisher", lang, |publisher| {
            format!("{by} {publisher}")
        });
    }
    let licence =
        "Simulated, this project's own: nobody gave these answers. The published scores are facts.";
    index.insert("licence".to_owned(), Value::from(licence));
    index.insert(
        "source".to_owned(),
        Value::from("docs/methods/simulated.md"),
    );
    Ok(toml::to_string(&index)?)
}

/// Changes the text of a language.
fn change(index: &mut Table, key: &str, lang: &str, new: impl Fn(&str) -> String) {
    let texts = index.get_mut(key).and_then(Value::as_table_mut);
    if let Some(Value::String(text)) = texts.and_then(|texts| texts.get_mut(lang)) {
        *text = new(text);
    }
}

/// A name with a mark, inside the brackets of the short name where there is one at the end.
fn marked(name: &str, mark: &str) -> String {
    match name.strip_suffix(')') {
        Some(open) => format!("{open} – {mark})"),
        None => format!("{name} – {mark}"),
    }
}

/// The root has the id of the index: wherever the original's stands as a whole text, it is renamed.
fn rename(value: &mut Value, id: &str, original: &str) {
    match value {
        Value::String(text) if text == original => id.clone_into(text),
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| rename(value, id, original)),
        Value::Table(table) => {
            let values = table.iter_mut().map(|(_, value)| value);
            values.for_each(|value| rename(value, id, original));
        }
        _ => {}
    }
}

fn table(text: &str, id: &str, original: &str) -> Result<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let record = record?;
        let fields = record.iter();
        writer.write_record(fields.map(|field| if field == original { id } else { field }))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_survey_has_the_tree_of_its_original_and_a_name_that_says_so() -> Result<()> {
        let ids = ids();
        assert!(!ids.is_empty());
        for id in ids {
            let own = files::pack(&id)?;
            let original = files::pack(original(&id).context("an original")?)?;
            assert_eq!(own.id, id);
            assert!(own.name.en.contains("SIMULATED survey"), "{}", own.name.en);
            assert!(own.name.vi.contains("khảo sát MÔ PHỎNG"), "{}", own.name.vi);
            assert_eq!(own.versions.len(), original.versions.len());
            for (own, original) in own.versions.iter().zip(&original.versions) {
                assert_eq!(own.tree.node(own.tree.root()).code, id);
                let below = |version: &chiso_index::Version| -> Vec<_> {
                    let tree = &version.tree;
                    let inner = tree.indices().filter(|node| *node != tree.root());
                    inner.map(|node| tree.node(node).clone()).collect()
                };
                let names = |version| {
                    below(version)
                        .into_iter()
                        .map(|node| (node.code, node.name, node.range))
                };
                assert!(names(own).eq(names(original)), "{}", own.id);
            }
        }
        Ok(())
    }

    #[test]
    fn a_name_is_marked_inside_its_brackets() {
        assert_eq!(
            marked("An Index (AI)", "SIMULATED"),
            "An Index (AI – SIMULATED)"
        );
        assert_eq!(marked("An Index", "SIMULATED"), "An Index – SIMULATED");
    }

    #[test]
    fn what_merely_contains_the_id_keeps_it() -> Result<()> {
        assert_eq!(
            table("code,parent\nx,\n1,x\nx1,x\n", "x-simulated", "x")?,
            "code,parent\nx-simulated,\n1,x-simulated\nx1,x-simulated\n"
        );
        Ok(())
    }
}
