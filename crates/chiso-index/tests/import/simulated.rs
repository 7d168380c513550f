//! A **simulated** workbook in the shape of the publisher's of 2018 and later, which is not available:
//! provinces in columns; label in English, label in Vietnamese, scale, then values; four rows that
//! map old provinces to new; several statistics rows beside each total. Its figures are the shipped
//! ones; its metadata labels and statistics are made up.

use chiso_index::import::Orientation;
use chiso_index::score::score_edition;
use chiso_units::successor;

use super::*;

const EDITION: i32 = 2023;
/// Labels of the made-up metadata rows, as whoever imports such a workbook would add them.
const METADATA: &str = "\n[[row_skip]]\nlabel = \"new province\"\n";

fn shipped(pack: &Pack) -> Observations {
    let path = root().join("data/papi/observations.csv");
    let file = fs::File::open(path).expect("the shipped figures");
    chiso_index::observations::read_csv(pack, Some(units()), "observations.csv", file)
        .expect("sound")
}

fn text(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

/// The provinces, spelt in the ways in which workbooks spell them.
fn headings() -> [Vec<Cell>; 5] {
    let list = UnitList::by_id("provinces-34").expect("a shipped list");
    let mut rows = [
        vec![text("Indicator"), text("Chỉ tiêu"), text("Scale")],
        vec![text(""), text("Tỉnh/thành phố"), text("")],
        vec![text("New province code"), text(""), text("")],
        vec![text("New province (English)"), text(""), text("")],
        vec![text("New province (Vietnamese)"), text(""), text("")],
    ];
    for (place, unit) in units().units().iter().enumerate() {
        let english = match place % 3 {
            0 => unit.name.en.to_uppercase(),
            1 => format!(" {} Province", unit.name.en),
            _ => unit.name.en.clone(),
        };
        let code = successor(unit.code.as_str()).expect("a successor");
        let new = list.get(code.as_str()).expect("a unit");
        let number = code.as_str().parse().expect("a number");
        let cells = [
            text(&english),
            text(&unit.name.vi),
            Cell::Number(number),
            text(&new.name.en),
            text(&new.name.vi),
        ];
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.push(cell);
        }
    }
    rows
}

/// A workbook of the edition and its expected values.
fn workbook() -> (Sheet, BTreeMap<(i32, String, String), f64>) {
    let (pack, _) = pack_and_rules("");
    let observations = shipped(&pack);
    let scored = score_edition(&pack, Some(units()), &observations, Edition(EDITION))
        .expect("sound")
        .expect("scored");
    let tree = &scored.version.tree;
    let mut rows = headings().to_vec();
    for node in tree.outline() {
        let is_root = tree.node(node).parent.is_none();
        let (english, vietnamese) = if is_root {
            (
                "Unweighted PAPI Score",
                "Chỉ số PAPI tổng hợp (không có trọng số)",
            )
        } else {
            (
                tree.node(node).name.en.as_str(),
                tree.node(node).name.vi.as_str(),
            )
        };
        let line = |english: &str, vietnamese: &str, shift: f64| {
            let labels = [
                text(english),
                text(vietnamese),
                text("0.25-2.5 điểm/points"),
            ];
            // Where a province was not scored these workbooks hold a zero.
            let value = |score: Option<f64>| Cell::Number(score.map_or(0.0, |score| score + shift));
            labels
                .into_iter()
                .chain(scored.scores(node).map(value))
                .collect::<Vec<_>>()
        };
        rows.push(line(english, vietnamese, 0.0));
        if is_root {
            rows.push(line("Unweighted 95% CI Low", "", -0.3));
            rows.push(line("Unweighted 95% CI High", "", 0.3));
            rows.push(line("Unweighted Standard Error", "", 0.1));
        }
    }
    let sheet = Sheet {
        name: "2023_VIE_ENG".into(),
        rows,
        named: true,
    };
    let values = values(&observations)
        .into_iter()
        .filter(|((edition, _, _), _)| *edition == EDITION);
    (sheet, values.collect())
}

#[test]
fn a_simulated_workbook_with_provinces_in_columns_gives_exactly_its_figures() {
    let (sheet, wanted) = workbook();
    assert!(wanted.len() > 1600, "a whole edition");
    let read = Asked {
        more_rules: METADATA,
        ..PLAIN
    }
    .read(&[sheet]);
    assert_eq!(values(&read.observations), wanted);
    let report = &read.sheets[0];
    assert_eq!(report.orientation, Orientation::UnitsInColumns);
    assert_eq!(
        (report.units, report.nodes.len(), report.totals.len()),
        (63, 28, 9)
    );
    assert_eq!(
        report.totals_compared,
        61 * 9,
        "two provinces are without scores"
    );
    assert_eq!(report.zeros_read_as_missing, 2 * (28 + 9));
    let skipped: Vec<String> = report.skipped.iter().map(ToString::to_string).collect();
    assert!(
        skipped
            .iter()
            .any(|line| line.starts_with("row 7 `Unweighted 95% CI Low`")),
        "{skipped:?}"
    );
    assert!(
        skipped
            .iter()
            .any(|line| line.starts_with("row 3 `New province code`")),
        "{skipped:?}"
    );
}

#[test]
fn metadata_in_numbers_that_the_pack_does_not_name_is_refused_with_what_to_add() {
    let (sheet, _) = workbook();
    let message = PLAIN.refused(&[sheet]);
    says(
        &message,
        &["`New province code`", "2023_VIE_ENG!D3", "[[row_skip]]"],
    );
}

#[test]
fn an_indicator_row_that_the_pack_does_not_name_is_refused_with_its_cell() {
    let (mut sheet, _) = workbook();
    let mut row = sheet.rows[9].clone();
    (row[0], row[1]) = (
        text("Trust in a made-up indicator"),
        text("Chỉ tiêu giả định"),
    );
    sheet.rows.push(row);
    let place = format!("2023_VIE_ENG!D{}", sheet.rows.len());
    let message = Asked {
        more_rules: METADATA,
        ..PLAIN
    }
    .refused(&[sheet]);
    says(&message, &["`Trust in a made-up indicator`", &place]);
}

#[test]
fn indicator_rows_can_be_skipped_by_their_scale() {
    // The pack skips rows of the scale "0%-100%"; rows of a scale that it does not know are refused.
    let with_scale = |scale: &str| {
        let (mut sheet, _) = workbook();
        for number in 1..=20 {
            let mut row = sheet.rows[9].clone();
            row[0] = text(&format!("Made-up indicator {number}"));
            row[1] = text(&format!("Chỉ tiêu giả định {number}"));
            row[2] = text(scale);
            sheet.rows.insert(12, row);
        }
        sheet
    };
    let asked = Asked {
        more_rules: METADATA,
        ..PLAIN
    };
    let message = asked.refused(&[with_scale("1-5 points")]);
    says(&message, &["`Made-up indicator 20`", "and 12 more"]);
    let read = asked.read(&[with_scale("0%-100%")]);
    assert_eq!(values(&read.observations), workbook().1);
}
