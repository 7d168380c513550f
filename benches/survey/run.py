#!/usr/bin/env python3
"""Survey estimates by chiso and its peers on the same files: the same numbers? then, how fast?

What is measured and how to read it: docs/benchmarks.md.
"""

import argparse
import dataclasses
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

import agreement
import machine
import programs
from process import ProcessFailed, middle, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
REFERENCE = pathlib.Path(os.environ.get("CHISO_REFERENCE_DIR", ROOT / "../shared/reference")).resolve()
TOLERANCE = 1e-9
# Errors of two bootstraps of 500 replicates differ by a twentieth in a cell, and by far less at the median over
# cells. From those of linearisation they differ more, for the mean of a domain of few clusters is no linear function.
DRAWN_TO_DRAWN, DRAWN_TO_LINEAR = (0.95, 1.05), (0.8, 1.25)


@dataclasses.dataclass(frozen=True)
class Tools:
    """The programs that are run."""

    chiso: str
    scan: str
    python: str
    processors: int


def arguments():
    """What the user wants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chiso", default=TARGET / "release/chiso", help="the release binary")
    parser.add_argument("--scan", default=TARGET / "release/examples/scan", help="the scan example of chiso-tables")
    parser.add_argument("--venv", type=pathlib.Path, help="a Python environment with the peers; made if missing")
    parser.add_argument("--work", type=pathlib.Path, default=TARGET / "survey-bench", help="the scratch folder")
    parser.add_argument("--sizes", default="small,m1", help="small, m1, m10, by commas")
    parser.add_argument("--large", action="store_true", help="m10 too (11 million rows; no svy, no R)")
    parser.add_argument("--only", default=",".join(programs.NAMES), help="of " + ", ".join(programs.NAMES))
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (slow ones once)")
    parser.add_argument("--markdown", type=pathlib.Path, help="a file for the table, versions and commands")
    chosen = parser.parse_args()
    chosen.only = set(chosen.only.split(","))
    chosen.sizes = chosen.sizes.split(",") + (["m10"] if chosen.large else [])
    for what, found, known in (("--only", chosen.only, programs.NAMES), ("--sizes", chosen.sizes, ("small", "m1", "m10"))):
        if unknown := set(found) - set(known):
            parser.error(f"{what}: found {', '.join(sorted(unknown))}; expected some of {', '.join(known)}")
    if chosen.runs < 1:
        parser.error(f"--runs: found {chosen.runs}; expected 1 or more")
    return chosen


def prepare(chosen):
    """The tools, the peers' environment made if it is missing; says what else is missing."""
    venv = chosen.venv or chosen.work / "venv"
    python = venv / "bin/python"
    chosen.work.mkdir(parents=True, exist_ok=True)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r",
                        str(programs.HERE / "requirements.txt")], check=True)
    if chosen.only & {"chiso", "bootstrap"} and not pathlib.Path(chosen.chiso).exists():
        sys.exit(f"found no {chosen.chiso}; expected it from 'cargo build --release -p chiso', or --chiso FILE")
    if chosen.only & {"r", "bootstrap"} and not shutil.which("Rscript"):
        sys.exit("found no Rscript; expected R with the package survey (Debian: r-cran-survey), or --only without r, bootstrap")
    if not pathlib.Path("/usr/bin/time").exists():
        sys.exit("found no /usr/bin/time; expected GNU time (Debian: time)")
    if "scan" in chosen.only and not pathlib.Path(chosen.scan).exists():
        print(f"found no {chosen.scan}: chiso's own bare scan is left out", file=sys.stderr)
    return Tools(str(chosen.chiso), str(chosen.scan), str(python), os.cpu_count() or 1)


def generate(tools, work, size):
    """The file of answers of one size, made on the first run."""
    data = work / f"papi_{size}.parquet"
    if not data.exists():
        generator = REFERENCE / "survey/generate_microdata.py"
        if not generator.exists():
            sys.exit(f"found no {generator}; expected the generator of the answers (CHISO_REFERENCE_DIR)")
        scratch = work / "generating"
        subprocess.run([tools.python, str(generator), size, str(scratch)], check=True, stdout=sys.stderr)
        (scratch / data.name).rename(data)
        scratch.rmdir()
    return data


