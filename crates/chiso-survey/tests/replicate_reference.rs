//! Every replicate row of the reference that R's replicate weights were given for, computed from
//! those weights; and R's jackknife, BRR and Fay weights, made anew.

mod replicate_support;

use std::collections::{BTreeMap, HashMap};

use chiso_survey::design::LonelyPsu;
use chiso_survey::replicate::{
    DomainSums, GivenReplicates, GivenScale, GivenWeights, PsuDesign, ReplicateEstimate,
    ReplicateWeights, SimpleRandomSample, Statistic, brr, given, hadamard, jk1, jkn,
    replicate_estimates, srs_variance_of_mean, srs_variance_of_total,
};
use faer::Mat;
use replicate_support::{Table, agree, matrix, read, reference};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

const TOLERANCE: f64 = 1e-10;

struct Design {
    data: Table,
    base: Vec<f64>,
    replicates: GivenReplicates,
}

/// Every design of the index, with R's weights where they are given and with our own where they
/// can be made anew.
fn designs(folder: &std::path::Path) -> Vec<(String, Design)> {
    let index = read(folder, "replicate_weights_INDEX.csv").unwrap();
    let mut designs = Vec::new();
    for row in 0..index.rows {
        let name = &index.text("name")[row];
        let data = || read(folder, &format!("data_{}.csv", index.text("dataset")[row])).unwrap();
        let Some(base) = read(folder, &format!("base_weights_{name}.csv")) else {
            continue;
        };
        let base: Vec<f64> = base.numbers("w").into_iter().map(Option::unwrap).collect();
        if let Some(replicates) = given_weights(folder, &index, row, &base) {
            let design = Design {
                data: data(),
                base: base.clone(),
                replicates,
            };
            designs.push((name.clone(), design));
        }
        if let Some((unit_of_row, weights)) = made_anew(name, &data()) {
            let weights = weights.with_mse(index.text("mse")[row] == "TRUE");
            let replicates = GivenReplicates {
                weights,
                unit_of_row,
            };
            designs.push((
                name.clone(),
                Design {
                    data: data(),
                    base,
                    replicates,
                },
            ));
        }
    }
    designs
}

fn given_weights(
    folder: &std::path::Path,
    index: &Table,
    row: usize,
    base: &[f64],
) -> Option<GivenReplicates> {
    let name = &index.text("name")[row];
    let weights = matrix(
        &read(folder, &format!("replicate_weights_{name}.csv"))?,
        "r",
    );
    let weights = Mat::from_fn(weights.len(), weights[0].len(), |i, r| weights[i][r]);
    let scales: Vec<f64> = index.text("rscales")[row]
        .split(';')
        .map(|s| s.parse().unwrap())
        .collect();
    let scale = index.number("scale", row).unwrap();
    let replicates = given(&GivenWeights {
        replicate_weights: weights.as_ref(),
        sampling_weights: base,
        combined: true,
        scale: GivenScale::Stated {
            scale,
            replicate_scales: Some(&scales),
        },
        mse: index.text("mse")[row] == "TRUE",
    })
    .unwrap();
    let freedom = index.number("degf", row).unwrap();
    assert_eq!(
        replicates.weights.degrees_of_freedom as f64, freedom,
        "{name}: degf"
    );
    Some(replicates)
}

/// What one row of the reference asks for: per data row (Σwy part, Σw part) or nothing.
struct Question {
    y: Vec<Option<f64>>,
    denominator: Option<Vec<Option<f64>>>,
}

impl Design {
    fn indicator(&self, column: &str, level: &str) -> Vec<Option<f64>> {
        let fields = self.data.text(column).iter();
        fields
            .map(|f| (!f.is_empty()).then(|| f64::from(u8::from(f == level))))
            .collect()
    }

    fn question(&self, reference: &Table, row: usize) -> Question {
        let (y, level) = (&reference.text("y")[row], &reference.text("level")[row]);
        if reference.text("fun")[row] == "withReplicates" {
            let (api, enroll) = (self.data.numbers("api00"), self.data.numbers("enroll"));
            let product = api
                .iter()
                .zip(&enroll)
                .map(|(a, b)| Some(a.as_ref()? * b.as_ref()?));
            return Question {
                y: product.collect(),
                denominator: Some(enroll),
            };
        }
        if let Some((numerator, denominator)) = y.split_once('/') {
            let denominator = Some(self.data.numbers(denominator));
            return Question {
                y: self.data.numbers(numerator),
                denominator,
            };
        }
        let y = match level.strip_prefix(y.as_str()) {
            Some(level) if !level.is_empty() => self.indicator(y, level),
            _ => self.data.numbers(y),
        };
        Question {
            y,
            denominator: None,
        }
    }

