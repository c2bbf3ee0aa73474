"""DuckDB."""

import duckdb
from job import Job, run, union


def connect(job: Job) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": job.cores})
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET temp_directory = '{job.work}/duckdb'")
    return connection


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def written(job: Job):
    """As people write it: one table from a glob, by name; copy it out; count in it."""
    job.untar()
    connection = connect(job)
    counts = {}
    for table in job.tables:
        source = f"read_csv('{job.work}/{table}_*.csv', union_by_name = true, all_varchar = true)"
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {source}")
        connection.execute(f"COPY {table} TO '{job.target(table)}' (HEADER)")
        columns = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
        counts[table] = count(connection, columns, table)
        connection.execute(f"DROP TABLE {table}")
    return counts


def tuned(job: Job):
    """Nothing sniffed: one scan per header with its columns given, order given up, streamed to the file."""
    job.untar_in_parallel()
    connection = connect(job)
    connection.execute("SET preserve_insertion_order = false")
    counts = {}
    for table in job.tables:
        groups = job.members_by_header(table)
        scans = [scan(header, paths) for header, paths in groups.items()]
        merged = " UNION ALL BY NAME ".join(f"SELECT * FROM {scan}" for scan in scans)
        connection.execute(f"COPY ({merged}) TO '{job.target(table)}' (HEADER)")
        counts[table] = count(connection, union(groups), f"({merged})")
    return counts


def scan(header, paths) -> str:
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in header)
    files = ", ".join(f"'{path}'" for path in paths)
    return (
        f"read_csv([{files}], columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        "quote = '\"', escape = '\"', new_line = '\\n')"
    )


def count(connection: duckdb.DuckDBPyConnection, columns: list[str], source: str):
    present = ", ".join(f"count({quoted(column)})" for column in columns)
    rows, *filled = connection.execute(f"SELECT count(*), {present} FROM {source}").fetchone()
    return {"rows": rows, "nulls": {column: rows - n for column, n in zip(columns, filled)}}


run(written=written, tuned=tuned)
