//! Imputation and screening of the denominated table against COINr's.

use chiso_index::method::impute::{Statistic, column, grouped, row_mean};
use chiso_index::method::screen::{Availability, Rule};

use crate::common::{Table, Wide, assert_column, meta_by_code, number, reference};

/// The groups of a column of `iData`, in the order of the units.
fn groups(units: &[String], column: &str) -> Vec<u32> {
    let data = Table::read("iData").unwrap();
    let mut names: Vec<&str> = Vec::new();
    let mut number_of = |name| match names.iter().position(|other| *other == name) {
        Some(place) => place as u32,
        None => {
            names.push(name);
            names.len() as u32 - 1
        }
    };
    let group_of = |unit: &String| {
        let row = data.texts("uCode").iter().position(|other| other == unit);
        data.texts(column)[row.unwrap()]
    };
    units.iter().map(|unit| number_of(group_of(unit))).collect()
}

fn assert_imputed(expected: &str, fill: impl Fn(&Wide, usize, &[bool], &mut [f64]) -> usize) {
    let from = Wide::read("base_denominated").unwrap();
    let expected = Wide::read(expected).unwrap();
    let gaps = |values: &[f64]| values.iter().filter(|value| value.is_nan()).count();
    for (place, values) in from.columns.iter().enumerate() {
        let mut out = vec![0.0; values.len()];
        let filled = fill(&from, place, &vec![true; values.len()], &mut out);
        assert_eq!(filled, gaps(values) - gaps(&out));
        assert_column(
            &from.codes[place],
            &out,
            expected.column(&from.codes[place]),
        );
    }
}

#[test]
fn gaps_filled_by_column_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    for (statistic, expected) in [
        (Statistic::Mean, "impute_i_mean"),
        (Statistic::Median, "impute_i_median"),
    ] {
        assert_imputed(expected, |from, place, marked, out| {
            column(statistic, &from.columns[place], marked, out).unwrap()
        });
    }
}

#[test]
fn gaps_filled_by_group_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    for (name, expected) in [
        ("EurAsia_group", "base_imputed"),
        ("GDP_group", "impute_i_mean_grp_GDPgroup"),
    ] {
        assert_imputed(expected, |from, place, marked, out| {
            let groups = groups(&from.units, name);
            grouped(Statistic::Mean, &groups, &from.columns[place], marked, out).unwrap()
        });
    }
}

#[test]
fn gaps_filled_across_the_nodes_of_a_pillar_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    let meta = meta_by_code().unwrap();
    assert_imputed("impute_row_mean_level2", |from, place, marked, out| {
        let pillar = &meta[&from.codes[place]].parent;
        let members: Vec<usize> = (0..from.codes.len())
            .filter(|&other| meta[&from.codes[other]].parent == *pillar)
            .collect();
        let columns: Vec<&[f64]> = members.iter().map(|&m| &from.columns[m][..]).collect();
        let directions: Vec<_> = members
            .iter()
            .map(|&m| meta[&from.codes[m]].direction)
            .collect();
        let own = members.iter().position(|&member| member == place).unwrap();
        row_mean(&columns, &directions, own, marked, out).unwrap()
    });
}

#[test]
fn shares_of_values_and_of_zeros_and_who_stays_are_those_of_coinr() {
    if reference().is_none() {
        return;
    }
    for (data, summary) in [
        ("base_raw", "base_dataavail_summary"),
        ("base_imputed", "base_screen_summary"),
    ] {
        let (table, expected) = (Wide::read(data).unwrap(), Table::read(summary).unwrap());
        let columns: Vec<&[f64]> = table.columns.iter().map(Vec::as_slice).collect();
        for (row, unit) in table.units.iter().enumerate() {
            let found = Availability::of_row(&columns, row, columns.len());
            let cell = |name: &str| number(expected.cell(unit, name));
            assert_eq!(
                (columns.len() - found.available) as f64,
                cell("N_missing"),
                "{unit}"
            );
            assert_eq!(found.zeros as f64, cell("N_zero"), "{unit}");
            let shares = [found.available_share(), found.nonzero_share()];
            assert_column(unit, &shares, &[cell("Dat_Avail"), cell("Non_Zero")]);
            if summary == "base_screen_summary" {
                let rule = Rule {
                    available_share: Some(0.9),
                    nonzero_share: None,
                };
                assert_eq!(
                    rule.keeps(&found),
                    expected.cell(unit, "Included") == "TRUE",
                    "{unit}"
                );
            }
        }
    }
}

#[test]
fn the_panels_units_with_nine_tenths_of_their_values_are_those_that_coinr_keeps() {
    if reference().is_none() {
        return;
    }
    let (panel, kept) = (
        Table::read("iData_panel").unwrap(),
        Table::read("purse_normalised_globalnorm").unwrap(),
    );
    let meta = meta_by_code().unwrap();
    let leaves: Vec<Vec<f64>> = panel
        .names
        .iter()
        .filter(|name| meta.get(*name).is_some_and(|node| node.level == 1))
        .map(|name| panel.numbers(name))
        .collect();
    let columns: Vec<&[f64]> = leaves.iter().map(Vec::as_slice).collect();
    let rule = Rule {
        available_share: Some(0.9),
        nonzero_share: None,
    };
    let key = |table: &Table, row: usize| {
        (
            table.texts("Time")[row].to_owned(),
            table.texts("uCode")[row].to_owned(),
        )
    };
    let mut found: Vec<_> = (0..panel.rows.len())
        .filter(|&row| rule.keeps(&Availability::of_row(&columns, row, columns.len())))
        .map(|row| key(&panel, row))
        .collect();
    found.sort();
    let mut expected: Vec<_> = (0..kept.rows.len()).map(|row| key(&kept, row)).collect();
    expected.sort();
    assert_eq!(found, expected);
}
