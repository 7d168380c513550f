//! `chiso check`: each fault of a pack is said with its file, its line, what was found and expected.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn check(place: &Path) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(root()).arg("check").arg(place);
    command
}

const INDEX: &str = r#"id = "tiny"
name = { en = "Tiny", vi = "Nhỏ" }
publisher = { en = "A test", vi = "Một phép thử" }
licence = "CC0"
source = "a test"
unit_level = "province"

[[version]]
id = "v1"
editions = { from = 2020, to = 2021 }
levels = [{ en = "Part", vi = "Phần" }, { en = "Index", vi = "Chỉ số" }]
[[version.step]]
do = "aggregate"
method = "sum"
"#;
const NODES: &str = "code,parent,name_en,name_vi,min,max\n\
    tiny,,Tiny,Nhỏ,0,20\n\
    a,tiny,First,Thứ nhất,0,10\n\
    b,tiny,Second,Thứ hai,0,10\n";

/// A pack in a fresh folder, with the same nodes for each version.
fn pack(index: &str, nodes: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let pack = folder.path().join("tiny");
    for version in ["v1", "v2"] {
        fs::create_dir_all(pack.join(version)).expect("made");
        fs::write(pack.join(version).join("nodes.csv"), nodes).expect("written");
    }
    fs::write(pack.join("index.toml"), index).expect("written");
    (folder, pack)
}

/// Checks a pack that must be refused; gives what is said.
fn refused(index: &str, nodes: &str) -> String {
    let (_folder, pack) = pack(index, nodes);
    let assert = check(&pack).assert().code(2);
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

fn says(message: &str, parts: &[&str]) {
    assert!(
        message.contains("found") && message.contains("expected"),
        "{message}"
    );
    for part in parts {
        assert!(message.contains(part), "`{part}` in: {message}");
    }
}

#[test]
fn the_shipped_packs_and_the_tiny_one_are_sound() {
    for shipped in ["packs/papi", "packs/pci", "papi"] {
        check(Path::new(shipped)).assert().success();
    }
    let (_folder, pack) = pack(INDEX, NODES);
    check(&pack).assert().success();
}

#[test]
fn a_cycle_is_shown_from_node_to_node() {
    let nodes = NODES.replace("a,tiny,", "a,b,").replace("b,tiny,", "b,a,");
    says(&refused(INDEX, &nodes), &["nodes.csv:3", "a → b → a"]);
}

#[test]
fn an_unknown_parent_is_named_with_its_line() {
    says(
        &refused(INDEX, &NODES.replace("b,tiny,", "b,big,")),
        &["nodes.csv:4", "parent `big` of node `b`"],
    );
}

#[test]
fn a_range_that_cannot_add_up_is_shown_with_what_its_parts_give() {
    says(
        &refused(INDEX, &NODES.replace("Nhỏ,0,20", "Nhỏ,0,30")),
        &["nodes.csv:2", "0 to 30", "0 to 20"],
    );
}

#[test]
fn weights_must_be_positive_numbers_and_are_not_for_sums() {
    let weighted = |weight: &str| -> String {
        let endings = [",weight", ",", &format!(",{weight}"), ","].map(str::to_owned);
        NODES
            .lines()
            .zip(&endings)
            .map(|(line, ending)| format!("{line}{ending}\n"))
            .collect()
    };
    says(
        &refused(INDEX, &weighted("-1")),
        &["nodes.csv:3", "weight -1"],
    );
    says(
        &refused(INDEX, &weighted("2")),
        &["nodes.csv:3", "weight 2", "sum"],
    );
    says(
        &refused(INDEX, &weighted("heavy")),
        &["nodes.csv:3", "`heavy`", "number"],
    );
}

#[test]
fn versions_that_overlap_are_named() {
    let second = INDEX
        .split_once("[[version]]")
        .expect("a version")
        .1
        .replace("\"v1\"", "\"v2\"");
    let message = refused(&format!("{INDEX}\n[[version]]{second}"), NODES);
    says(&message, &["index.toml:", "edition 2020", "`v1`", "`v2`"]);
}

#[test]
fn a_missing_translation_is_an_error() {
    says(
        &refused(INDEX, &NODES.replace("Thứ hai", "")),
        &["nodes.csv:4", "node `b`", "vi"],
    );
    says(
        &refused(&INDEX.replace("vi = \"Nhỏ\"", "vi = \"\""), NODES),
        &["index.toml:2", "vi"],
    );
}

#[test]
fn unknown_methods_keys_and_columns_are_errors() {
    says(
        &refused(&INDEX.replace("\"sum\"", "\"magic\""), NODES),
        &["index.toml:14", "`magic`", "geometric"],
    );
    says(
        &refused(&INDEX.replace("\"aggregate\"", "\"conjure\""), NODES),
        &["index.toml:13", "`conjure`"],
    );
    says(
        &refused(&INDEX.replace("licence", "license"), NODES),
        &["index.toml:4", "license"],
    );
    says(
        &refused(INDEX, &NODES.replace("name_vi", "name_fr")),
        &["nodes.csv:1", "`name_fr`"],
    );
}

#[test]
fn two_roots_and_a_code_twice_are_errors() {
    says(
        &refused(INDEX, &NODES.replace("b,tiny,", "b,,")),
        &["nodes.csv:4", "2 nodes without a parent"],
    );
    says(
        &refused(INDEX, &NODES.replace("b,tiny,", "a,tiny,")),
        &["nodes.csv:4", "first on line 3"],
    );
}

#[test]
fn a_folder_without_a_pack_is_named() {
    let folder = TempDir::new().expect("a folder");
    let assert = check(folder.path()).assert().code(2);
    says(
        &String::from_utf8_lossy(&assert.get_output().stderr),
        &["index.toml"],
    );
    check(Path::new("no-such-pack")).assert().code(2);
}
