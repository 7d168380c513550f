"""The peers of `chiso estimate`, each run as a process of its own: python peers.py WHAT FILE [OUT [NUMBER]].

Each writes CSV with the columns variable,province,mean,se (se empty where the peer computes none).
"""

import sys

VARIABLES = [f"x{number:03d}" for number in range(1, 121)]
DESIGN = ["province", "vstrat", "vpsu", "w"]


def polars_means(path, out):
    """The plain weighted group-by: means without errors, lazily from the file."""
    import polars as pl
    weight = pl.col("w")
    # x.is_not_null() * w is several times as fast as w.filter(x.is_not_null()).
    means = [((pl.col(x) * weight).sum() / (pl.col(x).is_not_null() * weight).sum()).alias(x) for x in VARIABLES]
    table = pl.scan_parquet(path).group_by("province").agg(means).collect()
    table.unpivot(index="province", variable_name="variable", value_name="mean").select(
        "variable", "province", "mean", pl.lit(None).alias("se")).write_csv(out)


def scan_polars(path):
    """Reads the columns that the estimates need, and does nothing with them."""
    import polars as pl
    pl.scan_parquet(path).select([*DESIGN, *VARIABLES]).collect()


def scan_arrow(path):
    """The same with Arrow, one row group after the other, so that little memory is held."""
    import pyarrow.parquet as pq
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        file.read_row_group(group, columns=[*DESIGN, *VARIABLES])


def svy_means(path, out, number):
    """Means with Taylor errors by svy, of the first `number` variables."""
    import polars as pl
    import svy
    variables = VARIABLES[:int(number)]
    sample = svy.Sample(pl.read_parquet(path, columns=[*DESIGN, *variables]),
                        svy.Design(stratum="vstrat", psu="vpsu", wgt="w"))
    sample.estimation.mean(variables, by="province", drop_nulls=True).to_polars().select(
        pl.col("y").alias("variable"), "province", pl.col("est").alias("mean"), "se").write_csv(out)


def columns_for_r(path, out, number):
    """The design and the first `number` variables as CSV, since Debian's R reads no Parquet."""
    import polars as pl
    pl.scan_parquet(path).select([*DESIGN, *VARIABLES[:int(number)]]).sink_csv(out)


if __name__ == "__main__":
    {"polars": polars_means, "scan-polars": scan_polars, "scan-arrow": scan_arrow, "svy": svy_means,
     "columns-for-r": columns_for_r}[sys.argv[1]](*sys.argv[2:])
