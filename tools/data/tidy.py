#!/usr/bin/env python3
"""Shared parts of the generators: reading, writing and naming units. No network, no rule of an index."""
import csv
import os
import re
import unicodedata

# Spellings of the sources that differ from the official names in more than case, marks and spaces.
SPELLINGS = {
    "hochiminhcity": "79",
    "tphcm": "79",
    "tthue": "46",
    "brvt": "77",
}


def fold(text):
    """A name without marks, case, spaces and punctuation."""
    text = text.replace("Đ", "D").replace("đ", "d")
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub("[^a-z0-9]", "", plain.lower())


def rows(path):
    """The rows of a CSV file as dictionaries; blank lines are skipped, an unnamed surplus cell is an error."""
    with open(path, encoding="utf-8-sig", newline="") as handle:
        found = list(csv.DictReader(handle))
    for number, row in enumerate(found, 2):
        if None in row:
            raise SystemExit(f"{path}: row {number}: more cells than the header names")
    return found


def write(path, header, lines):
    """Write a CSV file with `\\n` line ends and say how many rows it got."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(header)
        out.writerows(lines)
    print(f"{path}: {len(lines)} rows")


class Units:
    """The 63 provinces by official code; looks names up without regard to marks and case."""

    def __init__(self, shared):
        self.codes = {}
        for row in rows(f"{shared}/papi/provinces.csv"):
            for name in (row["name_en"], row["name_vi"]):
                self.codes[fold(name)] = row["code"]
        if len(set(self.codes.values())) != 63:
            raise SystemExit(f"expected 63 provinces, found {len(set(self.codes.values()))}")
        self.codes.update(SPELLINGS)

    def code(self, name):
        """The code of a name, or an error that repeats the name."""
        try:
            return self.codes[fold(name)]
        except KeyError:
            raise SystemExit(f"unknown province name: {name!r}") from None
