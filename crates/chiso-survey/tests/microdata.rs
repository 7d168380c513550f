//! The simulated microdata against R `survey` 4.5: 120 questions by 63 provinces.

mod support;

use arrow_array::ArrayRef;
use chiso_survey::design::DesignOptions;
use chiso_survey::estimate::{DesignEffect, Source, Statistic, linearise};
use support::{Design, Frame, Tabulate, agree, block, reduce};

/// The microdata as a frame: they are a Parquet file.
fn microdata() -> Option<Frame> {
    use arrow_array::cast::AsArray;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let file = std::fs::File::open(support::reference()?.join("microdata_small.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut frame = Frame {
        columns: Default::default(),
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

fn compare(design: &Design, file: &str) {
    let (Some(frame), Some(expected)) = (microdata(), Frame::read(file)) else {
        return;
    };
    let names: Vec<String> = (1..=120).map(|number| format!("x{number:03}")).collect();
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
    let block = block(&frame, design);
    let sample = reduce(&block, design, &[national, by]);
    let degrees = f64::from(sample.degrees_of_freedom());
    let columns: Vec<Vec<Option<f64>>> = ["province", "mean", "se", "deff", "degf"]
        .iter()
        .map(|n| expected.numbers(n))
        .collect();
    let estimates: Vec<Vec<_>> = (0..2)
        .map(|tab| {
            let sums = &sample.tabulations[tab];
            let of = |v| linearise(&sample, tab, Source::Variable(v), Statistic::Mean).unwrap();
            (0..sums.variables.len()).map(of).collect()
        })
        .collect();
    for (row, y) in expected.text("y").iter().enumerate() {
        let variable = names.iter().position(|name| name == y).unwrap();
        let province = columns[0][row].unwrap() as usize;
        let found = match province {
            0 => &estimates[0][variable][0],
            province => &estimates[1][variable][province - 1],
        };
        let variance = found.variance(&sample.structure).unwrap();
        let deff = found
            .design_effect(variance, DesignEffect::WithoutReplacement)
            .unwrap();
        for (what, found, expected) in [
            ("mean", found.value.unwrap(), columns[1][row]),
            ("se", variance.sqrt(), columns[2][row]),
            ("deff", deff, columns[3][row]),
            ("degf", degrees, columns[4][row]),
        ] {
            let expected = expected.unwrap();
            assert!(
                agree(found, expected),
                "{file} row {}: {y} province {province}: {what} {found}, expected {expected}",
                row + 2
            );
        }
    }
}

#[test]
fn means_errors_and_design_effects_of_ultimate_clusters_are_those_of_r() {
    let design = Design {
        strata: vec!["vstrat"],
        clusters: vec!["vpsu"],
        weights: Some("w"),
        ..Design::default()
    };
    compare(&design, "microdata_small_ultimate_wr.csv");
}

#[test]
fn means_errors_and_design_effects_of_four_stages_are_those_of_r() {
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
    compare(&design, "microdata_small_multistage4_fpc.csv");
}
