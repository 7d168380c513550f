//! The simulated microdata: 120 questions by 63 provinces, as drawn and calibrated.

use std::collections::BTreeMap;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use chiso_survey::calibrate::{
    Adjustment, Margin, PostStratifyOptions, RakeOptions, poststratify, rake,
};
use chiso_survey::design::DesignOptions;
use chiso_survey::distribution::two_sided_critical_value;
use chiso_survey::estimate::{DesignEffect, Linearised, Source, Statistic, linearise};
use chiso_survey::sums::Sample;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::support::{Design, Extra, Frame, Tabulate, block, reduce_with, reference};
use super::table::{Account, Row};

/// The microdata as a frame: they are a Parquet file.
fn microdata() -> Option<Frame> {
    let file = std::fs::File::open(reference()?.join("microdata_small.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut frame = Frame {
        columns: BTreeMap::default(),
        rows: 0,
    };
    for batch in reader {
        let batch = batch.unwrap();
        frame.rows += batch.num_rows();
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let wide = arrow_cast::cast(column, &arrow_schema::DataType::Float64).unwrap();
            let values = wide.as_primitive::<arrow_array::types::Float64Type>();
            let texts = values
                .iter()
                .map(|value| value.map_or(String::new(), |v| v.to_string()));
            frame
                .columns
                .entry(field.name().clone())
                .or_default()
                .extend(texts);
        }
    }
    Some(frame)
}

/// Weights made to meet totals by province, sex and age group, over cells that cross the three.
struct Totals {
    /// Province, sex and age group of each cell.
    keys: Vec<[String; 3]>,
    counts: Vec<f64>,
}

impl Totals {
    fn read() -> Totals {
        let frame = Frame::read("microdata_small_population_totals.csv").unwrap();
        let key = |row: usize| ["province", "sex", "ageg"].map(|n| frame.text(n)[row].clone());
        Totals {
            keys: (0..frame.rows).map(key).collect(),
            counts: frame.numbers("Freq").into_iter().flatten().collect(),
        }
    }

    fn cells(&self, frame: &Frame) -> Vec<u32> {
        let places: BTreeMap<&[String; 3], u32> = self.keys.iter().zip(0..).collect();
        let key = |row: usize| ["province", "sex", "ageg"].map(|n| frame.text(n)[row].clone());
        (0..frame.rows).map(|row| places[&key(row)]).collect()
    }

    /// The categories of one of the three for each cell, and the total of each.
    fn margin(&self, part: usize) -> (Vec<u32>, Vec<f64>) {
        let mut levels: Vec<&String> = self.keys.iter().map(|key| &key[part]).collect();
        levels.sort();
        levels.dedup();
        let place = |key: &[String; 3]| levels.binary_search(&&key[part]).unwrap() as u32;
        let categories: Vec<u32> = self.keys.iter().map(place).collect();
        let mut totals = vec![0.0; levels.len()];
        for (category, count) in categories.iter().zip(&self.counts) {
            totals[*category as usize] += count;
        }
        (categories, totals)
    }

    fn post_stratify(&self, cells: &[u32], weights: &[f64]) -> Adjustment {
        let options = PostStratifyOptions::default();
        poststratify(weights, cells, &self.counts, options).unwrap()
    }

    fn rake(&self, cells: &[u32], weights: &[f64]) -> Adjustment {
        let margins: Vec<(Vec<u32>, Vec<f64>)> = (0..3).map(|part| self.margin(part)).collect();
        let of_record: Vec<Vec<u32>> = margins
            .iter()
            .map(|(categories, _)| {
                cells
                    .iter()
                    .map(|cell| categories[*cell as usize])
                    .collect()
            })
            .collect();
        let margins: Vec<Margin<'_>> = margins
            .iter()
            .zip(&of_record)
            .map(|((_, totals), category_of_record)| Margin {
                category_of_record,
                totals,
            })
            .collect();
        let options = RakeOptions {
            max_iterations: 500,
            epsilon: 1e-9,
            ..RakeOptions::default()
        };
        rake(weights, &margins, options).unwrap()
    }
}

type Calibrate = fn(&Totals, &[u32], &[f64]) -> Adjustment;

/// Means by question for the country (in place 0) and each province.
struct Means {
    names: Vec<String>,
    sample: Sample,
    national: Vec<Vec<Linearised>>,
    by_province: Vec<Vec<Linearised>>,
}

