"""Time and memory of whole processes, for ci/figures and benches/compare."""

import statistics
import subprocess
import tempfile
import time


def whole_process(command, runs=15):
    """Median wall time in ms and peak resident memory in MB of a command, over `runs` runs.

    /usr/bin/time stands between, because a process started by Python inherits Python's own peak.
    """
    wall_ms, peak_mb = [], []
    for _ in range(runs):
        with tempfile.NamedTemporaryFile("r") as report:
            start = time.perf_counter()
            subprocess.run(["/usr/bin/time", "-q", "-f", "%M", "-o", report.name, *command],
                           check=True, stdout=subprocess.DEVNULL)
            wall_ms.append((time.perf_counter() - start) * 1e3)
            peak_mb.append(int(report.read().split()[-1]) / 1024)
    return statistics.median(wall_ms), max(peak_mb)
