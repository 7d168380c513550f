//! Several stages, finite populations and unequal probabilities.

use chiso_survey::estimate::pps_covariance_of;
use chiso_survey::pps::{JOINT_TOLERANCE, PpsMethod};
use faer::Mat;

use super::designs::known;
use super::evaluate::{compare, compare_with, linearised, request};
use super::support::Frame;
use super::table::{Account, Row};

#[test]
fn several_stages_and_finite_populations_are_those_of_r() {
    let Some(rows) = Row::read("multistage_pps.csv") else {
        return;
    };
    let mut account = Account::default();
    for row in rows.iter().filter(|row| !row.design.starts_with("pps_")) {
        compare(&known(&row.design).unwrap(), row, &mut account);
    }
    account.finish(36, 0);
}

#[test]
fn samples_of_unequal_probabilities_are_those_of_r() {
    let Some(rows) = Row::read("multistage_pps.csv") else {
        return;
    };
    let mut account = Account::default();
    let table = Frame::read("data_election_jointprob.csv").unwrap();
    let columns: Vec<Vec<Option<f64>>> = (1..=table.rows)
        .map(|column| table.numbers(&format!("V{column}")))
        .collect();
    let joint = Mat::from_fn(table.rows, table.rows, |i, j| columns[j][i].unwrap());
    for row in rows.iter().filter(|row| row.design.starts_with("pps_")) {
        let known = known(&row.design).unwrap();
        let method = match row.design.as_str() {
            // Brewer's formula, and draws with replacement, are those of the plain variance.
            "pps_brewer" | "pps_wr" => {
                compare(&known, row, &mut account);
                continue;
            }
            "pps_overton" => PpsMethod::Overton,
            "pps_HR1" => PpsMethod::HartleyRao { p2bar: None },
            "pps_HT_joint" => PpsMethod::HorvitzThompson {
                joint: joint.as_ref(),
                tolerance: JOINT_TOLERANCE,
            },
            other => panic!("no method {other}"),
        };
        let (sample, all) = linearised(&known, &request(&known, row));
        let variance = pps_covariance_of(&sample.structure, &method, &[&all[0]]).unwrap()[0];
        let degrees = f64::from(sample.degrees_of_freedom());
        compare_with(row, &all[0], variance, degrees, &mut account);
    }
    account.finish(35, 0);
}