fn means(
    frame: &Frame,
    design: &Design,
    names: Vec<String>,
    calibrate: Option<Calibrate>,
) -> Means {
    let variables: Vec<ArrayRef> = names.iter().map(|name| frame.column(name)).collect();
    let national = Tabulate {
        variables: variables.clone(),
        ..Tabulate::default()
    };
    let by = Tabulate {
        by: vec![frame.column("province")],
        variables,
        ..Tabulate::default()
    };
    let totals = calibrate.map(|calibrate| (Totals::read(), calibrate));
    let cells = totals.as_ref().map(|(totals, _)| totals.cells(frame));
    let block = block(frame, design);
    let extra = Extra {
        cells: cells.as_deref(),
        ..Extra::default()
    };
    let (mut sample, _) = reduce_with(&block, design, &[national, by], extra);
    if let Some((totals, calibrate)) = totals {
        let (cells, moments) = sample.cells();
        let weights: Vec<f64> = moments.iter().map(|moments| moments.sum).collect();
        sample.calibrate(&calibrate(&totals, &cells, &weights));
    }
    let of = |tabulation: usize| {
        let mean = |v| linearise(&sample, tabulation, Source::Variable(v), Statistic::Mean);
        (0..names.len()).map(|v| mean(v).unwrap()).collect()
    };
    Means {
        national: of(0),
        by_province: of(1),
        names,
        sample,
    }
}

fn compare(design: &Design, file: &'static str, calibrate: Option<Calibrate>, rows: usize) {
    let (Some(frame), Some(expected)) = (microdata(), Frame::read(file)) else {
        return;
    };
    let mut names: Vec<String> = expected.text("y").to_vec();
    names.sort();
    names.dedup();
    let means = means(&frame, design, names, calibrate);
    let degrees = f64::from(means.sample.degrees_of_freedom());
    let critical = [f64::INFINITY, degrees].map(|df| two_sided_critical_value(0.95, df).unwrap());
    let numbers: BTreeMap<&str, Vec<Option<f64>>> = [
        "province", "mean", "se", "ci_lo_z", "ci_hi_z", "ci_lo_t", "ci_hi_t", "deff", "degf",
    ]
    .map(|name| (name, expected.numbers(name)))
    .into();
    let mut account = Account::default();
    for (place, y) in expected.text("y").iter().enumerate() {
        let province = numbers["province"][place].unwrap() as usize;
        let row = Row {
            file,
            line: place + 2,
            design: expected.text("design")[place].clone(),
            fun: "svymean".into(),
            y: y.clone(),
            by: "province".into(),
            by_level: province.to_string(),
            ..Row::default()
        };
        let variable = means.names.binary_search(y).unwrap();
        let found = match province {
            0 => &means.national[variable][0],
            province => &means.by_province[variable][province - 1],
        };
        let variance = found.variance(&means.sample.structure).unwrap();
        let (mean, error) = (found.value.unwrap(), variance.sqrt());
        account.row(&row);
        for (name, found, size) in [
            ("mean", mean, 0.0),
            ("se", error, 0.0),
            ("ci_lo_z", mean - critical[0] * error, mean),
            ("ci_hi_z", mean + critical[0] * error, mean),
            ("ci_lo_t", mean - critical[1] * error, mean),
            ("ci_hi_t", mean + critical[1] * error, mean),
            ("degf", degrees, 0.0),
        ] {
            account.number_of_size(&row, name, Some(found), numbers[name][place], size);
        }
        let effect = found.design_effect(variance, DesignEffect::WithoutReplacement);
        account.number(&row, "deff", effect, numbers["deff"][place]);
    }
    account.finish(rows, 0);
}

fn ultimate_clusters() -> Design {
    Design {
        strata: vec!["vstrat"],
        clusters: vec!["vpsu"],
        weights: Some("w"),
        ..Design::default()
    }
}

#[test]
fn means_of_ultimate_clusters_are_those_of_r() {
    let file = "microdata_small_ultimate_wr.csv";
    compare(&ultimate_clusters(), file, None, 4920);
}

#[test]
fn means_of_four_stages_are_those_of_r() {
    let design = Design {
        strata: vec!["vstrat"],
        clusters: vec!["district", "commune", "village", "id"],
        fpc: vec!["fpc1", "fpc2", "fpc3", "fpc4"],
        weights: Some("w"),
        options: DesignOptions {
            nest: true,
            ..DesignOptions::default()
        },
        ..Design::default()
    };
    compare(&design, "microdata_small_multistage4_fpc.csv", None, 4920);
}

#[test]
fn means_after_post_stratification_are_those_of_r() {
    let file = "microdata_small_ultimate_wr_poststratified.csv";
    compare(&ultimate_clusters(), file, Some(Totals::post_stratify), 287);
}

#[test]
fn means_after_raking_are_those_of_r() {
    let file = "microdata_small_ultimate_wr_raked.csv";
    compare(&ultimate_clusters(), file, Some(Totals::rake), 287);
}