def chosen_programs(chosen, tools, size):
    """What runs on the file of one size."""
    data = generate(tools, chosen.work, size)
    work = chosen.work / size
    work.mkdir(exist_ok=True)
    programs.write_specifications(work)
    only, found = chosen.only, []
    for name, make in (("chiso", programs.chiso), ("polars", programs.polars), ("scan", programs.scan)):
        found += make(tools, data, work, chosen.runs) if name in only else []
    if size == "m10":
        return found
    if "svy" in only:
        found += programs.svy(tools, data, work, chosen.runs, size)
    columns = work / "columns.csv"
    if only & {"r", "bootstrap"}:
        subprocess.run([tools.python, str(programs.HERE / "peers.py"), "columns-for-r", str(data), str(columns),
                        str(programs.R_VARIABLES[size])], check=True)
    if "r" in only:
        found.append(programs.r(tools, columns, work, chosen.runs, size))
    if "bootstrap" in only:
        found += programs.bootstrap(tools, data, work, chosen.runs)
        if size == "small":
            found.append(programs.r(tools, columns, work, chosen.runs, size, programs.REPLICATES))
    return found


def measure(program):
    """One run."""
    return program.whole(run(program.command, program.out if program.prints else None, program.environment))


def result(program):
    """The numbers that a program gave."""
    return agreement.read(program.out, "estimate" if program.label.startswith("chiso") else "mean")


def check(listed, size):
    """Ends the benchmark if two programs differ; returns lines that say how near they are."""
    with_results = [program for program in listed if program.out]
    if not with_results:
        return []
    first = next((p for p in with_results if not p.drawn and p.name != "polars"), with_results[0])
    base = result(first)
    lines = []
    for program in with_results:
        if program is not first:
            lines.append(compare(size, first.label, base, program.label, result(program),
                                 DRAWN_TO_LINEAR if program.drawn else None))
    drawn = [program for program in with_results if program.drawn]
    for one, other in zip(drawn, drawn[1:]):
        lines.append(compare(size, one.label, result(one), other.label, result(other), DRAWN_TO_DRAWN))
    reference = REFERENCE / "survey/microdata_small_ultimate_wr.csv"
    if size == "small" and reference.exists():
        # The reference holds some of the provinces.
        known = {key: value for key, value in agreement.read_reference(reference).items() if key[0] in {k[0] for k in base}}
        part = {key: value for key, value in base.items() if key in known}
        lines.append(compare(size, "R survey 4.5 (reference)", known, first.label, part,
                             DRAWN_TO_LINEAR if first.drawn else None))
    return lines


def compare(size, base_label, base, label, found, ratio_of_errors=None):
    """How near two programs' numbers are, in words; ends the benchmark where they are not.

    Where errors are drawn, `ratio_of_errors` bounds the median over cells of the second's to the first's.
    """
    wrong = list(agreement.differences(base, found, TOLERANCE, errors=ratio_of_errors is None))
    ratio = agreement.median_ratio_of_errors(base, found) if ratio_of_errors and not wrong else None
    if ratio is not None and not ratio_of_errors[0] < ratio < ratio_of_errors[1]:
        wrong = [f"errors at the median {ratio:.4f} times; expected {ratio_of_errors[0]} to {ratio_of_errors[1]}"]
    if wrong:
        sys.exit("\n".join([f"{size}: {label} and {base_label} differ; no time is worth taking:", *wrong[:20]]))
    means, errors = agreement.greatest_difference(base, found)
    said = f"{label} and {base_label}: {len(base.keys() & found.keys())} cells, means within {means:.1e}"
    if ratio is not None:
        return f"{said}, errors (drawn) at the median {ratio:.4f} times"
    return said + (f", errors within {errors:.1e}" if errors is not None else "")


