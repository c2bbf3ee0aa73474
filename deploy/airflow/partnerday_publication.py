"""Reads what Partnerday has published of a partner-day. Needs nothing but Python and something that opens a path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol


class Place(Protocol):
    """A directory: `airflow.sdk.ObjectStoragePath`, `pathlib.Path`, or anything like them."""

    def __truediv__(self, name: str) -> "Place": ...
    def exists(self) -> bool: ...
    def iterdir(self) -> Any: ...
    def read_text(self) -> str: ...


class HeldDay(Exception):
    """A version waits for a person's decision; readers must not go on as if it were out."""


class NotGoodEnough(Exception):
    """The day is published, and is not what was asked for."""


@dataclass(frozen=True)
class Publication:
    partner: str
    date: str
    version: int
    score: int
    tables: dict[str, dict[str, Any]]

    def key(self, table: str) -> str:
        """The object that holds the table, relative to the store's root."""
        found = self.tables.get(table)
        if found is None or "key" not in found:
            raise NotGoodEnough(f"{self.partner} {self.date} has no rows of {table}")
        return found["key"]


def read_publication(store: Place, partner: str, date: str) -> Publication | None:
    """What readers see now; None while nothing is published. Raises HeldDay when a newer version is on hold."""
    day = store / partner / date
    published = _read(day / "published.json")
    held = _newest_held(day, after=published["version"] if published else 0)
    if held is not None:
        raise HeldDay(
            f"version {held['version']} of {partner} {date} scores {held['score']} and waits for a decision:"
            f" partnerday explain {partner} {date}"
        )
    if published is None:
        return None
    if published["status"] != "published":
        raise HeldDay(f"version {published['version']} of {partner} {date} is {published['status']}")
    return Publication(
        partner=published["partner"],
        date=published["date"],
        version=published["version"],
        score=published["score"],
        tables={table["table"]: table for table in published["tables"]},
    )


def require(publication: Publication, tables: list[str], least_score: int) -> Publication:
    """Raises NotGoodEnough when a table that is needed has no fresh rows, or the score is too low."""
    absent = [name for name in tables if publication.tables.get(name, {}).get("status") != "merged"]
    if absent:
        raise NotGoodEnough(f"{publication.partner} {publication.date}: no fresh rows of {', '.join(absent)}")
    if publication.score < least_score:
        raise NotGoodEnough(
            f"{publication.partner} {publication.date} scores {publication.score}, less than {least_score}"
        )
    return publication


def _newest_held(day: Place, after: int) -> dict[str, Any] | None:
    if not day.exists():
        return None
    versions = sorted((_version(entry.name) for entry in day.iterdir()), reverse=True)
    for version in versions:
        if version <= after:
            return None
        held = _read(day / f"v{version}" / "held.json")
        if held is not None:
            # Decided: rejected for good, or about to be released. Either way there is nothing to refuse.
            return None if (day / f"v{version}" / "decision.json").exists() else held
    return None


def _version(name: str) -> int:
    return int(name[1:]) if name[:1] == "v" and name[1:].isdigit() else 0


def _read(path: Place) -> dict[str, Any] | None:
    return json.loads(path.read_text()) if path.exists() else None
