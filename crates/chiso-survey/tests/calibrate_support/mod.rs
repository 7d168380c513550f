//! What the calibration tests share: the reference files, a minimal variance, and R's calls.
#![allow(dead_code)] // each test binary uses its own part

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use chiso_survey::calibrate::{
    Adjustment, Bounds, CalibrationFunction, GregOptions, Margin, ModelMatrix, PostStratifyOptions,
    RakeOptions, greg, poststratify, rake,
};

/// The folder of R's results, or None (said aloud) where it may be absent.
pub fn reference() -> Option<PathBuf> {
    let folder = std::env::var("CHISO_REFERENCE_DIR").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference"),
        PathBuf::from,
    );
    let survey = folder.join("survey");
    if survey.is_dir() {
        return Some(survey);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "no reference results in {}",
        survey.display()
    );
    println!("skipped: no reference results in {}", survey.display());
    None
}

/// A CSV file by column.
pub struct Table {
    columns: HashMap<String, Vec<String>>,
    pub rows: usize,
}

impl Table {
    pub fn read(path: PathBuf) -> Self {
        let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let names: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
        let mut columns: HashMap<String, Vec<String>> = HashMap::new();
        let mut rows = 0;
        for record in reader.records() {
            rows += 1;
            for (name, field) in names.iter().zip(record.unwrap().iter()) {
                columns.entry(name.clone()).or_default().push(field.into());
            }
        }
        Self { columns, rows }
    }

    pub fn text(&self, name: &str) -> &[String] {
        &self.columns[name]
    }

    /// Numbers; an empty field is NaN.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name)
            .iter()
            .map(|field| field.parse().unwrap_or(f64::NAN))
            .collect()
    }

    /// Codes of sorted levels, and the levels.
    pub fn factor(&self, name: &str) -> (Vec<u32>, Vec<String>) {
        let numbers: BTreeMap<&String, u32> =
            self.text(name).iter().map(|text| (text, 0)).collect();
        let levels: Vec<String> = numbers.keys().map(|text| (*text).clone()).collect();
        let code = |text: &String| levels.binary_search(text).unwrap() as u32;
        (self.text(name).iter().map(code).collect(), levels)
    }
}

/// One of R's three api designs: two stages at most, one variance formula.
pub struct Design {
    pub data: Table,
    pub weights: Vec<f64>,
    strata: Vec<u32>,
    pub clusters: Vec<u32>,
    fpc: Vec<f64>,
    /// Second-stage population sizes; empty if there is one stage.
    second_fpc: Vec<f64>,
}

impl Design {
    pub fn clus1() -> Option<Self> {
        let data = Table::read(reference()?.join("data_apiclus1.csv"));
        Some(Self {
            weights: data.numbers("pw"),
            strata: vec![0; data.rows],
            clusters: data.factor("dnum").0,
            fpc: data.numbers("fpc"),
            second_fpc: Vec::new(),
            data,
        })
    }

    pub fn strat() -> Option<Self> {
        let data = Table::read(reference()?.join("data_apistrat.csv"));
        Some(Self {
            weights: data.numbers("pw"),
            strata: data.factor("stype").0,
            clusters: (0..data.rows as u32).collect(),
            fpc: data.numbers("fpc"),
            second_fpc: Vec::new(),
            data,
        })
    }

    /// Weights are those that R derives from the fpc of both stages.
    pub fn clus2() -> Option<Self> {
        let data = Table::read(reference()?.join("data_apiclus2.csv"));
        let (clusters, levels) = data.factor("dnum");
        let (fpc, second_fpc) = (data.numbers("fpc1"), data.numbers("fpc2"));
        let mut sizes = vec![0.0; levels.len()];
        clusters.iter().for_each(|c| sizes[*c as usize] += 1.0);
        let weights = (0..data.rows)
            .map(|i| {
                let first = fpc[i] / levels.len() as f64;
                first * (second_fpc[i] / sizes[clusters[i] as usize])
            })
            .collect();
        Some(Self {
            weights,
            strata: vec![0; data.rows],
            clusters,
            fpc,
            second_fpc,
            data,
        })
    }

    /// Variance of Σ z: `Σ_h (1 − f) n/(n−1) Σ (z_c − z̄)²`, plus the second stage.
    pub fn variance(&self, z: &[f64]) -> f64 {
        let records: Vec<usize> = (0..z.len()).collect();
        let mut variance = 0.0;
        for in_stratum in groups(&records, &self.strata) {
            let clusters = groups(&in_stratum, &self.clusters);
            let totals: Vec<f64> = clusters
                .iter()
                .map(|cluster| cluster.iter().map(|i| z[*i]).sum())
                .collect();
            let population = self.fpc[in_stratum[0]];
            variance += spread(&totals, population);
            if self.second_fpc.is_empty() {
                continue;
            }
            for cluster in &clusters {
                let values: Vec<f64> = cluster.iter().map(|i| z[*i]).collect();
                let sampled = totals.len() as f64 / population;
                variance += sampled * spread(&values, self.second_fpc[cluster[0]]);
            }
        }
        variance
    }
}

