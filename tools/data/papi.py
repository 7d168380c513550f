#!/usr/bin/env python3
"""Writes data/papi and tests/data/papi from the collected figures: python3 papi.py SHARED_DATA PROJECT

SHARED_DATA is the folder that holds papi/raw; PROJECT is the folder that holds data/ and tests/.
Needs openpyxl for the official workbook. Every disagreement between two sources is an error."""
import shutil
import sys

import openpyxl

from tidy import Units, rows, write

EDITIONS = range(2011, 2025)
# The workbook's values of 2015 and 2016 are single-precision numbers, the CSVs print nine digits of them.
AGREEMENT = 1e-9
TOTAL_COLUMN = 31


def raw_values(shared, units):
    """{(edition, unit, node): text} of the yearly CSVs; P01–P63 and SC11–SC83 are not official codes."""
    provinces = {
        row["Variable_Code"]: units.code(row["Variable_Name"])
        for row in rows(f"{shared}/papi/raw/codebook_provinces.csv")
    }
    found = {}
    for edition in EDITIONS:
        for row in rows(f"{shared}/papi/raw/{edition}.csv"):
            unit = provinces[row.pop("Province")]
            for column, text in row.items():
                if text.strip():
                    found[edition, unit, f"{column[2]}.{column[3]}"] = text.strip()
    return found


def workbook_values(shared, units):
    """Sub-dimension values, dimension values and totals of the official workbook, 2011–2016."""
    book = openpyxl.load_workbook(f"{shared}/papi/raw/PAPI_2011-2016.xlsx", data_only=True)
    leaves, dimensions, totals = {}, {}, {}
    for sheet in book:
        edition = int(sheet.title[:4])
        lines = list(sheet.iter_rows(values_only=True))
        columns = node_columns(lines[0])
        for line in lines[2:65]:
            unit = f"{line[0]:02d}"
            if unit != units.code(line[1]) or unit != units.code(line[2]):
                raise SystemExit(f"{sheet.title}: {line[:3]} disagree on the province")
            for index, node in columns.items():
                if line[index] is not None:
                    (leaves if "." in node else dimensions)[edition, unit, node] = line[index]
            if line[3] is not None:
                totals[edition, unit] = line[TOTAL_COLUMN]
    return leaves, dimensions, totals


def node_columns(header):
    """Column index → node: a dimension's column stands before those of its parts."""
    sizes = [4, 3, 3, 4, 4, 4]
    columns, index = {}, 3
    for dimension, size in enumerate(sizes, 1):
        columns[index] = str(dimension)
        for part in range(1, size + 1):
            columns[index + part] = f"{dimension}.{part}"
        index += size + 1
    if index != TOTAL_COLUMN or not header[TOTAL_COLUMN].startswith("Un-weighted"):
        raise SystemExit(f"unexpected header of the workbook: {header}")
    return columns


def merged(raw, official):
    """One value a key: the official workbook where it gives one, else the CSV; both must agree."""
    values = dict(raw)
    for key, value in official.items():
        if key not in raw or abs(float(raw[key]) - value) > AGREEMENT:
            raise SystemExit(f"{key}: workbook {value}, CSV {raw.get(key)}")
        values[key] = repr(float(value))
    for key in raw:
        if key[0] <= 2016 and key not in official:
            raise SystemExit(f"{key}: in the CSV but not in the workbook")
    return values


def check_against_collected(shared, values):
    """The collected long file must hold the same cells, and the same numbers."""
    collected = {
        (int(row["edition"]), row["unit"], row["node"]): row["value"]
        for row in rows(f"{shared}/papi/subdimension_scores_2011_2024.csv")
        if row["value"]
    }
    if collected.keys() != values.keys():
        raise SystemExit(f"cells differ: {sorted(collected.keys() ^ values.keys())[:5]}")
    for key, text in collected.items():
        if abs(float(text) - float(values[key])) > AGREEMENT:
            raise SystemExit(f"{key}: collected {text}, here {values[key]}")


def node_of(series):
    """D3 → 3, TOTAL → papi."""
    return "papi" if series == "TOTAL" else series.removeprefix("D")


# The cause of each published value that the figures do not reproduce; keys: edition, unit, node.
CAUSES = {
    (2020, "56", "1"): "printed 3.99, value 3.995239: cut off, not rounded",
    (2021, "77", "papi"): "printed 40.62, value 40.614647: raised in the last digit by the newspaper",
    (2023, "46", "2"): "printed 5.8366, value 5.835605: digit error of the newspaper (5.8356)",
    (2023, "94", "papi"): "printed 45.61, value 45.619611: cut off, not rounded",
    (2023, "95", "papi"): "printed 45.57, value 45.578412: cut off, not rounded",
    (2023, "79", "papi"): "printed 41.77, value 41.775359: cut off, not rounded",
}


def published_values(shared, units):
    """The printed values, text as printed; `status` is `match` or `print-differs` with the cause in `note`."""
    lines = []
    for row in rows(f"{shared}/papi/published_value_checks.csv"):
        key = int(row["year"]), units.code(row["province_en"]), node_of(row["series"])
        matches = row["status"] == "match"
        if matches == (key in CAUSES):
            raise SystemExit(f"{key}: status {row['status']!r} and the list of causes disagree")
        status = "match" if matches else "print-differs"
        lines.append([*key, row["published_value"], status, CAUSES.get(key, ""), row["source"]])
    return sorted(lines, key=lambda line: line[:3])


