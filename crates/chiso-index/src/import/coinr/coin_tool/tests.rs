use super::*;

fn put(sheet: &mut Sheet, place: &str, cell: Cell) {
    let letters: String = place
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let row = place[letters.len()..].parse::<usize>().unwrap() - 1;
    let column = (0..200)
        .find(|&column| column_letters(column) == letters)
        .unwrap();
    if sheet.rows.len() <= row {
        sheet.rows.resize(row + 1, Vec::new());
    }
    if sheet.rows[row].len() <= column {
        sheet.rows[row].resize(column + 1, Cell::Empty);
    }
    sheet.rows[row][column] = cell;
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A *simulated* workbook of the inferred layout: three indicators in two pillars, two units.
fn simulated() -> Vec<Sheet> {
    let mut database = Sheet {
        name: DATABASE.to_owned(),
        ..Sheet::default()
    };
    let columns = [
        (
            "E",
            "Ind.01",
            "p.01",
            1.0,
            [Cell::Number(1.5), Cell::Number(2.0)],
        ),
        (
            "F",
            "Ind.02",
            "p.01",
            -1.0,
            [text("n/a"), Cell::Number(4.0)],
        ),
        (
            "H",
            "Ind.04",
            "p.02",
            1.0,
            [Cell::Number(5.0), Cell::Number(6.0)],
        ),
    ];
    for (column, code, pillar, direction, values) in columns {
        let at = |row: usize| format!("{column}{row}");
        put(&mut database, &at(7), Cell::Number(2.0));
        put(&mut database, &at(8), Cell::Number(direction));
        put(&mut database, &at(9), Cell::Number(0.0));
        put(&mut database, &at(10), Cell::Number(10.0));
        put(&mut database, &at(11), text("Index"));
        put(&mut database, &at(12), text("si.01"));
        put(&mut database, &at(13), text(pillar));
        put(&mut database, &at(14), text("--"));
        put(&mut database, &at(15), text(&format!("Name of {code}")));
        put(&mut database, &at(16), text(code));
        for (row, value) in values.into_iter().enumerate() {
            put(&mut database, &at(17 + row), value);
        }
    }
    // A place of the form that nobody filled in.
    put(&mut database, "G16", text("Ind.03"));
    for (row, unit) in ["A", "B"].into_iter().enumerate() {
        put(
            &mut database,
            &format!("B{}", 17 + row),
            text(&format!("Unit {unit}")),
        );
        put(&mut database, &format!("C{}", 17 + row), text(unit));
    }
    put(&mut database, "C19", text("C"));
    let mut framework = Sheet {
        name: FRAMEWORK.to_owned(),
        ..Sheet::default()
    };
    put(&mut framework, "C4", text("Code"));
    put(&mut framework, "D4", text(FRAMEWORK_HEADING));
    for (row, (code, weight)) in [("Index", 0.0), ("p.01", 0.25), ("p.02", 0.75), ("--", 0.0)]
        .into_iter()
        .enumerate()
    {
        put(&mut framework, &format!("C{}", 5 + row), text(code));
        put(
            &mut framework,
            &format!("E{}", 5 + row),
            Cell::Number(weight),
        );
        put(
            &mut framework,
            &format!("H{}", 5 + row),
            text(&format!("Name of {code}")),
        );
    }
    vec![database, framework]
}

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table
        .rows
        .iter()
        .map(|row| row.cells.iter().collect())
        .collect()
}

fn changed(sheet: usize, place: &str, cell: Cell) -> Vec<String> {
    let mut sheets = simulated();
    put(&mut sheets[sheet], place, cell);
    let problems = tables("book.xlsx", &sheets).unwrap_err();
    problems.iter().map(Problem::to_string).collect()
}