def times(listed):
    """The measures of each program: the checked run warms up, and turns are taken so that noise is shared."""
    taken = {id(program): [] for program in listed}
    for turn in range(max((program.runs for program in listed), default=0)):
        for program in (p for p in listed if p.runs > turn):
            print(f"run {turn + 1} of {program.runs}: {program.label}", file=sys.stderr)
            taken[id(program)].append(measure(program))
    return [(program, middle(taken[id(program)])) for program in listed]


def first_runs(listed):
    """Runs each program for its numbers; a program that runs once is measured by that run."""
    slow = {}
    for program in listed:
        print(f"first run: {program.label}", file=sys.stderr)
        taken = measure(program)
        if program.runs == 1:
            slow[id(program)] = taken
    return slow


def table(size, rows):
    """One size's part of the table."""
    return [f"| {size} | {program.label} | {m.wall_s:.3f} | {m.cpu_s:.3f} | {m.peak_mb:.0f} | {program.runs} | {program.note} |"
            for program, m in rows]


def starts(chosen, tools):
    """What a bare start takes, which is in every figure of a program."""
    wanted = [("chiso", "chiso --version", [tools.chiso, "--version"]),
              ("polars", "python, import polars", [tools.python, "-c", "import polars"]),
              ("svy", "python, import svy", [tools.python, "-c", "import svy"]),
              ("r", "R, library(survey)", ["Rscript", "-e", "suppressPackageStartupMessages(library(survey))"])]
    return [(label, middle([run(command) for _ in range(chosen.runs)]))
            for name, label, command in wanted if name in chosen.only]


def ratios(size, rows):
    """The comparisons that matter, in wall and in processor time."""
    by_label = {program.label: m for program, m in rows}
    ours = by_label.get("chiso estimate")
    lines = []
    for label, m in by_label.items() if ours else ():
        if label != "chiso estimate":
            lines.append(f"{size}: {label} / chiso estimate = {m.wall_s / ours.wall_s:.2f} (wall), "
                         f"{m.cpu_s / ours.cpu_s:.2f} (processor), {m.peak_mb / ours.peak_mb:.2f} (peak memory)")
    return lines


def bench(chosen, tools, size):
    """All programs on one size: lines of agreement, rows of the table."""
    listed = chosen_programs(chosen, tools, size)
    slow = first_runs(listed)
    agreed = check(listed, size)
    print("\n".join(f"{size}: {line}" for line in agreed), file=sys.stderr)
    measured = {id(p): m for p, m in times([p for p in listed if id(p) not in slow])} | slow
    return agreed, [(program, measured[id(program)]) for program in listed]


def shown(command, chosen, tools, environment=None):
    """A command as it was run, with the scratch folder and the repository shortened."""
    text = " ".join([*(f"{name}={value}" for name, value in (environment or {}).items()), shlex.join(command)])
    for long, short in ((tools.python, "python"), (str(chosen.work), "$WORK"), (f"{ROOT}/", ""), (f"{TARGET}/", "target/")):
        text = text.replace(long, short)
    return text


def main():
    """Checks, measures, prints."""
    chosen = arguments()
    tools = prepare(chosen)
    versions = machine.versions(ROOT, tools.chiso, tools.python, chosen.only)
    lines = ["| size | program | wall, s | processor, s | peak memory, MB | runs | |", "|---|---|---|---|---|---|---|"]
    notes, commands = [], []
    for size in dict.fromkeys(chosen.sizes):
        agreed, rows = bench(chosen, tools, size)
        lines += table(size, rows)
        notes += [f"* {size}: {line}" for line in agreed] + [f"* {line}" for line in ratios(size, rows)]
        commands += [f"    {shown(program.command, chosen, tools, program.environment)}" for program, _ in rows]
    lines += [f"| – | bare start: {label} | {m.wall_s:.3f} | {m.cpu_s:.3f} | {m.peak_mb:.0f} | {chosen.runs} | |"
              for label, m in starts(chosen, tools)]
    lines += ["", *notes, "", "| | |", "|---|---|", *(f"| {what} | {version} |" for what, version in versions),
              "", f"`{shown([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]], chosen, tools)}` ran:", "", *dict.fromkeys(commands)]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if chosen.markdown:
        chosen.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except ProcessFailed as failed:
        sys.exit(str(failed))
