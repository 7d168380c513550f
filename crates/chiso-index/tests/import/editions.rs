//! Of which edition a sheet is, and which sheets are read.

use super::*;

fn small(name: &str) -> Sheet {
    sheet(
        name,
        &[
            &["", "Civic Knowledge"],
            &["Hà Nội", "1.25"],
            &["Cà Mau", "1.5"],
            &["Huế", "2"],
        ],
    )
}

fn editions_of(asked: &Asked<'_>, sheets: &[Sheet]) -> Vec<i32> {
    asked
        .read(sheets)
        .observations
        .editions()
        .iter()
        .map(|edition| edition.0)
        .collect()
}

#[test]
fn the_year_in_a_sheets_name_is_its_edition() {
    assert_eq!(
        editions_of(&PLAIN, &[small("2012_X"), small("Tab 2014")]),
        [2012, 2014]
    );
}

#[test]
fn without_a_year_in_the_sheets_name_the_caller_and_then_the_files_name_tell() {
    let file = Asked {
        file: "in/2013/scores 2015.xlsx",
        ..PLAIN
    };
    assert_eq!(
        editions_of(&file, &[small("Sheet1")]),
        [2015],
        "folders say nothing"
    );
    let asked = Asked {
        edition: Some(2012),
        ..file
    };
    assert_eq!(editions_of(&asked, &[small("Sheet1")]), [2012]);
}

#[test]
fn a_text_files_own_name_is_no_sheets_name() {
    let table = Sheet {
        named: false,
        ..small("2016")
    };
    assert_eq!(
        editions_of(
            &Asked {
                file: "2016.csv",
                ..PLAIN
            },
            std::slice::from_ref(&table)
        ),
        [2016]
    );
    let asked = Asked {
        file: "2016.csv",
        edition: Some(2015),
        ..PLAIN
    };
    assert_eq!(editions_of(&asked, &[table]), [2015]);
}

#[test]
fn a_year_in_a_heading_does_not_set_the_edition() {
    let rows: &[&[&str]] = &[
        &["", "Civic Knowledge", "Un-weighted2015PAPI"],
        &["Hà Nội", "1.25", ""],
    ];
    let message = PLAIN.refused(&[sheet("Scores", rows)]);
    says(&message, &["`Scores`", "--edition YEAR"]);
    let read = PLAIN.read(&[sheet("Scores 2011", rows)]);
    assert_eq!(read.sheets[0].edition, 2011);
}

#[test]
fn an_edition_that_contradicts_the_sheets_name_is_refused() {
    let asked = Asked {
        edition: Some(2016),
        ..PLAIN
    };
    says(
        &asked.refused(&[small("2014_X")]),
        &["`2014_X`", "2014", "2016", "--sheet"],
    );
}

#[test]
fn a_sheets_name_with_two_years_is_refused_until_one_is_chosen() {
    let sheets = [small("2018 and 2019")];
    says(&PLAIN.refused(&sheets), &["`2018 and 2019`", "--edition"]);
    assert_eq!(
        editions_of(
            &Asked {
                edition: Some(2019),
                ..PLAIN
            },
            &sheets
        ),
        [2019]
    );
}

#[test]
fn a_sheet_later_than_its_files_name_is_refused_until_it_is_confirmed() {
    let asked = Asked {
        file: "scores_2011.xlsx",
        ..PLAIN
    };
    says(
        &asked.refused(&[small("2012")]),
        &["`2012`", "--edition 2012", "rename"],
    );
    assert_eq!(
        editions_of(
            &Asked {
                edition: Some(2012),
                ..asked
            },
            &[small("2012")]
        ),
        [2012]
    );
    let range = Asked {
        file: "scores_2011-2016.xlsx",
        ..PLAIN
    };
    assert_eq!(editions_of(&range, &[small("2012")]), [2012]);
}

#[test]
fn an_edition_that_the_pack_does_not_have_is_refused_with_those_it_has() {
    says(
        &PLAIN.refused(&[small("2010_X")]),
        &["2010", "2011 to 2024"],
    );
}

#[test]
fn two_sheets_of_one_edition_are_refused_until_one_is_chosen() {
    let sheets = [small("2014_A"), small("2014_B"), small("2015")];
    says(
        &PLAIN.refused(&sheets),
        &["`2014_A`", "`2014_B`", "2014", "--sheet NAME"],
    );
    let chosen = Asked {
        sheets: &["2014_B", "2015"],
        ..PLAIN
    }
    .read(&sheets);
    let names: Vec<&str> = chosen
        .sheets
        .iter()
        .map(|sheet| sheet.sheet.as_str())
        .collect();
    assert_eq!(names, ["2014_B", "2015"]);
}

#[test]
fn a_sheet_that_is_not_there_is_refused_with_those_that_are() {
    let asked = Asked {
        sheets: &["2017"],
        ..PLAIN
    };
    says(
        &asked.refused(&[small("2014_A"), small("2015")]),
        &["`2017`", "2014_A, 2015"],
    );
}

#[test]
fn a_sheet_without_a_table_is_skipped_and_reported_unless_its_name_promises_one() {
    let notes = sheet("Notes", &[&["Read me", "12"]]);
    let read = PLAIN.read(&[notes.clone(), small("2014")]);
    assert_eq!(read.skipped.len(), 1);
    assert_eq!(read.skipped[0].place, "sheet Notes");
    says(&PLAIN.refused(&[notes]), &["1 sheets", "import.toml"]);
    let promised = sheet("2015", &[&["Hà Nội", "12"]]);
    says(
        &PLAIN.refused(&[promised, small("2014")]),
        &["`2015`", "1 labels of units", "0 of nodes"],
    );
}

#[test]
fn values_that_repeat_another_edition_are_warned_of() {
    let read = PLAIN.read(&[small("2014"), small("2015")]);
    assert!(
        !read.sheets[0]
            .warnings
            .iter()
            .any(|warning| warning.contains("copy"))
    );
    let warning = read.sheets[1]
        .warnings
        .iter()
        .find(|warning| warning.contains("copy"));
    says(warning.expect("a warning"), &["all nodes", "2014"]);
    let mut other = small("2015");
    other.rows[1][1] = Cell::Number(1.26);
    let read = PLAIN.read(&[small("2014"), other]);
    assert!(
        !read.sheets[1]
            .warnings
            .iter()
            .any(|warning| warning.contains("copy"))
    );
}
