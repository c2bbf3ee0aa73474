"""
A DAG that Partnerday triggers for every published version (`airflow: {dag: partnerday_triggered}` in the partner's file).
Everything a run needs is in its conf: docs/airflow.md has the fields.
"""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(dag_id="partnerday_triggered", schedule=None, start_date=datetime(2026, 1, 1), tags=["partnerday"])
def partnerday_triggered():
    @task
    def check(dag_run=None) -> dict:
        conf = dag_run.conf or {}
        if conf.get("status") != "published":
            raise AirflowFailException(f"this is no published version: {conf.get('status')}")
        return conf

    @task
    def use(conf: dict) -> None:
        print(f"{conf['partner']} {conf['date']}: version {conf['version']}, score {conf['score']}")
        for name, table in conf["tables"].items():
            print(f"{name}: {table['status']} {conf['store']}/{table['key']}")

    use(check())


partnerday_triggered()
