//! What must hold for the importer of iData and iMeta, whatever the bytes.

use chiso_index::import::coinr::{Request, Table, convert};
use chiso_index::observations::read_csv;
use chiso_index::pack::PackFiles;
use chiso_index::{Edition, Pack, Problem};

/// What stands between iMeta and iData in one input.
const BETWEEN: &[u8] = b"\n====\n";

/// No panic; what is accepted is a sound pack whose observations can be read and are as many as
/// the report says; an error says what was found and expected, at a line that the text has.
pub fn check(input: &[u8]) {
    let between = input
        .windows(BETWEEN.len())
        .position(|window| window == BETWEEN);
    let (meta, data) = match between {
        Some(place) => (&input[..=place], &input[place + BETWEEN.len()..]),
        None => (input, input),
    };
    for edition in [None, Some(Edition(2020))] {
        match read(data, meta, edition) {
            Ok(()) => (),
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in &problems {
                    holds(
                        problem,
                        if problem.file == "iMeta.csv" {
                            meta
                        } else {
                            data
                        },
                    );
                }
            }
        }
    }
}

fn read(data: &[u8], meta: &[u8], edition: Option<Edition>) -> Result<(), Vec<Problem>> {
    let meta = Table::from_csv("iMeta.csv", meta).map_err(|problem| vec![*problem])?;
    let data = Table::from_csv("iData.csv", data).map_err(|problem| vec![*problem])?;
    let request = Request {
        id: Some("fuzzed"),
        edition,
        unit_level: "unit",
        denominate: true,
        steps: None,
    };
    let converted = convert(&data, &meta, &request)?;
    let files = PackFiles {
        root: "fuzzed".to_owned(),
        files: converted.pack,
    };
    let pack = Pack::read(&files).0.expect("a sound pack");
    let text = converted.observations.as_bytes();
    let observations = read_csv(&pack, None, "observations.csv", text).expect("observations");
    let report = &converted.report;
    assert_eq!(observations.rows().len(), report.values + report.missing);
    Ok(())
}

fn holds(problem: &Problem, text: &[u8]) {
    assert!(
        !problem.found.is_empty() && !problem.expected.is_empty(),
        "{problem}"
    );
    if let (Some(line), "iMeta.csv" | "iData.csv") = (problem.line, problem.file.as_str()) {
        let lines = text.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
        assert!((1..=lines).contains(&line), "{problem}: {lines} lines");
    }
}