    /// The estimate with the sample that a design effect needs.
    fn answer(&self, reference: &Table, row: usize) -> (ReplicateEstimate, SimpleRandomSample) {
        let question = self.question(reference, row);
        let by = &reference.text("by")[row];
        let group = (!by.is_empty()).then(|| self.data.text(by));
        let mut sums = Mat::zeros(self.replicates.weights.units(), 4);
        let mut sample = SimpleRandomSample {
            rows: 0.0,
            weight: 0.0,
            sum: 0.0,
            squares: 0.0,
        };
        for (i, (&unit, &w)) in self
            .replicates
            .unit_of_row
            .iter()
            .zip(&self.base)
            .enumerate()
        {
            let Some(y) = question.y[i] else { continue };
            if group.is_some_and(|g| g[i] != reference.text("bylevel")[row]) {
                continue;
            }
            let denominator = match &question.denominator {
                Some(values) => values[i],
                None => Some(1.0),
            };
            let Some(x) = denominator else { continue };
            for (k, part) in [w * x, w * y, w * y * y, w].into_iter().enumerate() {
                sums[(unit, k)] += part;
            }
            sample.rows += 1.0;
            sample.weight += w;
            sample.sum += w * y;
            sample.squares += w * y * y;
        }
        let statistic = match reference.text("fun")[row].as_str() {
            "svytotal" => Statistic::Total { column: 1 },
            "svyvar" => Statistic::Variance {
                squares: 2,
                sum: 1,
                weight: 3,
                rows: sample.rows,
            },
            _ => Statistic::Ratio {
                numerator: 1,
                denominator: 0,
            },
        };
        let statistics = [statistic];
        let domain = DomainSums {
            units: None,
            sums: sums.as_ref(),
            statistics: &statistics,
        };
        let mut estimates = replicate_estimates(&self.replicates.weights, &[domain]).unwrap();
        (estimates.remove(0).remove(0).unwrap(), sample)
    }
}

/// R's `deff` of one row, where it gives one.
fn design_effect(reference: &Table, row: usize, variance: f64, sample: &SimpleRandomSample) -> f64 {
    let with_replacement = reference.text("opt")[row] == "deff=replace";
    let simple = if reference.text("fun")[row] == "svytotal" {
        srs_variance_of_total(sample, with_replacement)
    } else {
        srs_variance_of_mean(sample, with_replacement)
    };
    variance / simple.unwrap()
}

#[test]
fn every_replicate_estimate_of_the_reference_is_met() {
    let Some(folder) = reference() else { return };
    let designs = designs(&folder);
    let reference = read(&folder, "replicates.csv").unwrap();
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut rows, mut compared) = (0, 0);
    for row in 0..reference.rows {
        let (name, fun) = (&reference.text("design")[row], &reference.text("fun")[row]);
        if fun == "svyquantile" {
            *left_out.entry(fun).or_default() += 1;
            continue;
        }
        rows += 1;
        let of_row = || designs.iter().filter(|(design, _)| design == name);
        assert!(
            of_row().count() > 0,
            "row {}: no weights for {name}",
            row + 2
        );
        compared += of_row()
            .map(|(_, design)| compare(design, &reference, row))
            .sum::<usize>();
    }
    println!("{rows} rows, {compared} numbers compared; rows left out: {left_out:?}");
    assert!(
        rows > 800 && compared > 8_000,
        "{rows} rows, {compared} numbers"
    );
}

/// Compares every number of one row and says how many there were.
fn compare(design: &Design, reference: &Table, row: usize) -> usize {
    let (found, sample) = design.answer(reference, row);
    let (estimate, se) = (found.estimate, found.variance.sqrt());
    let freedom = design.replicates.weights.degrees_of_freedom as f64;
    let quantile = if reference.text("ci")[row] == "normal" {
        Normal::standard().inverse_cdf(0.975)
    } else {
        StudentsT::new(0.0, 1.0, freedom)
            .unwrap()
            .inverse_cdf(0.975)
    };
    // A stratum's own share of the sample does not vary; R prints the rounding that is left.
    let constant = reference.number("se", row).unwrap() < 1e-13 * estimate.abs();
    if constant {
        assert!(
            se < 1e-13 * estimate.abs(),
            "row {}: se {se:e}, expected 0",
            row + 2
        );
    }
    let has_effect = reference.number("deff", row).is_some();
    let effect = has_effect.then(|| {
        (
            "deff",
            design_effect(reference, row, found.variance, &sample),
        )
    });
    let pairs = [
        ("est", estimate),
        ("se", se),
        ("ci_lo", estimate - quantile * se),
        ("ci_hi", estimate + quantile * se),
        ("cv", se / estimate),
        ("degf", freedom),
    ];
    let mut compared = 0;
    for (column, value) in pairs.into_iter().chain(effect) {
        let rounding = constant && ["se", "cv", "deff"].contains(&column);
        if let Some(expected) = reference.number(column, row).filter(|_| !rounding) {
            assert!(
                agree(value, expected, TOLERANCE),
                "row {}: {} {} {} {} {} {}, {column}: {value:e}, expected {expected:e}",
                row + 2,
                reference.text("design")[row],
                reference.text("fun")[row],
                reference.text("y")[row],
                reference.text("level")[row],
                reference.text("bylevel")[row],
                reference.text("opt")[row],
            );
            compared += 1;
        }
    }
    compared
}