#[test]
fn a_workbook_of_the_inferred_layout_becomes_the_two_tables() {
    let (data, meta) = tables("book.xlsx", &simulated()).unwrap();
    assert_eq!(
        data.header,
        ["uCode", "uName", "Ind.01", "Ind.02", "Ind.04"]
    );
    assert_eq!(
        cells(&data),
        [
            ["A", "Unit A", "1.5", "", "5"],
            ["B", "Unit B", "2", "4", "6"]
        ]
    );
    assert_eq!(
        cells(&meta),
        [
            [
                "1",
                "Ind.01",
                "Name of Ind.01",
                "p.01",
                "1",
                "2",
                "Indicator",
                "0",
                "10"
            ],
            [
                "1",
                "Ind.02",
                "Name of Ind.02",
                "p.01",
                "-1",
                "2",
                "Indicator",
                "0",
                "10"
            ],
            [
                "1",
                "Ind.04",
                "Name of Ind.04",
                "p.02",
                "1",
                "2",
                "Indicator",
                "0",
                "10"
            ],
            [
                "2",
                "p.01",
                "Name of p.01",
                "Index",
                "1",
                "0.25",
                "Aggregate",
                "",
                ""
            ],
            [
                "3",
                "Index",
                "Name of Index",
                "",
                "1",
                "1",
                "Aggregate",
                "",
                ""
            ],
            [
                "2",
                "p.02",
                "Name of p.02",
                "Index",
                "1",
                "0.75",
                "Aggregate",
                "",
                ""
            ],
        ]
    );
}

#[test]
fn the_framework_of_older_workbooks_stands_a_row_lower() {
    let mut sheets = simulated();
    sheets[1].rows.insert(0, Vec::new());
    assert_eq!(tables("book.xlsx", &sheets), {
        let mut wanted = tables("book.xlsx", &simulated());
        if let Ok((_, meta)) = &mut wanted {
            for row in meta.rows.iter_mut().skip(3) {
                let number: usize = row.part[FRAMEWORK.len() + 5..].parse().unwrap();
                row.part = format!("{FRAMEWORK} row {}", number + 1);
            }
        }
        wanted
    });
}

#[test]
fn cells_that_are_not_as_the_layout_has_them_are_named() {
    let cases = [
        (
            changed(0, "F16", Cell::Empty),
            "book.xlsx: error: found nothing in Database!F16; expected the code of an indicator",
        ),
        (
            changed(0, "C18", Cell::Empty),
            "book.xlsx: error: found nothing in Database!C18; expected the code of a unit",
        ),
        (
            changed(0, "F13", Cell::Empty),
            "book.xlsx: error: found nothing in Database!F13; expected the code of the aggregate",
        ),
        (
            changed(0, "E17", Cell::Unreadable("an error".to_owned())),
            "book.xlsx: error: found an error in Database!E17",
        ),
        (
            changed(0, "F11", text("Other")),
            "book.xlsx: error: found `p.01` in `Index` (column E) and in `Other` in Database!F16",
        ),
        (
            changed(1, "C6", text("p.09")),
            "book.xlsx: error: found no code `p.01` in column C of the sheet Framework",
        ),
        (
            changed(1, "D4", text("Other")),
            "book.xlsx: error: found no heading `Dimension/indicator`",
        ),
    ];
    for (messages, start) in cases {
        assert!(
            messages.iter().any(|message| message.starts_with(start)),
            "{start}: {messages:#?}"
        );
    }
    let none = tables("book.xlsx", &simulated()[1..]).unwrap_err();
    assert!(
        none[0]
            .to_string()
            .contains("no sheet Database among Framework")
    );
}

#[test]
fn the_tables_of_a_workbook_become_a_sound_pack() {
    let (data, meta) = tables("book.xlsx", &simulated()).unwrap();
    let request = super::super::Request {
        id: None,
        edition: Some(crate::pack::Edition(2020)),
        unit_level: "unit",
        denominate: true,
        steps: None,
    };
    let converted = super::super::convert(&data, &meta, &request).unwrap();
    assert!(converted.observations.contains("2020,A,Ind.02,,missing\n"));
    let nodes = &converted.pack["2020/nodes.csv"];
    assert!(
        nodes.contains("\nInd.02,p.01,Name of Ind.02,Name of Ind.02,0,10,2,lower,"),
        "{nodes}"
    );
}
