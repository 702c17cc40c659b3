"""The disputes' table as a page: docs/mediation.md, from casework/rules/mediation.py."""

from collections.abc import Iterator

from casework.rules.mediation import CLOCKS_OF, TURNS, Turn
from casework.rules.mediation_words import DisputeClock, DisputeStatus
from casework.rules.words import Term


def mediation() -> str:
    """A dispute's life as a diagram and a table."""
    return "\n".join(
        [
            "# A dispute's life 矛盾纠纷流转",
            "",
            "Generated from `casework/rules/mediation.py` by `python -m manage.generate`; do not edit.",
            "",
            "Recorded acts that keep the status (调解会, 风险评级, 对接 …) are in the table, not in the picture.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(),
            "```",
            "",
            "## Which clocks may run in a status",
            "",
            "REPORT 红色风险报公安 hangs on the red grade and runs in any open status until the police are told.",
            "",
            "| code | status | 中文 | clocks |",
            "|---|---|---|---|",
            *(_status_line(status) for status in DisputeStatus),
            "",
            "## Every permitted move",
            "",
            "| action | from | to | who | needs | when | stops | cancels | starts | tells |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(_row_line(row) for row in TURNS),
            "",
        ]
    )


def _diagram() -> Iterator[str]:
    for status in DisputeStatus:
        yield f'  state "{status.value} {status.zh}" as {status.value}'
    yield "  [*] --> M00"
    seen = set()
    for row in TURNS:
        key = (row.source, row.target, row.action)
        if row.source is not row.target and key not in seen:
            seen.add(key)
            yield f"  {row.source.value} --> {row.target.value}: {row.action.zh}"
    yield "  M90 --> [*]"


def _status_line(status: DisputeStatus) -> str:
    named = ", ".join(f"{clock.value} {clock.zh}" for clock in DisputeClock if clock in CLOCKS_OF.get(status, ()))
    return f"| {status.value} | {status.name} | {status.zh} | {named or '–'} |"


def _row_line(row: Turn) -> str:
    cells = [
        f"{row.action.value} {row.action.zh}",
        row.source.value,
        row.target.value,
        _join(row.by),
        ", ".join(guard.__name__ for guard in row.needs),
        row.when.__name__ if row.when else "",
        _join(row.stops),
        _join(row.cancels),
        _join(row.starts),
        _join(row.tells),
    ]
    return f"| {' | '.join(cells)} |"


def _join(terms: tuple[Term, ...]) -> str:
    return ", ".join(term.value for term in terms)
