//! `chiso explain`: what is printed adds up to the last digit in every form, and bad input gives one
//! message.

use std::collections::BTreeMap;
use std::path::Path;

use assert_cmd::Command;

fn chiso(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("chiso").expect("the program");
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command.arg("explain").args(arguments);
    command
}

fn printed(arguments: &[&str]) -> String {
    let assert = chiso(arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).expect("UTF-8")
}

/// The one line of the message with which the arguments are refused.
fn refused(arguments: &[&str]) -> String {
    let assert = chiso(arguments).assert().failure().code(2);
    let output = assert.get_output();
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A printed number of at most six decimals in millionths: digits only, no floating point.
fn millionths(text: &str) -> i64 {
    let text = text.trim().trim_start_matches('+').replace(',', ".");
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(rest.len() <= 6, "{text}");
    sign * format!("{whole}{rest:0<6}")
        .parse::<i64>()
        .unwrap_or_else(|_| panic!("{text}"))
}

/// Asserts that the values of each parent's parts add up to its own; gives how many parents there are.
fn assert_adds_up(nodes: &[(String, String, i64)]) -> usize {
    let own: BTreeMap<&str, i64> = nodes
        .iter()
        .map(|(code, _, value)| (code.as_str(), *value))
        .collect();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, parent, value) in nodes.iter().filter(|(_, parent, _)| !parent.is_empty()) {
        *sums.entry(parent).or_default() += value;
    }
    sums.iter()
        .for_each(|(parent, sum)| assert_eq!(own[parent], *sum, "{parent}"));
    sums.len()
}

/// The rows of printed CSV by unit; each row by its column.
fn by_unit(text: &str) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut units: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.expect("a row");
        units.entry(row["unit"].clone()).or_default().push(row);
    }
    units
}

#[test]
fn printed_csv_adds_up_for_every_province_across_a_change_of_version() {
    for (from, to) in [("2023", "2024"), ("2020", "2021"), ("2017", "2018")] {
        let text = printed(&[
            "packs/papi",
            "--from",
            from,
            "--to",
            to,
            "--all",
            "--format",
            "csv",
        ]);
        let units = by_unit(&text);
        assert_eq!(units.len(), 63);
        let (whole, without): (Vec<_>, Vec<_>) = units
            .values()
            .partition(|rows| rows[0]["status"].is_empty());
        assert!(whole.len() >= 56, "{}", whole.len());
        assert!(
            without
                .iter()
                .all(|rows| rows.len() == 1 && rows[0]["status"].contains("has no total in"))
        );
        for rows in whole {
            for column in ["contribution", "rank_contribution"] {
                let node = |row: &BTreeMap<String, String>| {
                    (
                        row["node"].clone(),
                        row["parent"].clone(),
                        millionths(&row[column]),
                    )
                };
                let nodes: Vec<_> = rows.iter().map(node).collect();
                assert!(assert_adds_up(&nodes) >= 7);
            }
            let root = &rows[0];
            let rank = |column: &str| root[column].parse::<i64>().expect("a number");
            let field = millionths(&root["rank_contribution"]) / 1_000_000;
            assert_eq!(
                rank("rank_to") - rank("rank_from"),
                field + rank("rank_entry_exit")
            );
        }
    }
}

#[test]
fn printed_json_adds_up() {
    let text = printed(&[
        "papi", "--from", "2020", "--to", "2021", "--unit", "02", "--format", "json",
    ]);
    let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let unit = &whole["units"][0];
    let nodes = unit["contributions"].as_array().expect("a list");
    for key in ["contribution", "rank_contribution"] {
        let node = |node: &serde_json::Value| {
            let parent = node["parent"].as_str().unwrap_or_default();
            (
                node["node"].as_str().expect("a code").to_owned(),
                parent.to_owned(),
                millionths(&node[key].to_string()),
            )
        };
        assert_eq!(
            assert_adds_up(&nodes.iter().map(node).collect::<Vec<_>>()),
            9
        );
    }
    assert_eq!(
        millionths(&unit["total"]["change"].to_string()),
        millionths(&nodes[0]["contribution"].to_string())
    );
    let breaks = nodes
        .iter()
        .flat_map(|node| node["reasons"].as_array().expect("a list"));
    assert!(breaks.filter(|reason| reason["kind"] == "break").count() > 0);
}

/// The contributions of a printed text: code, points and places.
fn text_contributions(text: &str, title: &str) -> Vec<(String, i64, i64)> {
    let section = text.split(title).nth(1).expect("the section");
    let lines = section.lines().skip(1).take_while(|line| !line.is_empty());
    let cells = lines.filter_map(|line| {
        let cells: Vec<&str> = line.trim_end_matches(" *").split_whitespace().collect();
        let (points, places) = (cells[cells.len() - 2], cells[cells.len() - 1]);
        let is_signed = |text: &str| text.starts_with(['+', '-']) && text.contains([',', '.']);
        (is_signed(points) && is_signed(places))
            .then(|| (cells[0].to_owned(), millionths(points), millionths(places)))
    });
    cells.collect()
}

