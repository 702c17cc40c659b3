"""The documents of mediation 调解文书 (data/documents.toml), read and checked."""

import string
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.mediation_words import DisputeAction

VALUES = frozenset(
    (
        *("no", "kind", "area", "centre", "claim", "track", "facts", "terms", "way", "perform_by", "agreed_on"),
        *("in_force_on", "mediator", "ending", "note", "undisputed", "guided", "court", "court_no", "settled", "today"),
    )
)
"""What a text may name in braces."""


class Form(Entry):
    """文书: `after`: one of these actions was done; `written`: only for an agreement in writing, or only for one that
    is not; `ended`: only when mediation ended without an agreement. The rest is what is printed."""

    title: Name
    after: Annotated[tuple[DisputeAction, ...], Field(min_length=1)]
    written: bool | None = None
    ended: bool = False
    parties: bool = False
    records: bool = False
    files: bool = False
    rows: tuple[tuple[Name, Name], ...] = ()
    text: tuple[Name, ...] = ()
    signs: tuple[Name, ...] = ()


Forms = Mapping[str, Form]


def read_documents(file: Toml, faults: Faults) -> Forms:
    """The forms by code; a value that nobody fills in is a fault."""
    for group in file.tables:
        if group != "form":
            faults.add("extra", file.name, file.line(group), group)
    forms = file.entries("form", Form, faults)
    for code, form in forms.items():
        for text in (*(value for _, value in form.rows), *form.text):
            for unknown in _named(text) - VALUES:
                faults.add("extra", file.name, file.line("form", code), f"form.{code}: {{{unknown}}}")
    return forms


def _named(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}
