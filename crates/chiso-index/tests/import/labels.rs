//! Where units and nodes stand and what their labels mean.

use chiso_index::import::Orientation;
use proptest::prelude::*;

use super::*;

/// Two headings over each column and two spellings of each unit, with a column of codes.
fn usual() -> Sheet {
    sheet(
        "2016_X",
        &[
            &[
                "tinhid",
                "tentinh_eng",
                "tentinh_vie",
                "Civic Knowledge",
                "Opportunities for Participation",
            ],
            &[
                "tinhid",
                "tentinh_eng",
                "tentinh_vie",
                "Tri thức công dân",
                "Cơ hội tham gia",
            ],
            &["1", "Ha Noi", "Hà Nội", "1.25", "1.75"],
            &["77", "Ba Ria – Vung Tau", "Bà Rịa Vũng Tàu", "1.5", ""],
            &["79", "TP. HCM", "Thành phố Hồ Chí Minh", "1.125", "2"],
            &["999", "Highest", "Điểm cao nhất", "1.5", "2"],
        ],
    )
}

fn usual_values() -> BTreeMap<(i32, String, String), f64> {
    let rows = [
        ("01", "1.1", 1.25),
        ("01", "1.2", 1.75),
        ("77", "1.1", 1.5),
        ("79", "1.1", 1.125),
        ("79", "1.2", 2.0),
    ];
    expected(2016, &rows)
}

fn with(mut sheet: Sheet, row: usize, column: usize, text: &str) -> Sheet {
    sheet.rows[row][column] = Cell::Text(text.into());
    sheet
}

#[test]
fn units_are_found_in_rows_and_in_columns() {
    let rows = PLAIN.read(&[usual()]);
    assert_eq!(values(&rows.observations), usual_values());
    assert_eq!(rows.sheets[0].orientation, Orientation::UnitsInRows);
    assert_eq!(rows.sheets[0].skipped[0].place, "row 6");
    let columns = PLAIN.read(&[turned(&usual())]);
    assert_eq!(values(&columns.observations), usual_values());
    assert_eq!(columns.sheets[0].orientation, Orientation::UnitsInColumns);
    assert_eq!(columns.sheets[0].skipped[0].place, "column F");
}

#[test]
fn a_sheet_with_tables_in_both_orientations_is_refused() {
    let rows: &[&[&str]] = &[
        &["", "Civic Knowledge", "Cơ hội tham gia"],
        &["Cà Mau", "1.25", "1.5"],
        &["Huế", "1.25", "1.5"],
        &["", "Hà Nội", "Hà Giang"],
        &["Civic Knowledge", "1", "1.5"],
        &["Cơ hội tham gia", "1", "1.5"],
    ];
    says(
        &PLAIN.refused(&[sheet("2016", rows)]),
        &["`2016`", "rows as well as in columns", "one table"],
    );
}

#[test]
fn codes_that_a_spreadsheet_made_numbers_of_are_read() {
    let rows: &[&[&str]] = &[
        &["unit", "1.1", "1.2"],
        &["1", "1.25", "1.5"],
        &["96", "1.75", "2"],
    ];
    let read = PLAIN.read(&[sheet("2016", rows)]);
    let wanted = [
        ("01", "1.1", 1.25),
        ("01", "1.2", 1.5),
        ("96", "1.1", 1.75),
        ("96", "1.2", 2.0),
    ];
    assert_eq!(values(&read.observations), expected(2016, &wanted));
}

#[test]
fn headings_after_the_units_are_refused() {
    let rows: &[&[&str]] = &[
        &["Hà Nội", "1.25"],
        &["", "Civic Knowledge"],
        &["Cà Mau", "1.5"],
    ];
    says(
        &PLAIN.refused(&[sheet("2016", rows)]),
        &["row 2", "row 1", "before the units"],
    );
}

#[test]
fn two_headings_that_name_different_nodes_are_refused_with_their_cells() {
    let message = PLAIN.refused(&[with(usual(), 1, 3, "Chất lượng bầu cử")]);
    says(
        &message,
        &["2016_X!D1", "2016_X!D2", "node 1.1", "node 1.3"],
    );
}

#[test]
fn a_heading_that_names_a_node_beside_one_to_be_skipped_is_refused() {
    let message = PLAIN.refused(&[with(usual(), 1, 4, "Unweighted Standard Error")]);
    says(&message, &["2016_X!E1", "2016_X!E2", "row_skip"]);
}