#[test]
fn printed_text_adds_up_in_both_languages() {
    for (language, title) in [
        ("en", "CONTRIBUTIONS TO THE CHANGE"),
        ("vi", "ĐÓNG GÓP VÀO THAY ĐỔI"),
    ] {
        let arguments = [
            "papi",
            "--from",
            "2020",
            "--to",
            "2021",
            "--unit",
            "Hà Giang",
            "--lang",
            language,
        ];
        let lines = text_contributions(&printed(&arguments), title);
        // The root, eight dimensions, 28 sub-dimensions and one that was dropped.
        assert_eq!(lines.len(), 1 + 8 + 29, "{lines:?}");
        let parent = |code: &str| match code.split_once('.') {
            Some((dimension, _)) => dimension.to_owned(),
            None if code == "papi" => String::new(),
            None => "papi".to_owned(),
        };
        let points: Vec<_> = lines
            .iter()
            .map(|(code, points, _)| (code.clone(), parent(code), *points))
            .collect();
        let places: Vec<_> = lines
            .iter()
            .map(|(code, _, places)| (code.clone(), parent(code), *places))
            .collect();
        assert_eq!((assert_adds_up(&points), assert_adds_up(&places)), (9, 9));
    }
}

#[test]
fn the_text_of_hung_yen_2024_is_as_it_was_read() {
    let arguments = [
        "packs/papi",
        "--from",
        "2023",
        "--to",
        "2024",
        "--unit",
        "Hưng Yên",
        "--target",
        "rank=5",
    ];
    insta::assert_snapshot!("hung_yen_2024", printed(&arguments));
}

#[test]
fn a_unit_is_found_by_code_and_by_name_with_or_without_diacritics() {
    let of = |unit| printed(&["papi", "--from", "2023", "--to", "2024", "--unit", unit]);
    let expected = of("33");
    for unit in ["Hưng Yên", "hung yen", "tỉnh Hưng Yên"] {
        assert_eq!(of(unit), expected);
    }
}

#[test]
fn no_line_is_wider_than_a_hundred_letters() {
    for arguments in [
        &[
            "papi", "--all", "--from", "2020", "--to", "2021", "--target", "group=1",
        ][..],
        &[
            "papi", "--all", "--from", "2017", "--to", "2018", "--lang", "vi", "--target", "rank=3",
        ][..],
        &[
            "pci", "--all", "--from", "2019", "--to", "2021", "--lang", "vi",
        ][..],
    ] {
        let text = printed(arguments);
        assert!(text.lines().count() > 500);
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn ways_to_a_goal_are_printed_as_csv() {
    let arguments = [
        "papi", "--to", "2024", "--unit", "33", "--target", "rank=5", "--format", "csv",
    ];
    let rows = by_unit(&printed(&arguments))
        .remove("33")
        .expect("the unit");
    let of = |kind: &str| {
        rows.iter()
            .filter(|row| row["kind"] == kind)
            .collect::<Vec<_>>()
    };
    assert_eq!((of("total").len(), of("alone").len()), (1, 36));
    assert_eq!(of("total")[0]["gain"], "1.328045");
    let share = |row: &BTreeMap<String, String>| {
        let number = |column: &str| row[column].parse::<f64>().expect("a number");
        number("made") / number("seen")
    };
    let allowed: Vec<f64> = of("alone")
        .into_iter()
        .filter(|row| row["allowed"] == "true")
        .map(share)
        .collect();
    assert!(
        allowed.windows(2).all(|pair| pair[0] >= pair[1]),
        "{allowed:?}"
    );
    assert!(of("together").len() > 1);
}

#[test]
fn bad_input_is_refused_with_what_was_expected() {
    let unknown = refused(&[
        "papi",
        "--from",
        "2023",
        "--to",
        "2024",
        "--unit",
        "Hung Yeng",
    ]);
    assert!(unknown.contains("closest: Hưng Yên (33)"), "{unknown}");
    let edition = refused(&["papi", "--from", "2009", "--to", "2024", "--all"]);
    assert!(
        edition.starts_with("chiso: --from: found 2009; expected one of 2011, 2012"),
        "{edition}"
    );
    let order = refused(&["papi", "--from", "2024", "--to", "2023", "--all"]);
    assert!(order.contains("expected an edition before 2023"), "{order}");
    let total = refused(&[
        "papi",
        "--from",
        "2023",
        "--to",
        "2024",
        "--unit",
        "Vĩnh Phúc",
    ]);
    assert!(
        total.contains("the unit 26 has no total in 2024: without a score are 1, 2, 3"),
        "{total}"
    );
    let goal = refused(&["papi", "--unit", "33", "--target", "first"]);
    assert!(
        goal.contains("found \"first\"; expected rank=N or group=N"),
        "{goal}"
    );
    let rank = refused(&["papi", "--unit", "33", "--target", "rank=99"]);
    assert!(rank.contains("expected 1 to 61"), "{rank}");
    let unit = refused(&["papi", "--from", "2023", "--to", "2024"]);
    assert!(unit.contains("--unit <NAME>"), "{unit}");
    let data = refused(&["papi", "--all", "--data", "no-such-file.csv"]);
    assert!(data.contains("no-such-file.csv"), "{data}");
}
