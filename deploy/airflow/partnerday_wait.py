"""
Waits until Partnerday has published a partner's day, and refuses a day that is held or not good enough.

Put this file and partnerday_publication.py into the DAGs folder, and set what stands in capitals. The DAG that
Partnerday triggers by itself needs none of this: see partnerday_triggered.py.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from airflow.sdk import ObjectStoragePath, PokeReturnValue, dag, task
from airflow.sdk.exceptions import AirflowFailException
from partnerday_publication import HeldDay, NotGoodEnough, read_publication, require

# Where Partnerday's store is: file:///data/drops, or s3://connection@bucket/prefix
STORE = "file:///data/drops"
PARTNER = "acme"
# Without these the day is of no use downstream.
TABLES: list[str] = []
LEAST_SCORE = 80


@dag(
    dag_id="partnerday_wait",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["partnerday"],
)
def partnerday_wait():
    @task.sensor(poke_interval=60, timeout=timedelta(hours=12), mode="reschedule")
    def published(ds: str) -> PokeReturnValue:
        try:
            publication = read_publication(ObjectStoragePath(STORE), PARTNER, ds)
            if publication is None:
                return PokeReturnValue(is_done=False)
            require(publication, TABLES, LEAST_SCORE)
        except (HeldDay, NotGoodEnough) as refused:
            # Trying again would give the same answer: a person has to decide.
            raise AirflowFailException(str(refused)) from refused
        keys = {name: table["key"] for name, table in publication.tables.items() if "key" in table}
        return PokeReturnValue(is_done=True, xcom_value={"version": publication.version, "keys": keys})

    @task
    def use(publication: dict) -> None:
        # Yours: every key is one finished CSV, and stays as it is while it is published.
        for table, key in publication["keys"].items():
            print(f"{table}: {STORE}/{key}")

    use(published())


partnerday_wait()