#[test]
fn a_heading_that_fits_two_nodes_is_refused() {
    let more = "\n[[alias]]\nlabel = \"Civic Knowledge\"\nnode = \"1.2\"\n";
    let message = Asked {
        more_rules: more,
        ..PLAIN
    }
    .refused(&[usual()]);
    says(&message, &["`Civic Knowledge`", "2016_X!D1", "1.1, 1.2"]);
}

#[test]
fn a_node_in_two_columns_is_refused() {
    let sheet = with(with(usual(), 0, 4, "1.1"), 1, 4, "");
    says(
        &PLAIN.refused(&[sheet]),
        &["node 1.1", "column D", "column E"],
    );
}

#[test]
fn a_heading_with_code_and_name_names_the_node() {
    let sheet = with(
        with(usual(), 0, 3, "1.1: Civic knowledge"),
        1,
        3,
        "1.1 – TRI THỨC CÔNG DÂN",
    );
    assert_eq!(values(&PLAIN.read(&[sheet]).observations), usual_values());
}

#[test]
fn an_exact_alias_goes_before_a_row_skip_that_it_contains() {
    let more = "\n[[alias]]\nlabel = \"Highest Civic Knowledge\"\nnode = \"1.1\"\n";
    let sheet = with(with(usual(), 0, 3, "Highest civic knowledge"), 1, 3, "");
    let read = Asked {
        more_rules: more,
        ..PLAIN
    }
    .read(&[sheet]);
    assert_eq!(values(&read.observations), usual_values());
}

#[test]
fn numbers_under_an_unknown_heading_are_refused_with_their_cell_and_the_version_that_has_it() {
    let message = PLAIN.refused(&[with(with(usual(), 0, 4, "Access to Information"), 1, 4, "")]);
    says(
        &message,
        &[
            "`Access to Information`",
            "2016_X!E3",
            "edition 2016",
            "node 2.1 of version 2018",
            "[[alias]]",
        ],
    );
}

#[test]
fn an_alias_of_other_editions_does_not_hold() {
    let renamed = |name: &str| {
        let sheet = with(with(usual(), 0, 4, "Public Healthcare"), 1, 4, "");
        Sheet {
            name: name.into(),
            ..sheet
        }
    };
    says(
        &PLAIN.refused(&[renamed("2016")]),
        &["`Public Healthcare`", "2016!E3"],
    );
    let read = PLAIN.read(&[renamed("2018")]);
    assert_eq!(read.sheets[0].nodes, ["1.1", "6.1"]);
}

#[test]
fn unknown_columns_that_are_blank_or_text_are_skipped_and_reported() {
    let mut sheet = usual();
    for (row, (blank, text)) in [("SC24", "Remarks"), ("", ""), ("", "asked twice")]
        .iter()
        .enumerate()
    {
        sheet.rows[row].extend([Cell::Text((*blank).into()), Cell::Text((*text).into())]);
    }
    let read = PLAIN.read(&[sheet]);
    let skipped: Vec<String> = read.sheets[0]
        .skipped
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        skipped.contains(&"column F `SC24`: blank".to_owned()),
        "{skipped:?}"
    );
    assert!(
        skipped
            .iter()
            .any(|line| line.starts_with("column G `Remarks`: text")),
        "{skipped:?}"
    );
    assert_eq!(values(&read.observations), usual_values());
}

#[test]
fn two_spellings_of_different_units_in_a_row_are_refused_with_their_cells() {
    let message = PLAIN.refused(&[with(usual(), 3, 2, "Cà Mau")]);
    says(&message, &["unit 77", "unit 96", "2016_X!B4", "2016_X!C4"]);
}

#[test]
fn a_code_that_contradicts_the_name_is_refused() {
    let mut sheet = usual();
    sheet.rows[3][0] = Cell::Number(96.0);
    says(
        &PLAIN.refused(&[sheet]),
        &["unit 77", "unit 96", "2016_X!A4"],
    );
}

#[test]
fn a_unit_twice_is_refused_with_both_rows() {
    let mut sheet = usual();
    sheet.rows.insert(5, sheet.rows[2].clone());
    says(&PLAIN.refused(&[sheet]), &["unit 01", "row 3", "row 6"]);
}

