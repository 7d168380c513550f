"""Time and memory of one process: wall time, processor time, peak resident memory."""

import dataclasses
import os
import statistics
import subprocess
import tempfile
import time


class ProcessFailed(Exception):
    """A program did not end well; the message holds the end of what it said."""


@dataclasses.dataclass(frozen=True)
class Measure:
    """What a process took. Processor time is user and system time, children included."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run(command, output=None, environment=None):
    """Runs a command to its end and measures it; its standard output goes to the file `output`.

    /usr/bin/time stands between, because a process that Python starts inherits Python's own peak of memory; the
    few milliseconds of its own are in the times.
    """
    with tempfile.NamedTemporaryFile("r") as peak, tempfile.TemporaryFile("w+") as errors, \
            open(output or os.devnull, "w", encoding="utf-8") as sink:
        start = time.perf_counter()
        process = subprocess.Popen(["/usr/bin/time", "-q", "-f", "%M", "-o", peak.name, *command],
                                   stdout=sink, stderr=errors, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            raise ProcessFailed(f"{' '.join(command)}\nended with {process.returncode}: {errors.read()[-2000:]}")
        return Measure(wall_s, usage.ru_utime + usage.ru_stime, int(peak.read().split()[-1]) / 1024)


def middle(measures):
    """The median wall and processor time and the greatest peak of several runs."""
    return Measure(statistics.median(m.wall_s for m in measures),
                   statistics.median(m.cpu_s for m in measures),
                   max(m.peak_mb for m in measures))
