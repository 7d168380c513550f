//! `chiso score --again`: the run that a provenance describes, repeated and compared byte by byte.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use super::{Arguments, Format};
use crate::provenance;

/// A run that is to be repeated.
pub(super) struct Again {
    shown: String,
    recorded: Value,
    /// The arguments of that run, with the files found and their digests compared.
    pub(super) arguments: Arguments,
}

impl Again {
    /// Reads a provenance and finds its inputs: those given beside `--again`, else at the recorded
    /// place, else beside the provenance.
    ///
    /// # Errors
    /// When it is no provenance of scores, or an input is not there or has other bytes.
    pub(super) fn read(path: &Path, given: &Arguments) -> Result<Again> {
        let shown = path.display().to_string();
        let text = fs::read(path).with_context(|| format!("{shown}: cannot be read"))?;
        let recorded: Value = serde_json::from_slice(&text)
            .with_context(|| format!("{shown}: expected the provenance.json of `chiso score`"))?;
        let finder = Finder {
            shown: &shown,
            folder: path.parent().unwrap_or(Path::new(".")),
            recorded: &recorded,
        };
        let pack = match given.pack.as_str() {
            "" => finder.text("pack")?,
            pack => pack.to_owned(),
        };
        let mut arguments = Arguments {
            pack,
            data: finder.file("data", given.data.as_deref())?,
            survey: finder.file("survey_specification", given.survey.as_deref())?,
            answers: given.answers.clone(),
            context: finder.file("context", given.context.as_deref())?,
            covariances: finder.file("covariances", given.covariances.as_deref())?,
            weights: finder.file("merger_weights", given.weights.as_deref())?,
            sensitivity: finder.file("sensitivity_specification", given.sensitivity.as_deref())?,
            out: given.out.clone(),
            again: None,
            ..given.clone()
        };
        finder.options(&mut arguments)?;
        Ok(Again {
            shown,
            recorded,
            arguments,
        })
    }

    /// Compares the digests of what was written with those recorded.
    ///
    /// # Errors
    /// The first file that differs, and which program wrote the one that was expected.
    pub(super) fn compare(&self, files: &[(&str, &[u8])]) -> Result<()> {
        let digests = self.recorded["outputs_sha256"].as_object();
        let digests =
            digests.with_context(|| format!("{}: found no outputs_sha256", self.shown))?;
        let written = |name: &str| files.iter().find(|(other, _)| *other == name);
        for (name, expected) in digests {
            let found = written(name).map(|(_, bytes)| provenance::digest(bytes));
            if found.as_deref() != expected.as_str() {
                bail!(
                    "{name}: found other bytes than {} records; expected the same (it was written by {}, this is chiso {})",
                    self.shown,
                    self.recorded["program"]
                        .as_str()
                        .unwrap_or("an unknown program"),
                    env!("CARGO_PKG_VERSION")
                );
            }
        }
        Ok(())
    }
}

struct Finder<'a> {
    shown: &'a str,
    folder: &'a Path,
    recorded: &'a Value,
}

impl Finder<'_> {
    fn text(&self, key: &str) -> Result<String> {
        let text = self.recorded[key].as_str().map(str::to_owned);
        text.with_context(|| {
            format!(
                "{}: found no `{key}`; expected the provenance.json of `chiso score`",
                self.shown
            )
        })
    }

    /// An input with the recorded digest; none where the run had none.
    fn file(&self, key: &str, given: Option<&Path>) -> Result<Option<PathBuf>> {
        let Some(entry) = self.recorded[key].as_object() else {
            return Ok(None);
        };
        let place = entry
            .get("file")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let beside = self.folder.join(place);
        let found = match given {
            Some(path) => path.to_owned(),
            None if Path::new(place).is_file() => PathBuf::from(place),
            None if beside.is_file() => beside,
            None => bail!(
                "{}: found no file `{place}` here or beside it; expected it, or another place by its option",
                self.shown
            ),
        };
        let digest = provenance::file_digest(&found)?;
        let expected = entry
            .get("sha256")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if digest != expected {
            bail!(
                "{}: found other bytes than {} records; expected the same file",
                found.display(),
                self.shown
            );
        }
        Ok(Some(found))
    }

    fn options(&self, arguments: &mut Arguments) -> Result<()> {
        let options = &self.recorded["options"];
        let fault = |key: &str| {
            format!(
                "{}: found no option `{key}`; expected the provenance.json of `chiso score`",
                self.shown
            )
        };
        arguments.edition = options["edition"]
            .as_i64()
            .and_then(|year| i32::try_from(year).ok());
        let format = options["format"]
            .as_str()
            .and_then(|name| Format::from_str(name, true).ok());
        arguments.format = format.with_context(|| fault("format"))?;
        arguments.confidence = options["confidence"]
            .as_f64()
            .with_context(|| fault("confidence"))?;
        let draws = options["draws"]
            .as_u64()
            .and_then(|draws| u32::try_from(draws).ok());
        arguments.draws = draws.with_context(|| fault("draws"))?;
        arguments.seed = options["seed"].as_u64().with_context(|| fault("seed"))?;
        arguments.top = options["top"]
            .as_u64()
            .and_then(|top| usize::try_from(top).ok());
        arguments.units = options["units"].as_str().map(str::to_owned);
        Ok(())
    }
}
