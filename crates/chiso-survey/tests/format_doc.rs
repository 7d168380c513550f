//! The document of the specification's form: each of its examples is a specification.

use std::path::Path;

use chiso_survey::specification::Specification;

/// The `toml` blocks of a document, with the line of each.
fn examples(text: &str) -> Vec<(usize, String)> {
    let mut examples = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (place, line) in text.lines().enumerate() {
        match &mut open {
            None if line == "```toml" => open = Some((place + 2, String::new())),
            None => {}
            Some(_) if line == "```" => examples.extend(open.take()),
            Some((_, example)) => {
                example.push_str(line);
                example.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a block without an end");
    examples
}

#[test]
fn every_example_of_the_document_is_a_specification() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/survey-format.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let examples = examples(&text);
    assert!(examples.len() >= 12, "{} examples", examples.len());
    for (line, example) in examples {
        if let Err(fault) = Specification::parse("example", &example) {
            panic!("docs/survey-format.md, the example of line {line}: {fault}");
        }
    }
}
