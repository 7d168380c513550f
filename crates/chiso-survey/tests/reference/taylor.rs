//! Taylor linearisation: means, totals, variances, ratios, domains, covariances.

use std::collections::HashMap;

use arrow_array::ArrayRef;
use chiso_survey::estimate::{Linearised, Source, Statistic, covariance_of, linearise};
use chiso_survey::sums::Sample;

use super::designs::{Known, known};
use super::evaluate::{compare, complete, domain, sample};
use super::support::Tabulate;
use super::table::{Account, Row};

fn rows(wanted: impl Fn(&Row) -> bool) -> Option<Vec<Row>> {
    Some(
        Row::read("taylor.csv")?
            .into_iter()
            .filter(wanted)
            .collect(),
    )
}

/// Compares the statistics among some rows.
fn statistics(wanted: impl Fn(&Row) -> bool) -> Option<Account> {
    let mut account = Account::default();
    let mut designs: HashMap<String, Known> = HashMap::new();
    for row in rows(|row| row.case == "stat" && wanted(row))? {
        let design = designs
            .entry(row.design.clone())
            .or_insert_with(|| known(&row.design).unwrap());
        compare(design, &row, &mut account);
    }
    Some(account)
}

#[test]
fn statistics_of_rows_drawn_one_by_one_are_those_of_r() {
    let plain = |row: &Row| row.design.starts_with("apisrs") || row.design.starts_with("apistrat");
    let Some(account) = statistics(plain) else {
        return;
    };
    account.finish(256, 0);
}

#[test]
fn statistics_of_clusters_are_those_of_r() {
    let Some(account) = statistics(|row| row.design.starts_with("apiclus")) else {
        return;
    };
    account.finish(296, 0);
}

#[test]
fn statistics_of_a_large_stratified_sample_are_those_of_r() {
    let Some(account) = statistics(|row| row.design == "nhanes") else {
        return;
    };
    account.finish(55, 0);
}

#[test]
fn degrees_of_freedom_of_subsets_are_those_of_r() {
    let Some(rows) = rows(|row| row.case == "degf") else {
        return;
    };
    let mut account = Account::default();
    let nhanes = known("nhanes").unwrap();
    for row in rows {
        let tabulation = Tabulate {
            by: vec![nhanes.frame.column(&row.by)],
            variables: vec![nhanes.frame.column("HI_CHOL")],
            ..Tabulate::default()
        };
        let sample = sample(&nhanes, tabulation);
        let all = linearise(&sample, 0, Source::Variable(0), Statistic::Mean).unwrap();
        let degrees = all[domain(&sample, &row)].domain_degrees_of_freedom;
        account.row(&row);
        account.number(&row, "degf", Some(f64::from(degrees)), row.est);
    }
    account.finish(4, 0);
}

#[test]
fn covariances_of_means_of_several_variables_are_those_of_r() {
    let Some(rows) = rows(|row| row.case == "vcov" && row.fun == "svymean") else {
        return;
    };
    let mut account = Account::default();
    let clus2 = known("apiclus2_fpc2").unwrap();
    let names = ["api00", "api99", "enroll"];
    let variables: Vec<ArrayRef> = names.iter().map(|name| clus2.frame.column(name)).collect();
    let keep = Some(complete(&variables, None));
    let sample = sample(
        &clus2,
        Tabulate {
            variables,
            keep,
            ..Tabulate::default()
        },
    );
    let means: Vec<Linearised> = (0..3)
        .flat_map(|v| linearise(&sample, 0, Source::Variable(v), Statistic::Mean).unwrap())
        .collect();
    let matrix = covariance_of(&sample.structure, &means.iter().collect::<Vec<_>>()).unwrap();
    for row in rows {
        let place = |name: &str| names.iter().position(|other| *other == name).unwrap();
        account.row(&row);
        let found = matrix[place(&row.y) * 3 + place(&row.level)];
        account.number(&row, "covariance", Some(found), row.est);
    }
    account.finish(9, 0);
}

#[test]
fn covariances_of_means_of_domains_are_those_of_r() {
    let Some(rows) = rows(|row| row.case == "vcov" && row.fun == "svyby mean api00") else {
        return;
    };
    let mut account = Account::default();
    let clus1 = known("apiclus1_fpc").unwrap();
    let (sample, means) = means_by_stype(&clus1);
    let matrix = covariance_of(&sample.structure, &means.iter().collect::<Vec<_>>()).unwrap();
    for row in rows {
        let place = |name: &str| {
            ["E", "H", "M"]
                .iter()
                .position(|other| *other == name)
                .unwrap()
        };
        account.row(&row);
        let found = matrix[place(&row.y) * 3 + place(&row.level)];
        account.number(&row, "covariance", Some(found), row.est);
    }
    account.finish(9, 0);
}

fn means_by_stype(known: &Known) -> (Sample, Vec<Linearised>) {
    let tabulation = Tabulate {
        by: vec![known.frame.column("stype")],
        variables: vec![known.frame.column("api00")],
        ..Tabulate::default()
    };
    let sample = sample(known, tabulation);
    let means = linearise(&sample, 0, Source::Variable(0), Statistic::Mean).unwrap();
    (sample, means)
}
