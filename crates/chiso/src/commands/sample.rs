//! `chiso sample`: the next sample from a frame, or how large it has to be.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chiso_survey::select::{FrameReport, SampleReport, draw};

use crate::sample::{
    Design, Drawn, SizeArguments, allocate, frame_text, provenance, read, report_json, report_text,
    sample_table, skeleton,
};
use crate::whole_files;

/// Arguments of `chiso sample`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to draw from what: a plan in the form of docs/guides/sampling.md.
    #[arg(required_unless_present = "size")]
    plan: Option<PathBuf>,
    /// The frame (CSV, Parquet, .xlsx, .sav or .dta), in place of the one that the plan names.
    #[arg(long, value_name = "FILE", requires = "plan")]
    frame: Option<PathBuf>,
    /// The folder for sample.csv, frame-report.txt and .json, survey.toml and provenance.json;
    /// without it the sample goes to the standard output.
    #[arg(long, value_name = "DIR", requires = "plan")]
    out: Option<PathBuf>,
    /// The seed, in place of the plan's: the same seed draws the same sample.
    #[arg(long, value_name = "NUMBER", requires = "plan")]
    seed: Option<u64>,
    /// Print what the frame holds to the standard error before drawing.
    #[arg(long, requires = "plan")]
    explain: bool,
    #[command(flatten)]
    size: SizeArguments,
}

/// Draws and writes, or prints a sample size.
///
/// # Errors
/// What is wrong with the plan, the frame or the parameters.
pub fn run(arguments: &Arguments) -> Result<()> {
    if let Some(answer) = arguments.size.answer()? {
        return Ok(std::io::stdout().lock().write_all(answer.as_bytes())?);
    }
    let Some(path) = &arguments.plan else {
        bail!("found no plan; expected a file, or --size");
    };
    draw_by_plan(arguments, path)
}

fn draw_by_plan(arguments: &Arguments, path: &Path) -> Result<()> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("{shown}: cannot be read"))?;
    let plan_digest = crate::provenance::digest(&bytes);
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{shown}: found bytes that are not UTF-8; expected text saved as UTF-8");
    };
    let design = Design::parse(&shown, &text)?;
    let Some(seed) = arguments.seed.or(design.seed) else {
        bail!("{shown}: found no seed; expected seed = NUMBER, or --seed NUMBER");
    };
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    let frame_path = match (&arguments.frame, &design.frame) {
        (Some(frame), _) => frame.clone(),
        (None, Some(name)) => folder.join(name),
        (None, None) => {
            bail!("{shown}: found no frame; expected frame = \"FILE\", or --frame FILE")
        }
    };
    let read = read(&frame_path, &design)?;
    let of_frame = || format!("{shown} over {}", frame_path.display());
    let mut plan = design.plan.clone();
    let allocated = design
        .allocation
        .as_ref()
        .map(|wanted| allocate(wanted, &read.frame, &mut plan, &folder))
        .transpose()
        .with_context(of_frame)?;
    let frame_report = FrameReport::new(&read.frame, &plan).with_context(of_frame)?;
    if arguments.explain {
        eprint!("{}", frame_text(&read, &frame_report, allocated.as_ref()));
    }
    let sample = draw(&read.frame, &plan, seed).with_context(of_frame)?;
    let Some(sample_report) = SampleReport::new(&plan, &sample) else {
        bail!("{shown}: found a plan that draws no unit; expected at least one");
    };
    let drawn = Drawn {
        read: &read,
        plan_digest: &plan_digest,
        measures: measures(&design, &folder)?,
        seed,
        frame_report: &frame_report,
        allocated: allocated.as_ref(),
        sample: &sample,
        sample_report: &sample_report,
    };
    let table = sample_table(&sample).with_context(|| shown.clone())?;
    match &arguments.out {
        Some(folder) => write(folder, &drawn, &table),
        None => Ok(std::io::stdout().lock().write_all(&table)?),
    }
}

/// The file of an allocation's measures and its digest.
fn measures(design: &Design, folder: &Path) -> Result<Option<(String, String)>> {
    let wanted = design.allocation.as_ref();
    let Some(name) = wanted.and_then(|wanted| wanted.measures.as_ref()) else {
        return Ok(None);
    };
    let path = folder.join(name);
    let bytes =
        std::fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Some((name.into_owned(), crate::provenance::digest(&bytes))))
}

fn write(folder: &Path, drawn: &Drawn<'_>, table: &[u8]) -> Result<()> {
    let survey = skeleton(drawn.sample, drawn.sample_report);
    let place = folder.join("survey.toml");
    // It is there to be filled in by hand: what was, must not be lost to a second draw.
    if place.exists() && std::fs::read(&place).ok().as_deref() != Some(survey.as_bytes()) {
        bail!(
            "{}: found a file that differs from what would be written; expected none, or another --out",
            place.display()
        );
    }
    let text = report_text(drawn);
    let mut json = serde_json::to_vec_pretty(&report_json(drawn))?;
    json.push(b'\n');
    let mut files: Vec<(&str, &[u8])> = vec![
        ("sample.csv", table),
        ("frame-report.txt", text.as_bytes()),
        ("frame-report.json", &json),
        ("survey.toml", survey.as_bytes()),
    ];
    let origin = provenance(drawn, &files)?;
    files.push(("provenance.json", &origin));
    whole_files::write(folder, &files)?;
    let selected = drawn.sample.selected().count();
    eprintln!(
        "{selected} units selected, {} replacements: {}",
        drawn.sample.units.len() - selected,
        folder.join("sample.csv").display()
    );
    Ok(())
}