GROUPS = {"High": 1, "Mid-high": 2, "Mid-low": 3, "Low": 4}


def published_groups(shared):
    """Published boundaries and sizes of groups, of totals and of one map (dimension 6, 2022)."""
    lines = [
        [row["year"], node_of(row["series"]), GROUPS[row["group"]], row["group"], row["low_cut"],
         row["high_cut"], row["n_provinces"], *split_note(row["source"])]
        for row in rows(f"{shared}/papi/published_group_cutoffs.csv")
    ]
    report = "https://fliphtml5.com/vfkvv/ojkr/B%C3%A1o_c%C3%A1o_Ch%E1%BB%89_s%E1%BB%91_PAPI_2022/108"
    bounds = [("7.8579", "8.3148"), ("7.5189", "7.8072"), ("7.2294", "7.5173"), ("6.4132", "7.2275")]
    for (name, number), (low, high) in zip(GROUPS.items(), bounds):
        lines.append(["2022", "6", number, name, low, high, "", "map 3.6 of the report", report])
    sizes = [(2017, "https://enternews.vn/quang-ninh-tang-21-bac-trong-chi-so-papi-2017-127226.html"),
             (2019, "https://ddcilaocai.vn/tin-tuc/cai-thien-nang-cao-chi-so-hieu-qua-quan-tri-va-hanh-chinh"
                    "-cong-cap-tinh-papi-cua-tinh-lao-cai-nam-2020/")]
    for year, source in sizes:
        for (name, number), size in zip(GROUPS.items(), (16, 16, 15, 16)):
            lines.append([str(year), "papi", number, name, "", "", size, "sizes only", source])
    return sorted(lines, key=lambda line: (line[0], line[1], line[2]))


def split_note(source):
    """`address (remark)` → remark, address."""
    address, _, remark = source.partition(" (")
    return remark.removesuffix(")"), address


def sample_sizes(shared):
    """Respondents and sampling units a year; `derived` marks differences of cumulative totals."""
    return [
        [row["year"], row["respondents"], row["provinces"], row["districts"], row["communes"],
         row["villages"], "derived" if "difference of" in row["source"] else "published", row["source"]]
        for row in rows(f"{shared}/papi/sample_sizes.csv")
    ]


STATISTICS = {
    "Unweighted PAPI Score": ("papi", "score"),
    "Unweighted 95% CI Low": ("papi", "ci_low"),
    "Unweighted 95% CI High": ("papi", "ci_high"),
    "Unweighted Standard Error": ("papi", "se"),
    "Dimension 1: Participation": ("1", "score"),
    "Civic Knowledge": ("1.1", "score"),
    "Proportion with Civic Knowledge": ("1.1", "indicator"),
    "Knowledge of Leaders": ("1.1", "indicator"),
    "Opportunties for Participation in Elections": ("1.2", "score"),
}


def indicator_rows(shared, units):
    """The only official rows below the sub-dimensions that were seen, with the errors of the total."""
    return [
        [row["year"], units.code(row["province_en"]), *STATISTICS[row["label_en"]], row["label_en"],
         row["label_vi"], row["scale"], row["value"], row["source"]]
        for row in rows(f"{shared}/papi/indicator_rows_2023_three_provinces.csv")
    ]


def copy_originals(shared, project):
    """The originals that an import test reads, unchanged."""
    for name in ("PAPI_2011-2016.xlsx", "2016.csv", "2017.csv", "2018.csv", "2024.csv"):
        shutil.copyfile(f"{shared}/papi/raw/{name}", f"{project}/tests/data/papi/{name}")


def main(shared, project):
    """Write every file."""
    units = Units(shared)
    leaves, dimensions, totals = workbook_values(shared, units)
    values = merged(raw_values(shared, units), leaves)
    check_against_collected(shared, values)
    out = f"{project}/data/papi"
    write(f"{out}/observations.csv", ["edition", "unit", "node", "value"],
          [[*key, text] for key, text in sorted(values.items())])
    write(f"{out}/published_totals_2011_2016.csv", ["edition", "unit", "node", "value"],
          sorted([[*key, repr(float(value))] for key, value in dimensions.items()]
                 + [[*key, "papi", repr(float(value))] for key, value in totals.items()],
                 key=lambda line: (line[0], line[1], line[2] != "papi", line[2])))
    write(f"{out}/published_values.csv",
          ["edition", "unit", "node", "printed", "status", "note", "source"], published_values(shared, units))
    write(f"{out}/published_groups.csv",
          ["edition", "node", "group", "group_name", "low", "high", "size", "note", "source"],
          published_groups(shared))
    write(f"{out}/sample_sizes.csv",
          ["edition", "respondents", "provinces", "districts", "communes", "villages", "status", "source"],
          sample_sizes(shared))
    write(f"{out}/indicator_rows_2023.csv",
          ["edition", "unit", "node", "statistic", "label_en", "label_vi", "scale", "value", "source"],
          indicator_rows(shared, units))
    copy_originals(shared, project)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])
