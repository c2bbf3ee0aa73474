"""PySpark, local mode."""

import logging
import shutil
from functools import reduce

from job import Job, run
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

# Without these Spark reads doubled quotes wrongly, and trims values when it writes.
READ = {"header": True, "quote": '"', "escape": '"'}
WRITE = {
    "quote": '"',
    "escape": '"',
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}


def start(job: Job) -> SparkSession:
    logging.getLogger("py4j").setLevel(logging.ERROR)
    session = (
        SparkSession.builder.master(f"local[{job.cores}]")
        .config("spark.driver.memory", "4g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .config("spark.local.dir", str(job.work / "spark"))
        .config("spark.sql.shuffle.partitions", job.cores)
        .config("spark.sql.warehouse.dir", str(job.work / "warehouse"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


def merge(frames: list[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def count(merged: DataFrame):
    aggregates = [F.count("*").alias("\0rows")]
    aggregates += [F.count(F.when(F.col(column).isNull(), 1)).alias(column) for column in merged.columns]
    nulls = merged.agg(*aggregates).first().asDict()
    return {"rows": nulls.pop("\0rows"), "nulls": nulls}


def written(job: Job):
    """As people write it: a frame per file (a glob takes the first file's header for all), united by name, one partition."""
    job.untar()
    session = start(job)
    counts = {}
    for table in job.tables:
        merged = merge([session.read.options(**READ).csv(str(path)) for path in job.members(table)])
        parts = job.work / f"{table}.parts"
        merged.coalesce(1).write.options(header=True, **WRITE).csv(str(parts))
        shutil.move(next(parts.glob("part-*.csv")), job.target(table))
        counts[table] = count(merged)
    session.stop()
    return counts


def tuned(job: Job):
    """A frame per header with its schema given, parts written in parallel and joined behind one header line."""
    job.untar_in_parallel()
    session = start(job)
    counts = {}
    for table in job.tables:
        merged = merge(
            [
                session.read.schema(", ".join(f"`{column}` STRING" for column in header))
                .options(enforceSchema=True, **READ)
                .csv([str(path) for path in paths])
                for header, paths in job.members_by_header(table).items()
            ]
        )
        parts = job.work / f"{table}.parts"
        merged.write.options(header=False, **WRITE).csv(str(parts))
        with job.target(table).open("wb") as out:
            out.write((",".join(merged.columns) + "\n").encode())
            for part in sorted(parts.glob("part-*.csv")):
                with part.open("rb") as rows:
                    shutil.copyfileobj(rows, out, 1 << 20)
        counts[table] = count(merged)
    session.stop()
    return counts


run(written=written, tuned=tuned)
