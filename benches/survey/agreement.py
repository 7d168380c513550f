"""Whether two programs gave the same numbers."""

import csv
import statistics


def read(path, mean="mean"):
    """(variable, province) → (mean, standard error or None) of a CSV file with those columns."""
    with open(path, encoding="utf-8", newline="") as file:
        return {(row["variable"], row["province"]): (float(row[mean]), float(row["se"]) if row["se"] else None)
                for row in csv.DictReader(file)}


def read_reference(path):
    """The same of the reference's figures of R, without those of the whole country (province 0)."""
    with open(path, encoding="utf-8", newline="") as file:
        return {(row["y"], row["province"]): (float(row["mean"]), float(row["se"]))
                for row in csv.DictReader(file) if row["province"] != "0"}


def differences(base, other, tolerance, errors=True):
    """What is not the same in both, for the variables that both have, as readable lines.

    Errors are compared where both have them and `errors` is set. Numbers agree within `tolerance` relative.
    """
    variables = {variable for variable, _ in base} & {variable for variable, _ in other}
    cells, found = ({key for key in table if key[0] in variables} for table in (base, other))
    if not cells or cells != found:
        yield f"other cells: {len(cells)} and {len(found)}, e.g. {sorted(cells ^ found)[:3]}"
        return
    for key in sorted(cells):
        for what, left, right in zip(("mean", "se"), base[key], other[key]):
            compared = left is not None and right is not None and (errors or what == "mean")
            if compared and not abs(left - right) <= tolerance * abs(left):
                yield f"{key}: {what} {left!r} and {right!r}"


def greatest_difference(base, other):
    """The greatest relative differences of means and of errors (None where there are no errors)."""
    greatest = [0.0, None]
    for key in base.keys() & other.keys():
        for place, (left, right) in enumerate(zip(base[key], other[key])):
            if left and right is not None:
                greatest[place] = max(greatest[place] or 0.0, abs(left - right) / abs(left))
    return greatest


def median_ratio_of_errors(base, other):
    """The median over cells of other's standard error to base's."""
    return statistics.median(other[key][1] / base[key][1] for key in base.keys() & other.keys()
                             if base[key][1] and other[key][1] is not None)
