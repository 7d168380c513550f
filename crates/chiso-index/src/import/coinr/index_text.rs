//! `index.toml` of a pack made from iMeta.

use super::Index;

/// Writes the index: what iMeta does not say is left to fill in, in words that ask for it.
pub(super) fn write(index: &Index<'_>, unit_level: &str, steps: &str) -> String {
    let root = index.root();
    let (data, meta) = (one_line(&index.data.file), one_line(&index.meta.file));
    let name = both(&root.name, &root.name);
    let note = both(
        &format!(
            "Made by chiso import from {meta} and {data}. The names of nodes stand there in one language: name_vi repeats name_en until it is translated."
        ),
        &format!(
            "Do chiso import tạo từ {meta} và {data}. Tên các chỉ tiêu ở đó chỉ có một ngôn ngữ: name_vi lặp lại name_en cho đến khi được dịch."
        ),
    );
    format!(
        "# Made by `chiso import` from {meta} and {data}: fill in the publisher, the licence, the source and the names in Vietnamese.\n\
         id = {id}\nname = {name}\npublisher = {publisher}\n\
         licence = \"not stated: fill in under which terms the figures may be used\"\n\
         source = \"not stated: fill in where the index is published\"\n\
         unit_level = {unit_level}\ndecimals = 2\n\n\
         [[version]]\nid = {version}\neditions = {editions}\nlevels = [\n{levels}]\nnote = {note}\n\n\
         {steps}\n[version.rank]\nties = \"min\"\n",
        id = quote(&index.id),
        publisher = both(
            "not stated: fill in the publisher",
            "chưa nêu: điền cơ quan công bố"
        ),
        unit_level = quote(unit_level),
        version = quote(&index.version()),
        editions = editions(index),
        levels = levels(index.structure.levels),
    )
}

/// A text as TOML has it.
pub(super) fn quote(text: &str) -> String {
    // A basic string of one line, whatever the text holds; the library may choose other forms.
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn both(en: &str, vi: &str) -> String {
    format!("{{ en = {}, vi = {} }}", quote(en), quote(vi))
}

/// A file's name as a comment can hold it.
fn one_line(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

fn editions(index: &Index<'_>) -> String {
    let editions: Vec<String> = index.editions().iter().map(ToString::to_string).collect();
    format!("[{}]", editions.join(", "))
}

/// The names of the levels, leaves first.
fn levels(count: usize) -> String {
    let name = |level: usize| match level {
        1 => both("Indicator", "Chỉ tiêu"),
        top if top == count => both("Index", "Chỉ số"),
        level => both(&format!("Level {level}"), &format!("Cấp {level}")),
    };
    (1..=count)
        .map(|level| format!("  {},\n", name(level)))
        .collect()
}
