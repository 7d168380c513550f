//! PPS variances against R `survey` on the election sample.

mod replicate_support;

use chiso_survey::pps::{JOINT_TOLERANCE, PpsMethod, pps_variance};
use faer::Mat;
use replicate_support::{Table, agree, matrix, read, reference};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

const TOLERANCE: f64 = 1e-10;

/// `Σπ²/n` over the population, `sum(election$p^2)/40` in R.
const P2BAR: [f64; 1] = [0.10321027266234986];

struct Sample {
    table: Table,
    probabilities: Vec<f64>,
    joint: Mat<f64>,
}

impl Sample {
    fn read(folder: &std::path::Path) -> Self {
        let table = read(folder, "data_election_pps.csv").unwrap();
        let rows = matrix(&read(folder, "data_election_jointprob.csv").unwrap(), "V");
        let joint = Mat::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]);
        let probabilities = table.numbers("p").into_iter().map(Option::unwrap).collect();
        Self {
            table,
            probabilities,
            joint,
        }
    }

    fn method(&self, design: &str) -> PpsMethod<'_> {
        let (joint, tolerance) = (self.joint.as_ref(), JOINT_TOLERANCE);
        match design {
            "pps_brewer" => PpsMethod::Brewer,
            "pps_overton" => PpsMethod::Overton,
            "pps_HR" => PpsMethod::HartleyRao {
                p2bar: Some(&P2BAR),
            },
            "pps_HR1" => PpsMethod::HartleyRao { p2bar: None },
            "pps_HT_joint" => PpsMethod::HorvitzThompson { joint, tolerance },
            "pps_YG_joint" => PpsMethod::YatesGrundy { joint, tolerance },
            "pps_wr" => PpsMethod::WithReplacement,
            _ => panic!("unknown design {design}"),
        }
    }

    fn weighted(&self, variable: &str) -> Vec<f64> {
        let values = self.table.numbers(variable);
        values
            .into_iter()
            .zip(&self.probabilities)
            .map(|(y, p)| y.unwrap() / p)
            .collect()
    }

    /// Total or ratio, and its standard error.
    fn estimate(&self, design: &str, numerator: &str, denominator: Option<&str>) -> (f64, f64) {
        let y = self.weighted(numerator);
        let total: f64 = y.iter().sum();
        let (estimate, z) = match denominator.map(|name| self.weighted(name)) {
            None => (total, y),
            Some(x) => {
                let size: f64 = x.iter().sum();
                let ratio = total / size;
                (
                    ratio,
                    y.iter()
                        .zip(&x)
                        .map(|(y, x)| (y - ratio * x) / size)
                        .collect(),
                )
            }
        };
        let variance = pps_variance(&self.method(design), &[&z], &self.probabilities, None);
        (estimate, variance.unwrap()[(0, 0)].sqrt())
    }
}

#[test]
fn every_pps_row_of_the_reference_is_met() {
    let Some(folder) = reference() else { return };
    let sample = Sample::read(&folder);
    let freedom = sample.probabilities.len() as f64 - 1.0;
    let reference = read(&folder, "multistage_pps.csv").unwrap();
    let mut rows = 0;
    for row in 0..reference.rows {
        let design = &reference.text("design")[row];
        if !design.starts_with("pps_") {
            continue;
        }
        let y = &reference.text("y")[row];
        let (estimate, se) = match y.split_once('/') {
            Some((numerator, denominator)) => sample.estimate(design, numerator, Some(denominator)),
            None => sample.estimate(design, &reference.text("level")[row], None),
        };
        let quantile = match reference.text("ci")[row].as_str() {
            "t_degf" => StudentsT::new(0.0, 1.0, freedom)
                .unwrap()
                .inverse_cdf(0.975),
            _ => Normal::standard().inverse_cdf(0.975),
        };
        for (column, found) in [
            ("est", estimate),
            ("se", se),
            ("ci_lo", estimate - quantile * se),
            ("ci_hi", estimate + quantile * se),
            ("cv", se / estimate),
            ("degf", freedom),
        ] {
            if let Some(expected) = reference.number(column, row) {
                assert!(
                    agree(found, expected, TOLERANCE),
                    "row {}: {design} {y}, {column}: {found:e}, expected {expected:e}",
                    row + 2
                );
            }
        }
        rows += 1;
    }
    println!("{rows} rows");
    assert!(rows >= 35, "{rows} rows");
}