fn groups(records: &[usize], of: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for record in records {
        groups.entry(of[*record]).or_default().push(*record);
    }
    groups.into_values().collect()
}

fn spread(totals: &[f64], population: f64) -> f64 {
    let n = totals.len() as f64;
    let left = (population - n) / population;
    if left < 1e-7 {
        return 0.0;
    }
    let mean = totals.iter().sum::<f64>() / n;
    left * n / (n - 1.0) * totals.iter().map(|t| (t - mean).powi(2)).sum::<f64>()
}

/// Replicate after replicate out of a file with a column `r1`, `r2`, … for each.
pub fn replicate_weights(name: &str) -> Option<Vec<f64>> {
    let table = Table::read(reference()?.join(format!("replicate_weights_{name}.csv")));
    let mut weights = Vec::new();
    for replicate in 1.. {
        let column = format!("r{replicate}");
        if !table.columns.contains_key(&column) {
            break;
        }
        weights.extend(table.numbers(&column));
    }
    Some(weights)
}

/// Pseudo-random numbers in 0..1, the same on every machine (Knuth's MMIX generator).
pub fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

pub const TYPES: [f64; 3] = [4421.0, 755.0, 1018.0];
pub const SCHOOL_WIDE: [f64; 2] = [1072.0, 5122.0];
pub const TOTALS: [f64; 4] = [6194.0, 755.0, 1018.0, 3_914_069.0];

pub const TIGHT: RakeOptions = RakeOptions {
    epsilon: 1e-12,
    max_iterations: 200,
    inconsistent: chiso_survey::calibrate::InconsistentMargins::Refuse,
    accept_unconverged: false,
};

/// `~stype + api99`.
pub fn model(data: &Table) -> ModelMatrix {
    let (codes, levels) = data.factor("stype");
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    ModelMatrix::new(data.rows)
        .intercept()
        .factor("stype", &codes, &levels)
        .unwrap()
        .number("api99", &data.numbers("api99"))
        .unwrap()
}

/// Options of R's call for a calibration named in make_reference.R, without the aggregation.
pub fn greg_options(name: &str) -> GregOptions<'static> {
    let iterated = |function, bounds, max_iterations| GregOptions {
        function,
        bounds,
        epsilon: 1e-12,
        max_iterations,
        ..GregOptions::default()
    };
    let factor = |lower, upper| Bounds::Factor { lower, upper };
    match name {
        "cal_raking_clus1" | "cal_raking_strat" => {
            iterated(CalibrationFunction::Raking, Bounds::None, 200)
        }
        "cal_logit_clus1" => iterated(CalibrationFunction::Logit, factor(0.4, 3.0), 500),
        "cal_logit_strat" => iterated(CalibrationFunction::Logit, factor(0.5, 2.0), 500),
        "cal_linbnd_clus1" => iterated(CalibrationFunction::Linear, factor(0.6, 1.6), 500),
        _ => GregOptions::default(),
    }
}

/// The calibration that make_reference.R stores under `name`, on its design.
pub fn calibrated(name: &str) -> Option<(Design, Adjustment)> {
    let design = match name.rsplit('_').next() {
        Some("clus1") => Design::clus1()?,
        Some("clus2") => Design::clus2()?,
        _ => Design::strat()?,
    };
    let weights = &design.weights;
    let (stype, school_wide) = (
        design.data.factor("stype").0,
        design.data.factor("sch.wide").0,
    );
    let done = if name.starts_with("ps_") {
        poststratify(weights, &stype, &TYPES, PostStratifyOptions::default())
    } else if name.starts_with("rake_") {
        let margins = [
            Margin {
                category_of_record: &stype,
                totals: &TYPES,
            },
            Margin {
                category_of_record: &school_wide,
                totals: &SCHOOL_WIDE,
            },
        ];
        let default = RakeOptions::default();
        let options = if name.contains("default") {
            default
        } else {
            TIGHT
        };
        rake(weights, &margins, options)
    } else if name == "cal_var_clus1" {
        // R passes sigma2 on to a function that does not know it: plain linear calibration.
        let model = ModelMatrix::new(weights.len())
            .intercept()
            .number("api99", &design.data.numbers("api99"))
            .unwrap();
        greg(
            weights,
            &model,
            &[TOTALS[0], TOTALS[3]],
            &GregOptions::default(),
        )
    } else {
        let options = GregOptions {
            aggregate: (name == "cal_agg_clus2").then_some(&design.clusters[..]),
            ..greg_options(name)
        };
        greg(weights, &model(&design.data), &TOTALS, &options)
    };
    let done = done.unwrap_or_else(|error| panic!("{name}: {error}"));
    Some((design, done))
}

/// Greatest relative difference.
pub fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found
        .iter()
        .zip(expected)
        .map(|(f, e)| (f - e).abs() / e.abs().max(f64::MIN_POSITIVE))
        .fold(0.0, f64::max)
}
