"""Our on-time rule against a city's own flag: Boston's 311 requests of 2011 (38,719 of them carry it)."""

import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest

from casework.rules.rates import on_time


def moment(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell) if cell else None


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, str]]:
    with gzip.open(shared_data / "311" / "boston_2011.csv.gz", "rt", newline="") as file:
        return list(csv.DictReader(file))


def test_every_flag_of_the_city_is_ours(rows: list[dict[str, str]]) -> None:
    flagged = [row for row in rows if row["ontime"]]
    assert len(flagged) == 38_719
    different = [
        row["case_enquiry_id"]
        for row in flagged
        if on_time(moment(row["closed_dt"]), moment(row["target_dt"])) != (row["ontime"] == "ONTIME")
    ]
    assert different == []


def test_the_file_has_every_kind_of_case(rows: list[dict[str, str]]) -> None:
    """Closed in time, closed late, closed and open without a target, open past its target as of the file."""
    kinds = {(bool(row["target_dt"]), bool(row["closed_dt"]), row["ontime"]) for row in rows if row["ontime"]}
    assert kinds == {
        (True, True, "ONTIME"),
        (True, True, "OVERDUE"),
        (False, True, "ONTIME"),
        (False, False, "ONTIME"),
        (True, False, "OVERDUE"),
    }
    observed = max(row["closed_dt"] for row in rows)
    still_open = [row for row in rows if row["ontime"] and row["target_dt"] and not row["closed_dt"]]
    assert all(row["target_dt"] < observed for row in still_open)
