"""A case as a line of a list 清单行: masked, in the reader's language, times of Asia/Shanghai."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from casework.catalog.load import Catalog
from casework.kit.masking import mask_text
from casework.kit.now import in_shanghai
from casework.kit.safe_cells import Cell
from casework.kit.texts import TEXTS, Lang, t
from casework.rules.words import Status

TEXTS.add(Path(__file__).parent / "locales")
COLUMNS = (
    *("case_no", "status", "kind", "category", "urgency", "channel", "area", "unit", "title", "created_at"),
    *("accepted_at", "due", "completed_at", "responded", "on_time", "exclusion", "rework_count", "solved"),
    "satisfaction",
)


def head(lang: Lang) -> list[str]:
    """The columns' names."""
    return [t(f"case_list.column.{name}", lang) for name in COLUMNS]


class Lines:
    """Makes lines of rows; an area's name is looked up once."""

    def __init__(self, catalog: Catalog, lang: Lang) -> None:
        self._catalog, self._lang, self._areas = catalog, lang, dict[str, str]()

    def of(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[list[Cell]]:
        """The lines of some rows."""
        return [self._line(row) for row in rows]

    def _line(self, row: Row[*tuple[Any, ...]]) -> list[Cell]:
        category = self._catalog.categories.get(row.category or "")
        return [
            row.case_no,
            Status(row.status).zh if self._lang == "zh-CN" else row.status,
            self._word("report.kind", row.kind),
            category.name if category else row.category,
            self._word("report.urgency", row.urgency),
            self._word("report.channel", row.channel),
            self._area(row.area_code),
            row.unit,
            # who reported wrongdoing, and about what, is not in any list
            t("case_list.guarded", self._lang) if row.guarded else mask_text(row.title),
            *(_minute(at) for at in (row.created_at, row.accepted_at, row.due, row.completed_at)),
            *(self._yes(said) for said in (row.responded, row.on_time)),
            self._word("report.exclusion", row.exclusion),
            row.rework_count,
            self._yes(row.solved),
            self._word("case_list.grade", row.satisfaction),
        ]

    def _area(self, code: str) -> str:
        if code not in self._areas:
            self._areas[code] = self._catalog.areas.name_path(code) or code
        return self._areas[code]

    def _word(self, words: str, code: str | None) -> str | None:
        return t(f"{words}.{code}", self._lang) if code else None

    def _yes(self, said: bool | None) -> str | None:
        return None if said is None else t(f"case_list.{'yes' if said else 'no'}", self._lang)


def _minute(at: datetime | None) -> str | None:
    return f"{in_shanghai(at):%Y-%m-%d %H:%M}" if at is not None else None