/// Designs that the table leaves out, by R survey 4.1.1 (whose formulas are those of 4.5).
#[test]
fn hartley_rao_with_given_squares_yates_grundy_and_domains_are_met() {
    let Some(folder) = reference() else { return };
    let sample = Sample::read(&folder);
    for (design, variable, expected) in [
        ("pps_HR", "Bush", 2624661.6443617046),
        ("pps_HR", "Kerry", 2525222.4561397796),
        ("pps_HR", "Nader", 102793.03892466017),
        ("pps_YG_joint", "Bush", 2406525.8092163713),
        ("pps_YG_joint", "Kerry", 2408090.52059838),
        ("pps_YG_joint", "Nader", 101663.66372209197),
    ] {
        let (_, se) = sample.estimate(design, variable, None);
        assert!(agree(se, expected, TOLERANCE), "{design} {variable}: {se}");
    }
    for (design, expected) in [
        ("pps_HR", 0.10799827857982792),
        ("pps_YG_joint", 0.10623983808924094),
    ] {
        let (_, se) = sample.estimate(design, "Bush", Some("Kerry"));
        assert!(agree(se, expected, TOLERANCE), "{design} Bush/Kerry: {se}");
    }
    // subset(design, Bush > Kerry): counties outside stay in the sample with the value 0.
    let (bush, kerry) = (sample.weighted("Bush"), sample.weighted("Kerry"));
    let z: Vec<f64> = bush
        .iter()
        .zip(&kerry)
        .map(|(&b, &k)| if b > k { b } else { 0.0 })
        .collect();
    for (design, expected) in [
        ("pps_brewer", 4916510.355602635),
        ("pps_overton", 5307029.4629671415),
        ("pps_HT_joint", 4941174.365685043),
    ] {
        let variance =
            pps_variance(&sample.method(design), &[&z], &sample.probabilities, None).unwrap();
        assert!(
            agree(variance[(0, 0)].sqrt(), expected, TOLERANCE),
            "{design}"
        );
    }
}

/// `vcov(svytotal(~Bush + Kerry, design))` with strata 1, 2, 1, 2, … by R survey 4.1.1.
#[test]
fn covariances_of_stratified_pps_samples_are_met() {
    let Some(folder) = reference() else { return };
    let sample = Sample::read(&folder);
    let strata: Vec<usize> = (0..40).map(|i| i % 2).collect();
    let (bush, kerry) = (sample.weighted("Bush"), sample.weighted("Kerry"));
    for (design, expected) in [
        (
            "pps_brewer",
            [6156080443102.021, -6162495150945.745, 6179351183771.675],
        ),
        (
            "pps_overton",
            [8653024983447.926, -6382068033600.232, 4010852482155.596],
        ),
        (
            "pps_HR1",
            [6401419127056.543, -6179497258158.525, 5956980217445.572],
        ),
    ] {
        let found = pps_variance(
            &sample.method(design),
            &[&bush, &kerry],
            &sample.probabilities,
            Some(&strata),
        )
        .unwrap();
        for ((k, l), expected) in [(0, 0), (0, 1), (1, 1)].into_iter().zip(expected) {
            assert!(
                agree(found[(k, l)], expected, TOLERANCE),
                "{design} ({k}, {l})"
            );
            assert!(
                agree(found[(l, k)], expected, TOLERANCE),
                "{design} ({l}, {k})"
            );
        }
    }
}
