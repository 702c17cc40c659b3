"""Which column holds what 列映射, as it is kept and as rows are read by it."""

from collections.abc import Mapping as Mapped
from typing import Any

from services.intake.importing.rows import Column, Plan
from services.intake.importing.schemas import Mapping


def plan_of(mapping: Mapped[str, Any], kind: str) -> Plan:
    """How rows are read. In a CSV a row longer than the head has come apart; in a sheet it has a note beside it."""
    names = mapping["names"]
    values, fixed = mapping.get("values", {}), mapping.get("fixed", {})
    places = {field: names.index(name) for name, field in mapping["columns"].items() if field and name in names}
    columns = (
        Column(field, places.get(field), values.get(field, {}), fixed.get(field, "")) for field in {**places, **fixed}
    )
    return Plan(tuple(columns), len(names) if kind == "csv" else None)


def shown(mapping: Mapped[str, Any]) -> Mapping:
    """The mapping as it is answered."""
    return Mapping(**{part: mapping[part] for part in ("columns", "values", "fixed") if part in mapping})


def to_keep(mapping: Mapped[str, Any], form: Mapping) -> dict[str, Any]:
    """What the source keeps: this file's columns beside those of its earlier files."""
    given = form.model_dump(include={"columns", "values", "fixed"})
    return {**given, "columns": {**mapping.get("columns", {}), **given["columns"]}}
