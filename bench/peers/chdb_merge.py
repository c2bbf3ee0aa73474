"""chDB: ClickHouse in the process. It reads members of a tar.gz by itself."""

import json

from chdb.session import Session
from job import Job, run, union

SETTINGS = {
    "input_format_csv_empty_as_default": 1,
    "format_csv_null_representation": "''",
    "engine_file_truncate_on_insert": 1,
    "input_format_null_as_default": 0,
}


def written(job: Job):
    """As people write it: the archives' members by a glob, the schema inferred, the counts from what was written."""
    settings = {
        **SETTINGS,
        "max_threads": job.cores,
        "schema_inference_mode": "'union'",
        "schema_inference_make_columns_nullable": 1,
        # Every value is text.
        "input_format_csv_use_best_effort_in_schema_inference": 0,
    }
    session = Session(str(job.work / "chdb"))
    counts = {}
    for table in job.tables:
        source = f"file('{job.landing}/*.tar.gz :: {table}_*.csv', 'CSVWithNames')"
        query(session, f"INSERT INTO FUNCTION file('{job.target(table)}', 'CSVWithNames') SELECT * FROM {source}", settings)
        merged = f"file('{job.target(table)}', 'CSVWithNames')"
        described = query(session, f"DESCRIBE {merged}", settings, "JSONCompactColumns")
        counts[table] = count(session, json.loads(described)[0], merged, settings)
    return counts


def tuned(job: Job):
    """Unpacked in parallel beforehand, the schema given, the rest of the checks of types switched off."""
    job.untar_in_parallel()
    settings = {
        **SETTINGS,
        "max_threads": job.cores,
        "input_format_allow_errors_num": 0,
        "input_format_parallel_parsing": 1,
        "output_format_parallel_formatting": 1,
    }
    session = Session(str(job.work / "chdb"))
    counts = {}
    for table in job.tables:
        columns = union(job.members_by_header(table))
        schema = ", ".join(f"`{column}` Nullable(String)" for column in columns)
        source = f"file('{job.work}/{table}_*.csv', 'CSVWithNames', '{schema}')"
        insert = f"INSERT INTO FUNCTION file('{job.target(table)}', 'CSVWithNames', '{schema}') SELECT * FROM {source}"
        query(session, insert, settings)
        counts[table] = count(session, columns, source, settings)
    return counts


def count(session: Session, columns: list[str], source: str, settings):
    nulls = ", ".join(f"countIf(isNull(`{column}`))" for column in columns)
    text = query(session, f"SELECT count(), {nulls} FROM {source}", settings, "JSONCompactEachRow")
    rows, *empty = map(int, json.loads(text))
    return {"rows": rows, "nulls": dict(zip(columns, empty))}


def query(session: Session, sql: str, settings, form: str = "CSV") -> str:
    tail = ", ".join(f"{name} = {value}" for name, value in settings.items())
    return str(session.query(f"{sql} SETTINGS {tail}", form))


run(written=written, tuned=tuned)
