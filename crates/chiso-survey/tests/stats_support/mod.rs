//! Reference files and a minimal Taylor variance of their designs, written apart from the crate
//! so that its parts are tested against something else.
#![allow(dead_code)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// The folder of R's reference numbers; `None` (said on standard output) where it is absent, a
/// failure under `CI=true`.
pub fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("CHISO_REFERENCE_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let survey = folder.join("survey");
    if survey.is_dir() {
        return Some(survey);
    }
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "no reference at {survey:?}"
    );
    println!("skipped: no reference numbers at {survey:?}");
    None
}

/// A CSV file by column name.
pub struct Table {
    header: HashMap<String, usize>,
    pub rows: Vec<csv::StringRecord>,
}

impl Table {
    pub fn read(name: &str) -> Option<Self> {
        let mut reader = csv::Reader::from_path(reference()?.join(name)).unwrap();
        let header = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .zip(0..)
            .collect();
        Some(Self {
            header,
            rows: reader.records().map(Result::unwrap).collect(),
        })
    }

    pub fn text(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.header[column]]
    }

    pub fn number(&self, row: usize, column: &str) -> Option<f64> {
        match self.text(row, column) {
            "" | "NA" => None,
            text => Some(text.parse().unwrap()),
        }
    }

    pub fn texts(&self, column: &str) -> Vec<&str> {
        (0..self.rows.len())
            .map(|row| self.text(row, column))
            .collect()
    }

    pub fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        (0..self.rows.len())
            .map(|row| self.number(row, column))
            .collect()
    }
}

/// Strata, clusters and population counts of up to two stages, and weights.
pub struct Design {
    pub data: Table,
    pub weights: Vec<f64>,
    strata: Vec<String>,
    first: Vec<String>,
    second: Vec<String>,
    count1: Option<Vec<f64>>,
    count2: Option<Vec<f64>>,
}

impl Design {
    /// One of the designs of `make_reference.R`.
    pub fn named(name: &str) -> Option<Self> {
        let dataset = name.split('_').next().unwrap();
        let data = Table::read(&format!("data_{dataset}.csv"))?;
        let rows = data.rows.len();
        let own = |column: &str| -> Vec<String> {
            match column {
                "" => vec![String::new(); rows],
                "row" => (0..rows).map(|row| row.to_string()).collect(),
                _ => data.texts(column).iter().map(|t| (*t).to_owned()).collect(),
            }
        };
        let numbers = |column: &str| -> Option<Vec<f64>> {
            (!column.is_empty()).then(|| data.numbers(column).iter().map(|v| v.unwrap()).collect())
        };
        let (weight, stratum, first, second, fpc1, fpc2) = match name {
            "apisrs_fpc" => ("", "", "row", "", "fpc", ""),
            "apistrat_fpc" => ("pw", "stype", "row", "", "fpc", ""),
            "apiclus1_fpc" => ("pw", "", "dnum", "", "fpc", ""),
            "apiclus1_nofpc" => ("pw", "", "dnum", "", "", ""),
            "apiclus2_fpc2" => ("", "", "dnum", "snum", "fpc1", "fpc2"),
            "nhanes" => ("WTMEC2YR", "SDMVSTRA", "SDMVPSU", "", "", ""),
            other => panic!("no design {other}"),
        };
        let (strata, first, second) = (own(stratum), own(first), own(second));
        let (count1, count2) = (numbers(fpc1), numbers(fpc2));
        let mut design = Self {
            weights: vec![],
            strata,
            first,
            second,
            count1,
            count2,
            data,
        };
        design.weights = numbers_or_inverse(&design, weight);
        Some(design)
    }

    /// Mean of `y` over the rows with `inside`, and its variance.
    pub fn mean(&self, y: &[f64], inside: &[bool]) -> (f64, f64) {
        let (mean, z) = self.linearised_mean(y, inside);
        (mean, self.covariance(&z, &z))
    }

