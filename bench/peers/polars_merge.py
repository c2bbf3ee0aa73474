"""polars."""

import os
import sys

if "--cores" in sys.argv:
    os.environ["POLARS_MAX_THREADS"] = sys.argv[sys.argv.index("--cores") + 1]

import polars as pl
from job import Job, run


def written(job: Job):
    """As people write it: read every file, concatenate diagonally, write."""
    job.untar()
    counts = {}
    for table in job.tables:
        frames = [pl.read_csv(path, infer_schema=False) for path in job.members(table)]
        merged = pl.concat(frames, how="diagonal")
        merged.write_csv(job.target(table))
        nulls = merged.null_count().row(0, named=True)
        counts[table] = {"rows": merged.height, "nulls": nulls}
    return counts


def tuned(job: Job):
    """One lazy scan per header, streamed to the file; the counts are taken from the same scan."""
    job.untar_in_parallel()
    counts = {}
    for table in job.tables:
        scans = [
            pl.scan_csv(paths, schema={column: pl.String for column in header}, glob=False)
            for header, paths in job.members_by_header(table).items()
        ]
        merged = pl.concat(scans, how="diagonal")
        sink = merged.sink_csv(job.target(table), lazy=True, maintain_order=False)
        aggregates = merged.select(pl.len().alias("\0rows"), pl.all().null_count())
        _, result = pl.collect_all([sink, aggregates], engine="streaming")
        nulls = result.row(0, named=True)
        counts[table] = {"rows": nulls.pop("\0rows"), "nulls": nulls}
    return counts


run(written=written, tuned=tuned)
