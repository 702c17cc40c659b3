"""Where in a TOML file a value stands, so that a message can name the line."""

import re
from collections.abc import Iterator, Sequence

Loc = Sequence[int | str]
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")


def line_of(text: str, loc: Loc, value: object = None) -> int:
    """The line, from 1, of the value at `loc` (keys and list indices, as in pydantic's errors).

    The table's header where the key is missing; the line with the quoted value where a list runs over several lines.
    """
    lines = text.splitlines()
    tables = [*_tables(lines), ((), len(lines))]
    fitting = [place for place, (path, _) in enumerate(tables[:-1]) if tuple(loc[: len(path)]) == path]
    place = max(fitting, key=lambda place: len(tables[place][0]))
    path, start = tables[place]
    end = max(tables[place + 1][1], start)
    key = str(loc[len(path)]) if len(loc) > len(path) else ""
    at = next((n for n in range(start, end) if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[n])), start)
    quoted = (n for n in range(at, end) if isinstance(value, str) and f'"{value}"' in lines[n])
    return next(quoted, max(at, 0)) + 1


def _tables(lines: Sequence[str]) -> Iterator[tuple[tuple[int | str, ...], int]]:
    """Each table's path, with its index in arrays of tables, and the index of its header's line."""
    yield (), 0
    counts: dict[tuple[int | str, ...], int] = {}
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header is None:
            continue
        *parents, name = header[2].split(".")
        path: tuple[int | str, ...] = ()
        for parent in parents:
            path = (*path, parent)
            if path in counts:
                path = (*path, counts[path])
        path = (*path, name)
        if header[1] == "[[":
            counts[path] = counts.get(path, -1) + 1
            path = (*path, counts[path])
        yield path, number
