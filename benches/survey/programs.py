"""What is run on one file, and how often."""

import csv
import dataclasses
import pathlib

from process import Measure

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["chiso", "polars", "scan", "svy", "r", "bootstrap"]
VARIABLES = [f"x{number:03d}" for number in range(1, 121)]
REPLICATES = 500
# Questions that R gets, since it takes about as long for each.
R_VARIABLES = {"small": 3, "m1": 1}
SPECIFICATION = """[design]
weights = "w"
strata = "vstrat"
clusters = "vpsu"
{replicates}
[[estimate]]
id = "means"
statistic = "mean"
variable = [{variables}]
by = "province"
"""


@dataclasses.dataclass
class Program:
    """One line of the table."""

    name: str
    label: str
    command: list
    runs: int
    # The CSV file with its results; none for a bare scan.
    out: pathlib.Path | None = None
    # Whether that file is the command's standard output.
    prints: bool = False
    environment: dict = dataclasses.field(default_factory=dict)
    note: str = ""
    # Whether its errors come of random draws, so that they are only about those of the others.
    drawn: bool = False
    # R's own account of the part that grows with the number of questions.
    growing: pathlib.Path | None = None

    def whole(self, measure):
        """The measure for all questions, where only some were computed."""
        if self.growing is None:
            return measure
        with open(self.growing, encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file))
        more = len(VARIABLES) / int(row["variables"]) - 1
        return Measure(measure.wall_s + more * float(row["wall_s"]), measure.cpu_s + more * float(row["cpu_s"]),
                       measure.peak_mb)


def write_specifications(folder):
    """The two specifications of chiso: errors by linearisation, and by the bootstrap."""
    quoted = ", ".join(f'"{variable}"' for variable in VARIABLES)
    bootstrap = f'\n[replicates]\nmethod = "rao_wu"\ncount = {REPLICATES}\nseed = 2026\n'
    for name, replicates in (("means", ""), ("bootstrap", bootstrap)):
        text = SPECIFICATION.format(replicates=replicates, variables=quoted)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def chiso(tools, data, work, runs):
    """The estimates: printed; by one processor; and written with digests and provenance."""
    plain = [tools.chiso, "estimate", str(work / "means.toml"), "--data", str(data)]
    folder = work / "written"
    return [
        Program("chiso", "chiso estimate", plain, runs, work / "chiso.csv", prints=True),
        Program("chiso", "chiso estimate, one processor", [*plain, "--threads", "1"], runs,
                work / "chiso-1.csv", prints=True),
        Program("chiso", "chiso estimate --out", [*plain, "--out", str(folder)], runs,
                folder / "estimates.csv", note="with SHA-256 of the data and provenance"),
    ]


def polars(tools, data, work, runs):
    """The plain group-by, with all processors and with one."""
    def program(label, out, environment):
        return Program("polars", label, [tools.python, str(HERE / "peers.py"), "polars", str(data), str(out)],
                       runs, out, environment=environment, note="no errors")
    return [program("Polars group-by", work / "polars.csv", {}),
            program("Polars group-by, one processor", work / "polars-1.csv", {"POLARS_MAX_THREADS": "1"})]


def scan(tools, data, work, runs):
    """Bare reading of the columns."""
    peers = [tools.python, str(HERE / "peers.py")]
    found = [Program("scan", "Polars, bare scan", [*peers, "scan-polars", str(data)], runs),
             Program("scan", "Arrow (C++), bare scan", [*peers, "scan-arrow", str(data)], runs)]
    if pathlib.Path(tools.scan).exists():
        note = "all 136 columns, as codes where the file holds codes"
        found += [Program("scan", "chiso-tables, bare scan, one processor", [tools.scan, str(data), "1", "codes"],
                          runs, note=note),
                  Program("scan", "chiso-tables, bare scan", [tools.scan, str(data), str(tools.processors), "codes"],
                          runs, note=note)]
    return found


def svy(tools, data, work, runs, size):
    """All questions with Taylor errors; minutes on the larger file, so once there."""
    out = work / "svy.csv"
    command = [tools.python, str(HERE / "peers.py"), "svy", str(data), str(out), str(len(VARIABLES))]
    return [Program("svy", "svy, Taylor errors", command, runs if size == "small" else 1, out)]


def r(tools, columns, work, runs, size, replicates=0):
    """Some questions in R's survey package."""
    out, times = work / f"r-{replicates}.csv", work / f"r-{replicates}-times.csv"
    command = ["Rscript", str(HERE / "r_survey.R"), str(columns), str(out), str(times), str(replicates)]
    label = f"R survey, {replicates} bootstrap replicates" if replicates else "R survey, Taylor errors"
    number = R_VARIABLES[size]
    note = f"extrapolated from {number} question{'s' if number > 1 else ''}; reads them from CSV"
    repeated = runs if size == "small" and not replicates else 1
    return Program("bootstrap" if replicates else "r", label, command, repeated, out, note=note,
                   drawn=replicates > 0, growing=times)


def bootstrap(tools, data, work, runs):
    """The estimates with the errors of 500 replicates."""
    command = [tools.chiso, "estimate", str(work / "bootstrap.toml"), "--data", str(data)]
    return [Program("bootstrap", f"chiso estimate, {REPLICATES} Rao–Wu replicates", command, runs,
                    work / "chiso-bootstrap.csv", prints=True, drawn=True)]
