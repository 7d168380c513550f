#!/usr/bin/env python3
"""Recomputes from packs/ and data/ every result that docs/methods quotes: python3 check.py PROJECT

It shares no code with the engine, so that the two can be held against each other. Ends with an error at the first
result that differs from what was published, unless the difference is named in the data."""
import sys
import tomllib
from collections import defaultdict

from tidy import rows

PRINT = 1e-9


class Pack:
    """The leaves, parents and weights of every version of a pack, and its groups."""

    def __init__(self, folder):
        with open(f"{folder}/index.toml", "rb") as handle:
            self.definition = tomllib.load(handle)
        self.versions = {}
        for version in self.definition["version"]:
            nodes = {row["code"]: row for row in rows(f"{folder}/{version['id']}/nodes.csv")}
            span = version["editions"]
            for edition in range(span["from"], span["to"] + 1):
                self.versions[edition] = version, nodes

    def scores(self, edition, values):
        """All node scores of one unit: {node: score}; a node that lacks a part has none."""
        version, nodes = self.versions[edition]
        step = version["step"][0]
        found = dict(values)
        parents = [code for code in nodes if any(row["parent"] == code for row in nodes.values())]
        for code in sorted(parents, key=lambda code: nodes[code]["parent"] == ""):
            parts = [(found.get(c), float(row["weight"] or 1)) for c, row in nodes.items() if row["parent"] == code]
            if all(value is not None for value, _ in parts):
                total = sum(value * weight for value, weight in parts)
                found[code] = total if step["method"] == "sum" else (
                    step["factor"] * total / sum(weight for _, weight in parts))
        return found


def load(project, name):
    """(pack, {(edition, unit): {node: score}}); a value outside its node's range ends the run."""
    pack = Pack(f"{project}/packs/{name}")
    values = defaultdict(dict)
    for row in rows(f"{project}/data/{name}/observations.csv"):
        edition, value = int(row["edition"]), float(row["value"])
        node = pack.versions[edition][1][row["node"]]
        if not float(node["min"]) <= value <= float(node["max"]):
            raise SystemExit(f"outside {node['min']}..{node['max']}: {row}")
        if row["node"] in values[edition, row["unit"]]:
            raise SystemExit(f"twice: {row}")
        values[edition, row["unit"]][row["node"]] = value
    return pack, {key: pack.scores(key[0], cells) for key, cells in values.items()}


def percentile(values, probability):
    """Linear interpolation between order statistics (Excel's PERCENTILE.INC)."""
    values = sorted(values)
    place = (len(values) - 1) * probability
    low = int(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def quartiles(scores, edition, node, missing, unit_count=63):
    """[(lowest, highest, size)] of the four groups, best first."""
    scored = [cells[node] for (year, _), cells in scores.items() if year == edition and node in cells]
    pool = scored + [0.0] * ((unit_count - len(scored)) if missing == "zero" else 0)
    cuts = [percentile(pool, p) for p in (0.75, 0.5, 0.25)] + [float("-inf")]
    groups = [[] for _ in cuts]
    for score in scored:
        groups[next(i for i, cut in enumerate(cuts) if score >= cut)].append(score)
    return [(min(group), max(group), len(group)) for group in groups]


def missing_rule(pack, edition):
    """How the pack counts units without a total in an edition."""
    group = pack.versions[edition][0]["group"]
    own = [entry["missing"] for entry in group.get("edition", []) if entry["edition"] == edition]
    return own[0] if own else group["missing"]


def matches(printed, value):
    """Printed decimals are rounded; more than five are a single-precision print."""
    decimals = len(printed.partition(".")[2])
    tolerance = 5e-6 if decimals > 5 else 0.5 * 10.0 ** -decimals + PRINT
    return abs(float(printed) - value) <= tolerance


def check_papi(project):
    """Official sums, published values, groups."""
    pack, scores = load(project, "papi")
    gaps = defaultdict(float)
    for row in rows(f"{project}/data/papi/published_totals_2011_2016.csv"):
        gap = abs(scores[int(row["edition"]), row["unit"]][row["node"]] - float(row["value"]))
        kind = "total" if row["node"] == "papi" else "dimension"
        gaps[kind] = max(gaps[kind], gap)
    print(f"official 2011-2016: dimensions within {gaps['dimension']:.7f}, totals within {gaps['total']:.7f}")
    reproduced = 0
    published = rows(f"{project}/data/papi/published_values.csv")
    for row in published:
        same = matches(row["printed"], scores[int(row["edition"]), row["unit"]][row["node"]])
        if same != (row["status"] == "match"):
            raise SystemExit(f"status and figures disagree: {row}")
        reproduced += same
    print(f"published values: {reproduced} of {len(published)} reproduced, the others are named in the file")
    check_groups(project, pack, scores)
    for edition in sorted(pack.versions):
        for rule in ("exclude", "zero"):
            shown = "/".join(str(size) for *_, size in quartiles(scores, edition, "papi", rule))
            chosen = " (pack)" if rule == missing_rule(pack, edition) else ""
            print(f"  {edition} {rule}: {shown}{chosen}")


def check_groups(project, pack, scores):
    """Published group boundaries to the printed digits, and sizes."""
    for row in rows(f"{project}/data/papi/published_groups.csv"):
        edition = int(row["edition"])
        low, high, size = quartiles(scores, edition, row["node"], missing_rule(pack, edition))[int(row["group"]) - 1]
        for printed, value in ((row["low"], low), (row["high"], high)):
            if printed and not matches(printed, value):
                raise SystemExit(f"boundary {value:.4f}: {row}")
        if row["size"] and int(row["size"]) != size:
            print(f"  not reproduced, size {size}: {row['edition']} {row['group_name']} {row['size']}, {row['note']}")


def check_pci(project):
    """Published totals against the weighted means, by edition; tiers against the cuts."""
    pack, scores = load(project, "pci")
    gaps = defaultdict(list)
    for row in rows(f"{project}/data/pci/published_totals.csv"):
        cells = scores.get((int(row["edition"]), row["unit"]), {})
        if "pci" in cells:
            gap = float(row["total"]) - cells["pci"]
            if (abs(gap) > 0.03 + PRINT) != row["note"].startswith("contradicts"):
                raise SystemExit(f"published less computed {gap:+.3f}: {row}")
            gaps[int(row["edition"])].append((abs(gap), bool(row["note"])))
    for edition, found in sorted(gaps.items()):
        fitting = [gap for gap, contradictory in found if not contradictory]
        print(f"  {edition}: {len(found)} rows, {len(found) - len(fitting)} contradictory, "
              f"largest error of the others {max(fitting, default=float('nan')):.3f}")
    tiers = 0
    for row in rows(f"{project}/data/pci/published_tiers.csv"):
        edition = int(row["edition"])
        group = pack.versions[edition][0]["group"]
        cuts = next(entry["cutpoints"] for entry in group["edition"] if entry["edition"] == edition)
        score = scores.get((edition, row["unit"]), {}).get("pci", float(row["total"]))
        place = next((i for i, cut in enumerate(cuts) if score >= cut), None)
        named = group["names"][place]["vi"] if place is not None else None
        if named != row["tier"] and not (named is None and row["tier"] == "Khá"):
            raise SystemExit(f"tier {named}: {row}")
        tiers += named is not None
    print(f"  tiers: {tiers} rows of the two upper tiers reproduced, the rest lie below the known cuts")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    check_papi(sys.argv[1])
    check_pci(sys.argv[1])
