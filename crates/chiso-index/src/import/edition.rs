//! The edition of a sheet: its name, the caller, the file's name, in this order.

use std::collections::BTreeSet;

use super::Request;
use super::grid::Sheet;
use super::rules::Rules;
use crate::pack::Edition;
use crate::problem::Problem;

/// The years in a name: runs of exactly four digits, from 1900 to 2199.
pub(super) fn years(name: &str) -> BTreeSet<i32> {
    let runs = name
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|run| run.len() == 4);
    runs.filter_map(|run| run.parse().ok())
        .filter(|year| (1900..2200).contains(year))
        .collect()
}

/// The edition of a sheet, where anything tells it. The headings inside a sheet never do: they may
/// have been copied from another year.
///
/// # Errors
/// When the sheet's name contradicts the caller or itself, or is later than the file's name.
pub(super) fn edition_of(
    sheet: &Sheet,
    rules: &Rules,
    request: &Request<'_>,
) -> Result<Option<Edition>, Box<Problem>> {
    let in_sheet = if sheet.named && rules.sheet_names_edition {
        years(&sheet.name)
    } else {
        BTreeSet::new()
    };
    let in_file = years(request.file_name());
    let fault = |found: String, expected: String| {
        Box::new(Problem::error(request.file, None, found, expected))
    };
    match (in_sheet.first(), in_sheet.len(), request.edition) {
        (Some(&year), 1, Some(asked)) if year != asked.0 => Err(fault(
            format!(
                "the sheet `{}`, whose name says {year}, for the edition {asked}",
                sheet.name
            ),
            format!(
                "one edition: choose the sheet of {asked} with --sheet NAME, leave --edition out, or rename the sheet if its name is wrong"
            ),
        )),
        (Some(_), 2.., asked) if asked.is_none_or(|asked| !in_sheet.contains(&asked.0)) => {
            Err(fault(
                format!("several years in the name of the sheet `{}`", sheet.name),
                "one of them as --edition YEAR with --sheet NAME".into(),
            ))
        }
        (Some(&year), 1, None) if in_file.last().is_some_and(|&last| year > last) => Err(fault(
            format!(
                "the sheet `{}` in a file whose name says an earlier year",
                sheet.name
            ),
            format!(
                "names that agree: confirm with --edition {year}, or rename the sheet if its name is wrong"
            ),
        )),
        (Some(&year), 1, _) => Ok(Some(Edition(year))),
        (_, _, Some(asked)) => Ok(Some(asked)),
        _ if in_file.len() == 1 => Ok(in_file.first().map(|&year| Edition(year))),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_four_digits_that_stand_alone() {
        assert_eq!(years("2014_SCORES"), BTreeSet::from([2014]));
        assert_eq!(years("SCORES_2011-2016.xlsx"), BTreeSet::from([2011, 2016]));
        assert_eq!(years("20141231 9999 v2"), BTreeSet::new());
    }
}
