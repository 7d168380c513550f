//! Post-stratified and raked weights of the simulated microdata against R survey 4.5, respondent
//! by respondent and on cells.

mod calibrate_support;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use calibrate_support::{Table, difference, reference};
use chiso_survey::calibrate::{
    Margin, PostStratifyOptions, RakeOptions, WeightReport, poststratify, rake,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Columns of the microdata as numbers.
fn microdata(names: &[&str]) -> Option<Vec<Vec<f64>>> {
    let file = std::fs::File::open(reference()?.join("microdata_small.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder.with_projection(mask).build().unwrap();
    let mut columns = vec![Vec::new(); names.len()];
    for batch in reader {
        let batch = batch.unwrap();
        for (name, values) in names.iter().zip(&mut columns) {
            let column = batch.column_by_name(name).unwrap();
            let wide = arrow_cast::cast(column, &arrow_schema::DataType::Float64).unwrap();
            values.extend(wide.as_primitive::<Float64Type>().values());
        }
    }
    Some(columns)
}

type ClassOfCell = fn(usize) -> usize;

const PROVINCES: usize = 63;
const SEXES: usize = 2;
const AGES: usize = 4;

fn cell(province: f64, sex: f64, age: f64) -> u32 {
    (((province - 1.0) * SEXES as f64 + (sex - 1.0)) * AGES as f64 + (age - 1.0)) as u32
}

struct Poll {
    weights: Vec<f64>,
    cell: Vec<u32>,
    /// Population of each cell.
    totals: Vec<f64>,
    expected: [Vec<f64>; 2],
}

fn poll() -> Option<Poll> {
    let folder = reference()?;
    let columns = microdata(&["province", "sex", "ageg", "w"])?;
    let cells = PROVINCES * SEXES * AGES;
    let population = Table::read(folder.join("microdata_small_population_totals.csv"));
    let [province, sex, age, size] =
        ["province", "sex", "ageg", "Freq"].map(|name| population.numbers(name));
    let mut totals = vec![0.0; cells];
    for i in 0..population.rows {
        totals[cell(province[i], sex[i], age[i]) as usize] += size[i];
    }
    let r = |name: &str| {
        Table::read(folder.join(format!("weights_microdata_small_{name}.csv"))).numbers("w")
    };
    Some(Poll {
        cell: (0..columns[0].len())
            .map(|i| cell(columns[0][i], columns[1][i], columns[2][i]))
            .collect(),
        weights: columns[3].clone(),
        totals,
        expected: [r("ps"), r("rake")],
    })
}

impl Poll {
    fn cell_weights(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.totals.len()];
        for (weight, cell) in self.weights.iter().zip(&self.cell) {
            sums[*cell as usize] += weight;
        }
        sums
    }

    /// Weights from factors of cells.
    fn spread(&self, factors: &[f64]) -> Vec<f64> {
        let of = |(w, c): (&f64, &u32)| w * factors[*c as usize];
        self.weights.iter().zip(&self.cell).map(of).collect()
    }
}

fn agree(what: &str, found: &[f64], expected: &[f64]) {
    let worst = difference(found, expected);
    println!("{what}: greatest relative difference {worst:e}");
    assert!(worst < 1e-10, "{what}: {worst:e}");
}

#[test]
fn post_stratified_weights_of_16560_respondents_are_those_of_r() {
    let Some(poll) = poll() else { return };
    let options = PostStratifyOptions::default();
    let done = poststratify(&poll.weights, &poll.cell, &poll.totals, options).unwrap();
    agree("respondents", &done.weights, &poll.expected[0]);
    let every: Vec<u32> = (0..poll.totals.len() as u32).collect();
    let cells = poststratify(&poll.cell_weights(), &every, &poll.totals, options).unwrap();
    agree("cells", &poll.spread(&cells.factors), &poll.expected[0]);
    let report = WeightReport::new(&poll.weights, &done).unwrap();
    assert_eq!(report.before.n, 16_560);
    assert!((report.after.sum / poll.totals.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn raked_weights_of_16560_respondents_are_those_of_r() {
    let Some(poll) = poll() else { return };
    let classes: [(usize, ClassOfCell); 3] = [
        (PROVINCES, |cell| cell / (SEXES * AGES)),
        (SEXES, |cell| cell / AGES % SEXES),
        (AGES, |cell| cell % AGES),
    ];
    let totals = classes.map(|(count, class)| {
        let mut totals = vec![0.0; count];
        for (cell, size) in poll.totals.iter().enumerate() {
            totals[class(cell)] += size;
        }
        totals
    });
    let options = RakeOptions {
        epsilon: 1e-9,
        max_iterations: 500,
        ..RakeOptions::default()
    };
    let run = |weights: &[f64], cell: &[u32]| {
        let categories = classes.map(|(_, class)| -> Vec<u32> {
            cell.iter().map(|c| class(*c as usize) as u32).collect()
        });
        let margins: Vec<Margin<'_>> = categories
            .iter()
            .zip(&totals)
            .map(|(category_of_record, totals)| Margin {
                category_of_record,
                totals,
            })
            .collect();
        rake(weights, &margins, options).unwrap()
    };
    let done = run(&poll.weights, &poll.cell);
    agree("respondents", &done.weights, &poll.expected[1]);
    let every: Vec<u32> = (0..poll.totals.len() as u32).collect();
    let cells = run(&poll.cell_weights(), &every);
    agree("cells", &poll.spread(&cells.factors), &poll.expected[1]);
    assert_eq!(cells.iterations, done.iterations);
}