/// PSU of every row, and the design, with strata numbered by their names sorted as text.
fn psu_design(
    data: &Table,
    stratum: Option<&str>,
    cluster: Option<&str>,
    population: impl Fn(usize) -> f64,
) -> (Vec<usize>, PsuDesign) {
    let name = |row: usize| stratum.map_or(String::new(), |s| data.text(s)[row].clone());
    let mut names: Vec<String> = (0..data.rows).map(name).collect();
    names.sort();
    names.dedup();
    let mut psus = HashMap::new();
    let (mut stratum_of_psu, mut psu_of_row) = (Vec::new(), Vec::new());
    let mut counts = vec![f64::INFINITY; names.len()];
    for row in 0..data.rows {
        let stratum = names.binary_search(&name(row)).unwrap();
        let id = cluster.map_or(row.to_string(), |c| data.text(c)[row].clone());
        let psu = *psus.entry((stratum, id)).or_insert_with(|| {
            stratum_of_psu.push(stratum);
            stratum_of_psu.len() - 1
        });
        counts[stratum] = population(row);
        psu_of_row.push(psu);
    }
    (psu_of_row, PsuDesign::new(stratum_of_psu, counts).unwrap())
}

fn made_anew(name: &str, data: &Table) -> Option<(Vec<usize>, ReplicateWeights)> {
    let fpc = data_column_or_infinity(data, name);
    let (stratum, cluster) = match name.split('_').next().unwrap() {
        "apiclus1" | "apiclus2" => (None, Some("dnum")),
        "apistrat" => (Some("stype"), None),
        "scd" => (Some("ESA"), Some("ambulance")),
        _ => (Some("SDMVSTRA"), Some("SDMVPSU")),
    };
    let (psu_of_row, design) = psu_design(data, stratum, cluster, fpc);
    let weights = match name {
        _ if name.contains("JK1") => jk1(&design).unwrap(),
        _ if name.contains("JKn") => jkn(&design, LonelyPsu::Fail).unwrap(),
        _ if name.contains("BRR") => brr(&design, 0.0).unwrap(),
        _ if name.contains("Fay03") => brr(&design, 0.3).unwrap(),
        _ => return None,
    };
    Some((psu_of_row, weights))
}

fn data_column_or_infinity<'a>(data: &'a Table, name: &str) -> impl Fn(usize) -> f64 + use<'a> {
    let fpc = name.ends_with("_fpc").then(|| data.numbers("fpc"));
    move |row| {
        fpc.as_ref()
            .map_or(f64::INFINITY, |counts| counts[row].unwrap())
    }
}

#[test]
fn our_jackknife_brr_and_fay_weights_are_rs() {
    let Some(folder) = reference() else { return };
    let index = read(&folder, "replicate_weights_INDEX.csv").unwrap();
    let mut met = 0;
    for row in 0..index.rows {
        let name = &index.text("name")[row];
        let data = read(&folder, &format!("data_{}.csv", index.text("dataset")[row])).unwrap();
        let Some((psu_of_row, ours)) = made_anew(name, &data) else {
            continue;
        };
        assert_eq!(
            ours.replicates().to_string(),
            index.text("nrep")[row],
            "{name}"
        );
        assert!(
            agree(ours.scale, index.number("scale", row).unwrap(), 1e-14),
            "{name}: scale"
        );
        let scales = index.text("rscales")[row]
            .split(';')
            .map(|s| s.parse::<f64>().unwrap());
        let scales_agree = scales
            .zip(&ours.replicate_scales)
            .all(|(r, o)| agree(*o, r, 1e-14));
        assert!(scales_agree, "{name}: replicate scales");
        let freedom = index.number("degf", row).unwrap();
        assert_eq!(ours.degrees_of_freedom as f64, freedom, "{name}: degf");
        assert_eq!(
            chiso_survey::replicate::degrees_of_freedom(ours.multipliers.as_ref(), None) as f64,
            freedom,
            "{name}: rank"
        );
        let Some(theirs) = read(&folder, &format!("replicate_weights_{name}.csv")) else {
            continue;
        };
        let base = read(&folder, &format!("base_weights_{name}.csv"))
            .unwrap()
            .numbers("w");
        for (i, row) in matrix(&theirs, "r").iter().enumerate() {
            for (r, &expected) in row.iter().enumerate() {
                let found = ours.multipliers[(psu_of_row[i], r)] * base[i].unwrap();
                assert!(
                    agree(found, expected, 1e-12),
                    "{name}: row {i}, replicate {r}"
                );
            }
        }
        met += 1;
    }
    assert_eq!(met, 11, "designs whose weights are given");
}

#[test]
fn our_hadamard_matrices_are_rs() {
    let Some(folder) = reference() else { return };
    for strata in [3, 7, 11, 15, 19, 23, 27, 31, 35] {
        let theirs = matrix(
            &read(&folder, &format!("hadamard_n{strata}.csv")).unwrap(),
            "V",
        );
        let ours = hadamard(strata);
        assert_eq!(ours.order(), theirs.len(), "{strata}");
        for (i, row) in theirs.iter().enumerate() {
            for (j, &entry) in row.iter().enumerate() {
                assert_eq!(ours.is_positive(i, j), entry == 1.0, "{strata}: ({i}, {j})");
            }
        }
    }
}
