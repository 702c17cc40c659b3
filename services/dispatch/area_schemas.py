"""What the tree of areas shows 区划."""

from typing import Any

from pydantic import BaseModel

from casework.catalog.areas import AreaLevel


class AreaView(BaseModel):
    """区划: its full name beside its own; how many grids stand in it; whether areas lie below it."""

    code: str
    name: str
    full_name: str
    level: AreaLevel
    level_text: str
    grids: int
    below: bool


class AreaPage(BaseModel):
    """Areas by code. `path`: from the top of the reader's area to the one asked for; `next` is the cursor of the
    following page, null on the last."""

    path: list[AreaView]
    items: list[AreaView]
    next: str | None


class Outline(BaseModel):
    """界线: the county's, GeoJSON in CGCS2000; null where none is known."""

    outline: dict[str, Any] | None
