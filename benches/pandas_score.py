"""The peer: PAPI's totals, ranks and groups as an analyst would compute them with pandas.

Usage: pandas_score.py PACK_FOLDER OBSERVATIONS_CSV OUT_CSV
Writes edition,unit,total,rank,group (1 = highest); units without a total have no rank and no group.
"""

import pathlib
import sys
import tomllib

import numpy as np
import pandas as pd


def missing_rules(pack):
    """edition → whether units without a total count as zero in the percentiles; else False."""
    definition = tomllib.loads((pack / "index.toml").read_text(encoding="utf-8"))
    rules = {}
    for version in definition["version"]:
        group = version["group"]
        span = version["editions"]
        editions = range(span["from"], span["to"] + 1) if isinstance(span, dict) else span
        for edition in editions:
            rules[edition] = group.get("missing") == "zero"
        for exception in group.get("edition", []):
            rules[exception["edition"]] = exception.get("missing", group.get("missing")) == "zero"
    return rules


def totals(observations):
    """Dimension = sum of its sub-dimensions, total = sum of dimensions; a missing part, no total."""
    wide = observations.pivot(index=["edition", "unit"], columns="node", values="value")
    parts = []
    for _, edition in wide.groupby(level="edition"):
        # A sub-dimension that no unit has in an edition is not part of that edition's index.
        edition = edition.dropna(axis="columns", how="all")
        dimensions = edition.T.groupby(lambda node: node.split(".")[0]).sum(min_count=1).T
        lacking = edition.isna().any(axis="columns")
        parts.append(dimensions.sum(axis="columns").where(~lacking))
    return pd.concat(parts).rename("total")


def with_ranks(total, rules, unit_count):
    """Ranks, best first, ties sharing the best; quartile groups by linear percentiles."""
    frames = []
    for edition, scores in total.dropna().groupby(level="edition"):
        basis = scores.to_numpy()
        if rules[edition]:
            basis = np.append(basis, np.zeros(unit_count - len(basis)))
        cuts = np.percentile(basis, [25, 50, 75])
        frames.append(pd.DataFrame({
            "total": scores,
            "rank": scores.round(6).rank(method="min", ascending=False).astype(int),
            "group": 4 - np.searchsorted(cuts, scores.to_numpy(), side="right"),
        }))
    return pd.concat(frames)


def main(pack, data, out):
    """Reads, computes, writes."""
    observations = pd.read_csv(data, dtype={"unit": str, "node": str})
    result = with_ranks(totals(observations), missing_rules(pathlib.Path(pack)),
                        observations["unit"].nunique())
    result.to_csv(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
