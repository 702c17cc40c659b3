"""The shapes of the import door 导入: a row as it is stored, a mapping, a file as it is shown."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from services.intake.importing.heads import fields
from services.intake.schemas import Code, Statement

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Value = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]


class ImportedRow(Statement):
    """One row of a list. `upstream_no`: the list's own number, the key of a repeat; without one the content is."""

    upstream_no: Code | None = None
    channel: Any = None
    direction: Any = None
    upstream_due: Any = None


class Mapping(BaseModel):
    """列映射: which column holds what. Kept for the source and used again for its next file.

    `columns`: column to field, null: left out. `values`: for a field, their value to ours (占道经营 to 0203).
    `fixed`: what a field is where the row says nothing.
    """

    model_config = ConfigDict(extra="forbid")

    columns: dict[Name, str | None] = Field(default={}, max_length=200)
    values: dict[str, Annotated[dict[Value, Value], Field(max_length=2000)]] = {}
    fixed: dict[str, Value] = {}

    @field_validator("columns")
    @classmethod
    def _known_fields_once(cls, columns: dict[str, str | None]) -> dict[str, str | None]:
        used = [field for field in columns.values() if field is not None]
        if not set(used) <= fields().keys() or len(used) != len(set(used)):
            raise ValueError("import.field_unknown")
        return columns

    @field_validator("values", "fixed")
    @classmethod
    def _known_fields(cls, given: dict[str, Any]) -> dict[str, Any]:
        if not given.keys() <= fields().keys():
            raise ValueError("import.field_unknown")
        return given


class MappingForm(Mapping):
    """The mapping of one file. `header_row`: the row, from 1, that names the columns; 0: none does."""

    header_row: int = Field(ge=0, le=1000)


class FieldAnswer(BaseModel):
    """A field that a column may hold, as it is called."""

    field: str
    zh: str
    en: str


class ProblemAnswer(BaseModel):
    """What is wrong with one row: its number in the file, the field, one sentence."""

    row: int
    field: str | None
    code: str
    message: str


class PreviewAnswer(BaseModel):
    """The first rows as they stand, and what would be wrong with them."""

    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]
    problems: list[ProblemAnswer]


class ImportAnswer(BaseModel):
    """One file: what it is, how far it is, what its rows became. `masked`: shown to somebody who did not bring it."""

    id: int
    source: str
    file_name: str
    kind: Literal["csv", "xlsx"]
    encoding: str | None
    sheet: str | None
    sheets: list[str]
    state: Literal["READY", "RUNNING", "DONE", "STOPPED", "EXPIRED"]
    rows: int
    empty_rows: int
    done: int
    taken: int
    known: int
    supplemented: int
    bad: int
    flags: dict[str, int]
    header_row: int
    mapping: Mapping
    masked: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None


class ImportPage(ImportAnswer):
    """A file with its preview, while its rows are still there, and the fields that a column may hold."""

    preview: PreviewAnswer | None
    fields: list[FieldAnswer]


class ImportList(BaseModel):
    """Files, newest first; `next` is `before` of the next page."""

    items: list[ImportAnswer]
    next: int | None
