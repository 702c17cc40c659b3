"""A list's own values as others than its bringer see them 脱敏."""

from collections.abc import Mapping, Sequence
from typing import Any

from casework.kit.masking import mask_name, mask_phone, mask_text

_HIDDEN = ("recording",)


def masked_row(mapping: Mapping[str, Any], cells: Sequence[str]) -> list[str]:
    """The row with phones and names masked by their column, and in texts wherever they stand."""
    columns = dict(zip(mapping["names"], cells, strict=False))
    fields = mapping["columns"]
    names = [value for name, value in columns.items() if fields.get(name) in ("name", "proxy_for")]
    return [_masked(fields.get(name), cell, names) for name, cell in columns.items()]


def _masked(field: str | None, cell: str, names: Sequence[str]) -> str:
    if field == "phone":
        return mask_phone(cell)
    if field in ("name", "proxy_for"):
        return mask_name(cell)
    return "" if field in _HIDDEN else mask_text(cell, names)
