//! The command line: it reads arguments, calls the crates and shows progress. It never holds a rule
//! of the field.

mod commands;
mod estimate;
mod files;
mod maps;
mod pack_workbook;
mod provenance;
mod publish;
mod sample;
mod sheets;
mod simulate;
mod simulated_index;
mod whole_files;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measure an administration by official indices, explain its points, publish them.
#[derive(Parser)]
#[command(name = "chiso", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a site on this machine with the shipped indices and figures, or try simulated answers (--survey).
    Demo(commands::demo::Arguments),
    /// Say what is wrong with packs.
    Check(commands::check::Arguments),
    /// Compute scores, ranks and groups from observations.
    Score(commands::score::Arguments),
    /// Estimate means, totals, ratios, proportions and quantiles from a sample, with their errors.
    Estimate(commands::estimate::Arguments),
    /// Split the change of a unit's score and rank, and say what it would take to rise.
    Explain(commands::explain::Arguments),
    /// Draw the next sample from a frame, or say how large it has to be.
    Sample(commands::sample::Arguments),
    /// Turn a publisher's own workbook into observations, or COINr's tables into a pack.
    Import(commands::import::Arguments),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("CHISO_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => commands::demo::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Score(arguments) => commands::score::run(&arguments),
        Command::Estimate(arguments) => commands::estimate::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Sample(arguments) => commands::sample::run(&arguments),
        Command::Import(arguments) => commands::import::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that closed the pipe (`| head`) has had enough: nothing failed.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chiso: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }
}
