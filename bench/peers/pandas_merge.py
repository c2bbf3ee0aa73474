"""pandas, as people write it: read every file, concatenate, write."""

import pandas as pd
from job import Job, run


def written(job: Job):
    job.untar()
    counts = {}
    for table in job.tables:
        frames = [
            pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]) for path in job.members(table)
        ]
        merged = pd.concat(frames, ignore_index=True)
        merged.to_csv(job.target(table), index=False)
        nulls = {column: int(count) for column, count in merged.isna().sum().items()}
        counts[table] = {"rows": len(merged), "nulls": nulls}
    return counts


run(written=written)
