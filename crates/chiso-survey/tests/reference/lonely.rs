//! Strata with a single sampled cluster, under each rule.

use chiso_survey::design::LonelyPsu;
use chiso_survey::variance::VarianceError;

use super::designs::known;
use super::evaluate::{compare, domain, linearised, request};
use super::table::{Account, Row};

fn rule(name: &str) -> LonelyPsu {
    match name {
        "fail" => LonelyPsu::Fail,
        "adjust" => LonelyPsu::Adjust,
        "average" => LonelyPsu::Average,
        "certainty" => LonelyPsu::Certainty,
        "remove" => LonelyPsu::Remove,
        other => panic!("no rule {other}"),
    }
}

#[test]
fn lonely_clusters_are_treated_as_r_does_under_each_rule() {
    let Some(rows) = Row::read("lonely.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in rows.iter().filter(|row| row.case == "lonely") {
        let mut known = known(&row.design).unwrap();
        let mut words = row.opt.split(';');
        known.design.options.lonely_psu = rule(words.next().unwrap());
        known.design.options.adjust_domain_lonely =
            words.next() == Some("adjust.domain.lonely=TRUE");
        compare(&known, row, &mut account);
    }
    account.finish(59, 0);
}

/// The call of a row in which R stopped, as its design and a row like those of results.
fn call(row: &Row) -> Row {
    let words: Vec<&str> = row.fun.split(' ').collect();
    let (design, fun, y, by) = match words[..] {
        [design, fun, y, "fail"] => (design, fun, y, ""),
        ["by", "fail"] => ("lonely_apiclus2", "svymean", "api00", "stype"),
        ["dom2", "fail", _] => (
            "lonely_apiclus2|one PSU left in stratum A",
            "svymean",
            "api00",
            "",
        ),
        _ => panic!("no call {}", row.fun),
    };
    let [design, fun, y, by] = [design, fun, y, by].map(str::to_owned);
    Row {
        design,
        fun,
        y,
        by,
        ..row.clone()
    }
}

#[test]
fn where_r_refuses_a_lonely_cluster_so_do_we_and_name_the_same_stratum() {
    let Some(rows) = Row::read("lonely.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in rows.iter().filter(|row| row.case == "ERROR") {
        let mut called = call(row);
        let known = known(&called.design).unwrap();
        if called.by == "stype" {
            called.by_level = "E".into();
        }
        let (sample, all) = linearised(&known, &request(&known, &called));
        let place = domain(&sample, &called);
        account.row(&called);
        match all[place].variance(&sample.structure) {
            Err(VarianceError::LonelyPsu { stratum, stage: 1 }) => {
                // R names the stratum except where it finds it by a finite population.
                let named = row.y.contains(&format!("({stratum})"));
                if !named && !row.y.starts_with("At least one stratum") {
                    account.fault(row, format!("stratum {stratum}, expected {}", row.y));
                }
            }
            other => account.fault(row, format!("{other:?}, expected {}", row.y)),
        }
    }
    account.finish(15, 0);
}
