//! The files of a simulation: answers, their specification and their codebook.

use std::sync::Arc;

use anyhow::Result;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use chiso_survey::select::SelectedUnit;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::{LABEL, Made};

/// The answers.
pub const ANSWERS: &str = "simulated-answers.parquet";
/// What `chiso estimate` is to make of them.
pub const SPECIFICATION: &str = "simulated-survey.toml";
/// What the columns of answers mean.
pub const CODEBOOK: &str = "simulated-codebook.csv";

impl Made {
    /// The answers as Parquet: `simulated` (true in every row), the places and the person, the
    /// weight, stratum and PSU, the stratum, cluster and sampling fraction of each stage, and the
    /// answers.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub fn parquet(&self) -> Result<Vec<u8>> {
        let batch = RecordBatch::try_from_iter(self.columns())?;
        let note = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("chiso ", env!("CARGO_PKG_VERSION"), ", simulated").to_owned())
            .set_key_value_metadata(Some(vec![
                note("simulated", "true".to_owned()),
                note("note", LABEL.to_owned()),
                note("index", self.index.clone()),
                note("edition", self.edition.to_string()),
                note("seed", self.seed.to_string()),
            ]));
        let mut bytes = Vec::new();
        let mut writer =
            ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build()))?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(bytes)
    }

    fn columns(&self) -> Vec<(String, ArrayRef)> {
        let unit = |place: usize| &self.sample.units[self.interviews[place].unit];
        let rows = 0..self.interviews.len();
        let text = |of: &dyn Fn(&SelectedUnit) -> String| -> ArrayRef {
            let texts = rows.clone().map(|row| of(unit(row)));
            Arc::new(StringArray::from_iter_values(texts))
        };
        let number = |of: &dyn Fn(usize) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(rows.clone().map(of)))
        };
        let simulated: ArrayRef = Arc::new(BooleanArray::from(vec![true; rows.len()]));
        let mut columns = vec![("simulated".to_owned(), simulated)];
        for (level, name) in self.sample.levels.iter().enumerate() {
            columns.push((name.clone(), text(&|unit| unit.path[level].clone())));
        }
        let weight = number(&|row| self.interviews[row].weight);
        columns.push(("weight".to_owned(), weight));
        columns.push(("stratum".to_owned(), text(&|unit| unit.stratum.clone())));
        columns.push(("psu".to_owned(), text(&|unit| unit.psu.clone())));
        let stages = self.sample.levels.len() - self.sample.domain_levels;
        for stage in 0..stages {
            let name = |what: &str| format!("{what}{}", stage + 1);
            let of_stage = |row: usize| unit(row).stages[stage].probability;
            let fraction = match stage + 1 == stages {
                true => number(&|row| self.interviews[row].fraction),
                false => number(&of_stage),
            };
            let stratum = text(&|unit| unit.stages[stage].stratum.clone());
            let cluster = text(&|unit| unit.stages[stage].cluster.clone());
            columns.push((name("stratum"), stratum));
            columns.push((name("cluster"), cluster));
            columns.push((name("fpc"), fraction));
        }
        columns.extend(self.answers.columns.iter().map(|(name, answers)| {
            let answers: ArrayRef = Arc::new(Int32Array::from(answers.clone()));
            (name.clone(), answers)
        }));
        columns
    }

    /// The specification: an estimate for each node by unit.
    pub fn specification(&self) -> String {
        let codes = self.codes;
        let mut text = format!(
            "# {LABEL}\n\
             # Index {}, edition {}, seed {}. Made by chiso demo --survey; docs/methods/simulated.md.\n\
             data = \"{ANSWERS}\"\n\n\
             [missing]\n\
             codes = {{ \"{}\" = \"don't know\", \"{}\" = \"refused\", \"{}\" = \"not asked\" }}\n\n\
             [design]\n\
             weights = \"weight\"\n\
             strata = \"stratum\"\n\
             clusters = \"psu\"\n",
            self.index, self.edition, self.seed, codes.dont_know, codes.refused, codes.not_asked
        );
        let by = self.sample.levels[..self.sample.domain_levels].join("\", \"");
        for node in &self.nodes {
            // A unit has a few clusters only, so its interval needs its own degrees of freedom.
            text += &format!(
                "\n[[estimate]]\n\
                 id = \"simulated {code}\"\n\
                 node = \"{code}\"\n\
                 statistic = \"mean\"\n\
                 variable = \"{}\"\n\
                 by = [\"{by}\"]\n\
                 df = \"domain\"\n",
                node.expression(),
                code = node.code,
            );
        }
        text
    }

    /// The columns of answers, each with what it asks and how far that is known.
    ///
    /// # Errors
    /// When they cannot be encoded.
    pub fn codebook(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "column", "node", "answers", "label_en", "label_vi", "status", "source",
        ])?;
        for filter in self.nodes.iter().filter_map(|node| {
            let filter = node.filter.as_ref()?;
            Some([
                filter.column.clone(),
                node.code.clone(),
                "0-1".to_owned(),
                format!("Whether the questions of {} are asked", node.code),
                format!("Có hỏi các câu của {} hay không", node.code),
                "simulated".to_owned(),
                "invented".to_owned(),
            ])
        }) {
            writer.write_record(filter)?;
        }
        for question in &self.questions {
            writer.write_record([
                question.column.clone(),
                question.node.clone(),
                question.answers(),
                question.label_en.clone(),
                question.label_vi.clone(),
                format!("simulated; topic {}", question.status),
                question.source.clone(),
            ])?;
        }
        Ok(writer.into_inner()?)
    }
}