    /// Mean of `y` over the rows with `inside`, and each row's linearised contribution.
    pub fn linearised_mean(&self, y: &[f64], inside: &[bool]) -> (f64, Vec<f64>) {
        let w: Vec<f64> = self
            .weights
            .iter()
            .zip(inside)
            .map(|(w, i)| if *i { *w } else { 0.0 })
            .collect();
        let total: f64 = w.iter().sum();
        let mean = w.iter().zip(y).map(|(w, y)| w * y).sum::<f64>() / total;
        (
            mean,
            w.iter()
                .zip(y)
                .map(|(w, y)| w * (y - mean) / total)
                .collect(),
        )
    }

    /// Clusters less strata among the rows with `inside`.
    pub fn degrees_of_freedom(&self, inside: &[bool]) -> f64 {
        let rows = || (0..inside.len()).filter(|row| inside[*row]);
        let clusters: HashSet<_> = rows()
            .map(|row| (&self.strata[row], &self.first[row]))
            .collect();
        let strata: HashSet<_> = rows().map(|row| &self.strata[row]).collect();
        clusters.len() as f64 - strata.len() as f64
    }

    /// Covariance of the totals of two already weighted variables.
    pub fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        let mut strata: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
        for row in 0..a.len() {
            strata
                .entry(&self.strata[row])
                .or_default()
                .entry(&self.first[row])
                .or_default()
                .push(row);
        }
        let mut sum = 0.0;
        for clusters in strata.values() {
            let (some_row, n) = (clusters.values().next().unwrap()[0], clusters.len() as f64);
            let fraction = self.count1.as_ref().map_or(0.0, |c| n / c[some_row]);
            sum += (1.0 - fraction) * between(clusters.values().map(Vec::as_slice), a, b);
            if let Some(count2) = &self.count2 {
                for rows in clusters.values() {
                    let mut units: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
                    for row in rows {
                        units.entry(&self.second[*row]).or_default().push(*row);
                    }
                    let inner = units.len() as f64 / count2[rows[0]];
                    if inner < 1.0 {
                        sum += fraction
                            * (1.0 - inner)
                            * between(units.values().map(Vec::as_slice), a, b);
                    }
                }
            }
        }
        sum
    }
}

fn numbers_or_inverse(design: &Design, column: &str) -> Vec<f64> {
    if !column.is_empty() {
        return design
            .data
            .numbers(column)
            .iter()
            .map(|v| v.unwrap())
            .collect();
    }
    let units = |key: &dyn Fn(usize) -> (String, String)| -> HashMap<String, f64> {
        let mut seen: HashMap<String, HashSet<String>> = HashMap::new();
        for row in 0..design.strata.len() {
            let (group, unit) = key(row);
            seen.entry(group).or_default().insert(unit);
        }
        seen.into_iter()
            .map(|(group, units)| (group, units.len() as f64))
            .collect()
    };
    let first = units(&|row| (design.strata[row].clone(), design.first[row].clone()));
    let second = units(&|row| (design.first[row].clone(), design.second[row].clone()));
    (0..design.strata.len())
        .map(|row| {
            let one = design
                .count1
                .as_ref()
                .map_or(1.0, |c| c[row] / first[&design.strata[row]]);
            let two = design
                .count2
                .as_ref()
                .map_or(1.0, |c| c[row] / second[&design.first[row]]);
            one * two
        })
        .collect()
}

/// n/(n − 1) Σ (A − Ā)(B − B̄) over the units' totals.
fn between<'a>(units: impl Iterator<Item = &'a [usize]>, a: &[f64], b: &[f64]) -> f64 {
    let totals: Vec<(f64, f64)> = units
        .map(|rows| {
            rows.iter()
                .fold((0.0, 0.0), |(x, y), row| (x + a[*row], y + b[*row]))
        })
        .collect();
    let n = totals.len() as f64;
    let mean_a = totals.iter().map(|t| t.0).sum::<f64>() / n;
    let mean_b = totals.iter().map(|t| t.1).sum::<f64>() / n;
    n / (n - 1.0)
        * totals
            .iter()
            .map(|t| (t.0 - mean_a) * (t.1 - mean_b))
            .sum::<f64>()
}

/// |got − wanted| relative to the larger of |wanted| and 1e-10 (an exact 0 has no relative error).
pub fn apart(got: f64, wanted: f64) -> f64 {
    if got == wanted {
        0.0
    } else {
        (got - wanted).abs() / wanted.abs().max(1e-10)
    }
}
