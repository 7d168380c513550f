//! The calibrations of `make_reference.R` by name, and what each does to a sample.

use chiso_survey::calibrate::{
    Bounds, Calibration, CalibrationFunction, GregOptions, Margin, ModelMatrix,
    PostStratifyOptions, RakeOptions, Redistribution, TrimOptions, trim,
};
use chiso_survey::sums::{Rows, Sample};

use super::support::Frame;

const TYPES: [f64; 3] = [4421.0, 755.0, 1018.0];
const SCHOOL_WIDE: [f64; 2] = [1072.0, 5122.0];
const ALL: f64 = 6194.0;
const API99: f64 = 3_914_069.0;

/// The name of the design on which a calibration works.
pub fn design_of(name: &str) -> &'static str {
    match name.rsplit('_').next() {
        Some("clus2") => "apiclus2_fpc2",
        Some("strat") => "apistrat_fpc",
        // Trimming is of a calibration of apiclus1.
        _ => "apiclus1_fpc",
    }
}

/// The codes of a column's values, in order.
pub fn codes(frame: &Frame, name: &str) -> Vec<u32> {
    let levels: std::collections::BTreeSet<&String> = frame.text(name).iter().collect();
    let place = |text: &String| levels.iter().position(|level| *level == text).unwrap() as u32;
    frame.text(name).iter().map(place).collect()
}

/// A calibration by cells: each row's cell is `stype × sch.wide`.
pub struct ByCells {
    name: String,
    /// The cell of each row.
    pub cells: Vec<u32>,
}

impl ByCells {
    pub fn named(name: &str, frame: &Frame) -> Option<ByCells> {
        if !name.starts_with("ps_") && !name.starts_with("rake_") {
            return None;
        }
        let (stype, school_wide) = (codes(frame, "stype"), codes(frame, "sch.wide"));
        let pairs = stype.iter().zip(&school_wide);
        Some(ByCells {
            name: name.to_owned(),
            cells: pairs.map(|(stype, wide)| stype * 2 + wide).collect(),
        })
    }

    /// Runs what `calibrate` does with the calibration over some records, given as cells.
    pub fn over<T>(&self, cells: &[u32], calibrate: impl FnOnce(&Calibration<'_>) -> T) -> T {
        let stype: Vec<u32> = cells.iter().map(|cell| cell / 2).collect();
        let school_wide: Vec<u32> = cells.iter().map(|cell| cell % 2).collect();
        if self.name.starts_with("ps_") {
            return calibrate(&Calibration::PostStratify {
                cell: &stype,
                totals: &TYPES,
                options: PostStratifyOptions::default(),
            });
        }
        let margins = [(&stype, &TYPES[..]), (&school_wide, &SCHOOL_WIDE[..])];
        let margins = margins.map(|(category_of_record, totals)| Margin {
            category_of_record,
            totals,
        });
        let default = RakeOptions::default();
        let options = match self.name.contains("default") {
            true => default,
            false => RakeOptions {
                epsilon: 1e-12,
                max_iterations: 200,
                ..default
            },
        };
        calibrate(&Calibration::Rake {
            margins: &margins,
            options,
        })
    }

    /// Calibrates a sample that was reduced with these cells.
    pub fn calibrate(&self, sample: &mut Sample) {
        let (cells, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|moments| moments.sum).collect();
        let done = self.over(&cells, |calibration| calibration.calibrate(&weights));
        sample.calibrate(&done.unwrap());
    }
}

/// The options of GREG by the name of the result.
fn options(name: &str) -> GregOptions<'static> {
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
        "cal_linbnd_clus1" => iterated(CalibrationFunction::Linear, factor(0.6, 1.6), 500),
        _ => GregOptions::default(),
    }
}

/// Runs what `calibrate` does with the calibration of that name over the rows.
pub fn over_rows<T>(name: &str, frame: &Frame, calibrate: impl FnOnce(&Calibration<'_>) -> T) -> T {
    let api99: Vec<f64> = frame.numbers("api99").into_iter().flatten().collect();
    let empty = ModelMatrix::new(frame.rows).intercept();
    let (model, totals) = if name == "cal_var_clus1" {
        // R passes `sigma2` on to a function that does not know it: plain linear calibration.
        (empty.number("api99", &api99).unwrap(), vec![ALL, API99])
    } else {
        let stype = codes(frame, "stype");
        let model = empty.factor("stype", &stype, &["E", "H", "M"]).unwrap();
        let totals = vec![ALL, TYPES[1], TYPES[2], API99];
        (model.number("api99", &api99).unwrap(), totals)
    };
    let clusters = codes(frame, "dnum");
    let options = GregOptions {
        aggregate: (name == "cal_agg_clus2").then_some(&clusters[..]),
        ..options(name)
    };
    calibrate(&Calibration::Greg {
        model: &model,
        totals: &totals,
        options,
    })
}

/// The limits of a trimming by name.
pub fn trimming(name: &str) -> Option<TrimOptions> {
    let lower = match name {
        "trim_lu" | "trim_lu_strict" => 25.0,
        "trim_u" | "trim_u_strict" | "trim_rep_u" => f64::NEG_INFINITY,
        _ => return None,
    };
    Some(TrimOptions {
        lower,
        upper: 45.0,
        strict: name.ends_with("strict"),
        redistribution: Redistribution::Equal,
    })
}

/// Calibrates rows and trims them if the name says so.
pub fn calibrate_rows(name: &str, frame: &Frame, rows: &mut Rows) {
    let weights = rows.weights.clone();
    let done = over_rows(name, frame, |calibration| calibration.calibrate(&weights));
    rows.calibrate(&done.unwrap());
    if let Some(limits) = trimming(name) {
        let trimmed = trim(&rows.weights, &limits).unwrap();
        rows.set_weights(trimmed.weights);
    }
}
