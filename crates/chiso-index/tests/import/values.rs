//! Cells that hold values, and totals that must fit them.

use super::*;

/// Dimension 2 of 2016 with its three parts, for two units.
fn dimension() -> Sheet {
    sheet(
        "2016_X",
        &[
            &["", "Transparency", "2.1", "2.2", "2.3"],
            &["Hà Nội", "5.25", "2", "1.5", "1.75"],
            &["Cà Mau", "5", "2", "1.25", "1.75"],
        ],
    )
}

fn with(row: usize, column: usize, cell: Cell) -> [Sheet; 1] {
    let mut sheet = dimension();
    sheet.rows[row][column] = cell;
    [sheet]
}

#[test]
fn totals_are_compared_and_not_written() {
    let read = PLAIN.read(&[dimension()]);
    let report = &read.sheets[0];
    assert_eq!(
        (
            report.values,
            report.totals_compared,
            report.largest_difference
        ),
        (6, 2, 0.0)
    );
    assert_eq!(report.totals, ["2"]);
    assert!(
        values(&read.observations)
            .keys()
            .all(|(_, _, node)| node.starts_with("2."))
    );
}

#[test]
fn a_total_off_by_more_than_a_hundredth_is_refused() {
    let message = PLAIN.refused(&with(2, 1, Cell::Number(5.02)));
    says(
        &message,
        &["5.02", "2016_X!B3", "unit 96", "node 2)", "5.000000"],
    );
}

#[test]
fn a_total_off_by_more_than_its_digits_allow_is_warned_of() {
    let warned = |total: f64| {
        let read = PLAIN.read(&with(2, 1, Cell::Number(total)));
        read.sheets[0]
            .warnings
            .iter()
            .filter(|warning| warning.contains("2016_X!B3"))
            .count()
    };
    assert_eq!(warned(5.002), 1);
    assert_eq!(warned(5.00001), 0, "three parts of 5e-6 each");
    assert_eq!(warned(5.00002), 1);
}

#[test]
fn a_total_without_all_its_parts_is_said_not_to_be_compared() {
    let read = PLAIN.read(&with(2, 3, Cell::Empty));
    assert_eq!(read.sheets[0].totals_compared, 1);
    says(
        &read.sheets[0].warnings.join("\n"),
        &["1 totals", "2016_X!B3"],
    );
}

#[test]
fn a_sheet_of_totals_alone_is_refused() {
    let rows: &[&[&str]] = &[&["", "Transparency"], &["Hà Nội", "5.25"]];
    says(&PLAIN.refused(&[sheet("2016", rows)]), &["totals alone"]);
}

#[test]
fn zeros_are_missing_where_the_pack_says_so_and_are_counted() {
    let read = PLAIN.read(&with(2, 3, Cell::Number(0.0)));
    assert_eq!(read.sheets[0].zeros_read_as_missing, 1);
    assert_eq!(values(&read.observations).len(), 5);
}

#[test]
fn a_zero_is_a_value_where_the_pack_does_not_say_otherwise() {
    let (pack, _) = pack_and_rules("");
    let request = Request {
        file: "book.xlsx",
        edition: Some(Edition(2016)),
        sheets: &[],
    };
    let sheets = with(2, 3, Cell::Number(0.0));
    let error = import(&pack, Some(units()), &Rules::default(), &request, &sheets);
    let message = error.expect_err("zero is outside the range").to_string();
    says(
        &message,
        &["found 0 in 2016_X!D3", "node 2.2", "0.3333333333333333 to"],
    );
}

#[test]
fn what_is_no_number_is_refused_with_its_sheet_and_cell() {
    let cells = [
        (Cell::Text("n/a".into()), "text `n/a`"),
        (Cell::Text("1.5".into()), "a number stored as text, `1.5`"),
        (Cell::Text("1,5".into()), "text `1,5`"),
        (Cell::Field("inf".into()), "text `inf`"),
        (Cell::Field("1e999".into()), "a number too large"),
        (Cell::Number(f64::INFINITY), "the number inf"),
        (Cell::Number(f64::NAN), "the number NaN"),
        (
            Cell::Unreadable("the spreadsheet's error #N/A".into()),
            "#N/A",
        ),
    ];
    for (cell, found) in cells {
        says(
            &PLAIN.refused(&with(2, 3, cell)),
            &[found, "2016_X!D3", "unit 96", "node 2.2"],
        );
    }
}

#[test]
fn a_value_outside_its_nodes_range_is_refused_with_its_cell() {
    says(
        &PLAIN.refused(&with(1, 3, Cell::Number(3.4))),
        &["3.4", "2016_X!D2", "3.3333333333333335"],
    );
    says(
        &PLAIN.refused(&with(1, 3, Cell::Number(-1.5))),
        &["-1.5", "2016_X!D2"],
    );
    says(
        &PLAIN.refused(&with(1, 1, Cell::Number(52.5))),
        &["52.5", "2016_X!B2", "1 to 10"],
    );
}

#[test]
fn the_report_says_what_was_found_and_what_is_lacking() {
    let read = PLAIN.read(&[dimension()]);
    let text = read.sheets[0].to_string();
    says(
        &text,
        &[
            "2016_X: edition 2016, units in rows",
            "2 of 63 units, 3 nodes, 6 values",
        ],
    );
    says(
        &text,
        &[
            "2 totals of 1 nodes",
            "no values of nodes 1.1, 1.2",
            "a full edition has 63",
        ],
    );
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let (pack, imported) = PLAIN
        .try_read(&with(1, 2, Cell::Number(1.999_999_999_999_9)))
        .expect("read");
    let mut bytes = Vec::new();
    chiso_index::import::write_csv(&pack, &imported.observations, &mut bytes).expect("written");
    let read = chiso_index::observations::read_csv(&pack, Some(units()), "o.csv", bytes.as_slice());
    assert_eq!(values(&read.expect("read")), values(&imported.observations));
}
