//! One sheet: of which edition it is, and whether there is a table in it.

use chiso_units::UnitList;

use super::grid::{Cell, Sheet};
use super::labels::Labels;
use super::layout::{self, Layout};
use super::rules::Rules;
use super::{Request, edition};
use crate::pack::Pack;
use crate::problem::Problem;

/// A sheet, with its table found.
pub(super) enum Opened<'a, 'p> {
    Table(Labels<'p>, Layout<'a>),
    Skipped(String),
}

/// Finds the edition and the table of a sheet.
///
/// # Errors
/// When either is ambiguous, or the sheet's name promises a table that is not there.
pub(super) fn open<'a, 'p>(
    pack: &'p Pack,
    units: Option<&'p UnitList>,
    rules: &'p Rules,
    request: &Request<'_>,
    sheet: &'a Sheet,
) -> Result<Opened<'a, 'p>, Box<Problem>> {
    let cells = || sheet.rows.iter().flatten();
    if !cells().any(Cell::is_number) {
        return Ok(Opened::Skipped("no number in it".to_owned()));
    }
    let Some(edition) = edition::edition_of(sheet, rules, request)? else {
        return without_edition(pack, units, rules, request, sheet);
    };
    let Some(labels) = Labels::new(pack, units, rules, edition) else {
        let editions = pack.editions();
        let span = editions
            .first()
            .zip(editions.last())
            .map_or(String::new(), |(a, b)| format!(", {a} to {b}"));
        return Err(request.fault(
            format!("the sheet `{}` of edition {edition}", sheet.name),
            format!(
                "an edition of the pack {}{span}; choose others with --sheet NAME",
                pack.id
            ),
        ));
    };
    match layout::find(sheet, &labels, request.file)? {
        Some(layout) => Ok(Opened::Table(labels, layout)),
        None if edition::years(&sheet.name).contains(&edition.0)
            || request.sheets.contains(&sheet.name) =>
        {
            Err(no_table(&labels, request, sheet))
        }
        None => Ok(Opened::Skipped(
            "no values where units and nodes of the index meet".to_owned(),
        )),
    }
}

/// A sheet whose edition nothing tells: skipped where it holds no unit, refused where it does.
fn without_edition<'a, 'p>(
    pack: &'p Pack,
    units: Option<&'p UnitList>,
    rules: &'p Rules,
    request: &Request<'_>,
    sheet: &Sheet,
) -> Result<Opened<'a, 'p>, Box<Problem>> {
    let latest = pack.editions().last().copied();
    let labels = latest.and_then(|latest| Labels::new(pack, units, rules, latest));
    let mut words = sheet.rows.iter().flatten().filter_map(Cell::word);
    if labels.is_some_and(|labels| words.any(|word| labels.unit(&word).is_some())) {
        return Err(request.fault(
            format!(
                "nothing that says of which edition the sheet `{}` is",
                sheet.name
            ),
            "the year in the name of the sheet or file, or --edition YEAR",
        ));
    }
    Ok(Opened::Skipped("names no unit of the index".to_owned()))
}

fn no_table(labels: &Labels<'_>, request: &Request<'_>, sheet: &Sheet) -> Box<Problem> {
    let words = || sheet.rows.iter().flatten().filter_map(Cell::word);
    let units = words().filter(|word| labels.unit(word).is_some()).count();
    let nodes = words()
        .filter(|word| !labels.nodes(word).is_empty())
        .count();
    let found = format!(
        "{units} labels of units and {nodes} of nodes in the sheet `{}`, but no values where they meet",
        sheet.name
    );
    let expected = format!(
        "units in rows and nodes in columns, or the reverse, by the codes or names of version {}; other labels as [[alias]] or [[unit_alias]] in import.toml",
        labels.version.id
    );
    request.fault(found, expected)
}
