"""Which machine and which versions the figures are of."""

import datetime
import os
import pathlib
import platform
import subprocess


def said(command, cwd=None):
    """The first line that a command prints, or a dash if it cannot be run."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "–"
    return (done.stdout.strip().splitlines() or ["–"])[0]


def processor():
    """The processor's name and number, and the memory."""
    lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    memory_kb = int(pathlib.Path("/proc/meminfo").read_text(encoding="utf-8").split()[1])
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors, {memory_kb / 2**20:.1f} GiB"


def versions(root, chiso, python, programs):
    """(what, version) for the programs that ran."""
    rows = [("date", datetime.date.today().isoformat()), ("machine", processor()),
            ("system", f"{platform.system()} {platform.release()}"),
            ("load average at the start", " ".join(f"{load:.2f}" for load in os.getloadavg()))]
    if programs & {"chiso", "bootstrap", "scan"}:
        rows += [("chiso", f"{said([chiso, '--version'])}, commit {said(['git', 'rev-parse', '--short', 'HEAD'], root)}"),
                 ("rustc", said(["rustc", "--version"]))]
    package = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    rows += [("python", said([python, "--version"]))]
    rows += [(name, said([python, "-c", package, name])) for name in ("polars", "pyarrow", "svy", "numpy")]
    if programs & {"r", "bootstrap"}:
        rows += [("R", said(["Rscript", "-e", "cat(R.version$version.string)"])),
                 ("survey (R)", said(["Rscript", "-e", "cat(format(packageVersion('survey')))"]))]
    return rows
