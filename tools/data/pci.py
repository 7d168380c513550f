#!/usr/bin/env python3
"""Writes data/pci from the collected figures: python3 pci.py SHARED_DATA PROJECT

Only editions since 2013 (ten sub-indices). A unit and edition that two sources give must agree; a total that
the inferred weights miss by more than 0.03 is kept and marked."""
import sys

from tidy import Units, rows, write

FIRST_EDITION = 2013
NODES = ["entry", "land", "transparency", "time", "informal", "policy_bias", "proactivity",
         "business_support", "labor", "legal"]
TABLE_COLUMNS = ["entry_costs", "land_access", "transparency", "time_costs", "informal_charges", "policy_bias",
                 "proactivity", "business_support", "labor_training", "legal_institutions"]
WEIGHTS = {range(2013, 2022): [5, 5, 20, 5, 10, 5, 5, 20, 20, 5], range(2022, 2025): [5, 10, 5, 5, 15, 10, 15, 15, 10, 10]}
TOLERANCE = 0.03


def collected_rows(shared, units):
    """Every row of the panels and tables as (edition, unit, sub-indices, total, rank, tier, source)."""
    for row in rows(f"{shared}/pci/subindices_panels.csv"):
        yield (int(row["year"]), units.code(row["province"]), [row[node] for node in NODES], row["pci"],
               row["rank"], "", row["source"])
    for row in rows(f"{shared}/pci/subindices_tables.csv"):
        address = row["source"].partition(" (")[0]
        yield (int(row["year"]), units.code(row["province"]), [row[name] for name in TABLE_COLUMNS],
               row["pci_score"], row["rank"], row["tier"], address)


def merge_indices(found, values):
    """The cells of two sources together; a cell that both give must be the same number."""
    merged = []
    for left, right in zip(found, values):
        if left and right and float(left) != float(right):
            raise SystemExit(f"conflict: {found} and {values}")
        merged.append(left or right)
    return merged


def weighted_mean(edition, values):
    """Ten times the weighted mean with the inferred weights of the edition."""
    weights = next(w for editions, w in WEIGHTS.items() if edition in editions)
    return sum(weight * float(value) for weight, value in zip(weights, values)) / 10


def note_on(edition, total, values):
    """What a reader must know of a row: a missing sub-index, a contradiction, an inferred year."""
    notes = []
    if values is not None and "" in values:
        notes.append("policy_bias is absent on the page, whose year (2015) is inferred from other pages")
    elif values is not None:
        gap = float(total) - weighted_mean(edition, values)
        if abs(gap) > TOLERANCE + 1e-9:
            notes.append(f"contradicts its sub-indices: published less computed {gap:+.3f}")
    return "; ".join(notes)


def totals_of(shared, units, indices, totals):
    """Adds the totals of the list without sub-indices; returns the rows that are not of a province."""
    national, source = [], ""
    for row in rows(f"{shared}/pci/total_scores.csv"):
        source = source if row["source"] == "same" else row["source"]
        if row["province"].startswith("NATIONAL"):
            statistic = row["province"].removeprefix("NATIONAL ").lower().replace(" ", "_")
            national.append([row["year"], statistic, row["pci"], source])
            continue
        key = int(row["year"]), units.code(row["province"])
        if key in totals:
            if float(totals[key][0]) != float(row["pci"]) or totals[key][1] != row["rank"]:
                raise SystemExit(f"{key}: {totals[key]} and {row}")
        else:
            totals[key] = [row["pci"], row["rank"], source]
            indices.setdefault(key, None)
    return national


def main(shared, project):
    """Write every file."""
    units = Units(shared)
    indices, totals, tiers = {}, {}, []
    for edition, unit, values, total, rank, tier, source in collected_rows(shared, units):
        if edition < FIRST_EDITION:
            continue
        key = edition, unit
        if key in totals and (float(totals[key][0]) != float(total) or totals[key][1] != rank):
            raise SystemExit(f"{key}: two totals or ranks: {totals[key]} and {total}, {rank}")
        indices[key] = merge_indices(indices[key], values) if key in indices else values
        totals.setdefault(key, [total, rank, source])
        if tier:
            tiers.append([edition, unit, tier, total, rank, source])
    national = totals_of(shared, units, indices, totals)
    out = f"{project}/data/pci"
    complete = {key: values for key, values in indices.items() if values is not None and "" not in values}
    write(f"{out}/observations.csv", ["edition", "unit", "node", "value"],
          [[*key, *pair] for key, values in sorted(complete.items())
           for pair in sorted(zip(NODES, values))])
    write(f"{out}/published_totals.csv", ["edition", "unit", "total", "rank", "source", "note"],
          [[*key, *line, note_on(key[0], line[0], indices[key])] for key, line in sorted(totals.items())])
    write(f"{out}/published_tiers.csv", ["edition", "unit", "tier", "total", "rank", "source"],
          sorted(tiers, key=lambda line: (line[0], int(line[4]))))
    write(f"{out}/published_national.csv", ["edition", "statistic", "value", "source"], national)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2])