#[test]
fn an_unknown_unit_before_values_is_refused_with_the_closest() {
    let rows: &[&[&str]] = &[
        &["", "Civic Knowledge"],
        &["Hà Nội", "1.25"],
        &["Hưng Yênn", "1.5"],
    ];
    says(
        &PLAIN.refused(&[sheet("2016", rows)]),
        &["`Hưng Yênn`", "2016!A3", "Hưng Yên (33)", "[[unit_alias]]"],
    );
}

#[test]
fn values_in_a_row_without_a_label_are_refused() {
    let rows: &[&[&str]] = &[&["", "Civic Knowledge"], &["Hà Nội", "1.25"], &["", "1.5"]];
    says(
        &PLAIN.refused(&[sheet("2016", rows)]),
        &["2016!B3", "without a unit"],
    );
}

#[test]
fn one_unknown_spelling_beside_a_known_one_is_warned_of() {
    let read = PLAIN.read(&[with(usual(), 3, 1, "Cap Saint-Jacques")]);
    assert_eq!(values(&read.observations), usual_values());
    let warnings = read.sheets[0].warnings.join("\n");
    says(&warnings, &["`Cap Saint-Jacques`", "2016_X!B4", "unit 77"]);
}

#[test]
fn a_statistics_label_beside_a_unit_is_refused() {
    says(
        &PLAIN.refused(&[with(usual(), 3, 1, "Highest")]),
        &["`Highest`", "2016_X!B4", "unit 77"],
    );
}

#[test]
fn a_column_that_says_into_which_province_each_was_merged_is_no_spelling_of_the_unit() {
    let rows: &[&[&str]] = &[
        &["Province", "Merged into", "Civic Knowledge"],
        &["Hà Giang", "Tuyên Quang", "1.25"],
        &["Tuyên Quang", "Tuyên Quang", "1.5"],
        &["Yên Bái", "Lào Cai", "1.75"],
        &["Lào Cai", "Lào Cai", "2"],
    ];
    let read = PLAIN.read(&[sheet("2024", rows)]);
    let wanted = [
        ("02", "1.1", 1.25),
        ("08", "1.1", 1.5),
        ("10", "1.1", 2.0),
        ("15", "1.1", 1.75),
    ];
    assert_eq!(values(&read.observations), expected(2024, &wanted));
}

proptest! {
    #[test]
    fn neither_the_order_of_units_and_nodes_nor_the_orientation_changes_what_is_read(
        units in Just(vec![2usize, 3, 4, 5]).prop_shuffle(),
        nodes in Just(vec![3usize, 4]).prop_shuffle(),
        is_turned in any::<bool>(),
    ) {
        let usual = usual();
        let columns: Vec<usize> = [0, 1, 2].into_iter().chain(nodes).collect();
        let rows = [0, 1].into_iter().chain(units);
        let pick = |row: usize| columns.iter().map(|&column| usual.rows[row][column].clone()).collect();
        let mixed = Sheet { rows: rows.map(pick).collect(), ..usual.clone() };
        let mixed = if is_turned { turned(&mixed) } else { mixed };
        prop_assert_eq!(values(&PLAIN.read(&[mixed]).observations), usual_values());
    }

    #[test]
    fn any_grid_is_read_or_refused_with_a_message(
        cells in proptest::collection::vec(0usize..24, 0..60),
        width in 1usize..8,
    ) {
        const LABELS: [&str; 16] = [
            "Hà Nội", "Ha Noi", "Cà Mau", "Huế", "P03", "Civic Knowledge", "Tri thức công dân", "1.2",
            "Transparency", "SC21", "Highest", "95% CI", "'1", "?", "0", "999",
        ];
        let cell = |place: &usize| match LABELS.get(*place) {
            Some(label) => sheet("", &[&[label]]).rows[0][0].clone(),
            None if *place < 22 => Cell::Number(1.0 + *place as f64 / 32.0),
            None => Cell::Empty,
        };
        let rows = cells.chunks(width).map(|row| row.iter().map(cell).collect()).collect();
        let (pack, rules) = pack_and_rules("");
        let request = Request { file: "book.xlsx", edition: None, sheets: &[] };
        let grid = Sheet { name: "2016".into(), rows, named: true };
        match import(&pack, Some(units()), &rules, &request, &[grid]) {
            Ok(imported) => {
                prop_assert!(!imported.observations.rows().is_empty());
                let keys = values(&imported.observations).len();
                prop_assert_eq!(keys, imported.sheets[0].values);
            }
            Err(problem) => prop_assert!(problem.to_string().starts_with("book.xlsx: error: found ")),
        }
    }
}
