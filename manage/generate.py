"""What is generated is generated here and checked for staleness: docs/journey.md and docs/mediation.md from the two
tables, docs/glossary.md's word lists from rules/words.py and rules/mediation_words.py.
the pages' words and typed client (web/src) from the same words and from the APIs.
`python -m manage.generate` writes, `--check` only compares."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from casework.rules import mediation_words, telltales, words, worker_words
from casework.rules.transitions import CLOCKS_OF, TRANSITIONS, Transition
from casework.rules.words import Status, Term
from manage.draw_mediation import mediation
from manage.web_client import stale_clients, write_clients
from manage.web_words import words_files

DOCS = Path(__file__).resolve().parents[1] / "docs"
JOURNEY, MEDIATION, GLOSSARY = DOCS / "journey.md", DOCS / "mediation.md", DOCS / "glossary.md"
LISTS = (
    words.Status,
    words.Action,
    words.Role,
    words.Permission,
    words.ClockName,
    words.Stage,
    words.Urgency,
    words.Kind,
    words.Adoption,
    words.Direction,
    words.Level,
    words.AssignmentKind,
    words.Channel,
    words.Satisfaction,
    words.Exclusion,
    words.Followed,
    words.Rectified,
    words.RectifyStep,
    words.FindingKind,
    words.FindingState,
    words.Record,
    words.Purpose,
    words.Moment,
    words.Media,
    words.KnownFrom,
    words.CallOutcome,
    words.CheckIn,
    words.MotionKind,
    words.Backdated,
    words.Ruling,
    words.Policy,
    words.Rung,
    words.Trigger,
    words.GridKind,
    worker_words.WorkerStage,
    worker_words.WorkerStep,
    worker_words.ExitReason,
    telltales.Tells,
    mediation_words.DisputeStatus,
    mediation_words.DisputeAction,
    mediation_words.DisputeRecord,
    mediation_words.DisputeClock,
    mediation_words.Track,
    mediation_words.Risk,
    mediation_words.Origin,
    mediation_words.Side,
    mediation_words.Form,
    mediation_words.LinkKind,
    mediation_words.LinkWay,
    mediation_words.Confirmation,
)
MARK = re.compile(r"(<!-- words -->\n).*?(<!-- /words -->\n)", re.DOTALL)


def journey() -> str:
    """The case's life as a diagram and a table."""
    return "\n".join(
        [
            "# A case's life 工单流转",
            "",
            "Generated from `casework/rules/transitions.py` by `python -m manage.generate`; do not edit.",
            "",
            "Recorded acts that keep the status (分类, 先行联系, 阶段反馈 …) are in the table, not in the picture.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(),
            "```",
            "",
            "## Which clocks run in a status",
            "",
            "| status | 中文 | clocks |",
            "|---|---|---|",
            *(_status_line(status) for status in Status),
            "",
            "After a rework, REWORK stands in RESULT_REVIEW where FINISH is named (decisions/0008).",
            "",
            "## Every permitted move",
            "",
            "| action | from | to | who | needs | when | stops | cancels | files | pauses | resumes | starts | tells |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
            *(_row_line(row) for row in TRANSITIONS),
            "",
        ]
    )


def _diagram() -> Iterator[str]:
    for status in Status:
        yield f'  state "{status.zh} {status.value}" as {status.value}'
    yield "  [*] --> DRAFT"
    seen = set()
    for row in TRANSITIONS:
        key = (row.source, row.target, row.action)
        if row.source is not row.target and key not in seen:
            seen.add(key)
            yield f"  {row.source.value} --> {row.target.value}: {row.action.zh}"
    yield "  ARCHIVED --> [*]"


def _status_line(status: Status) -> str:
    named = ", ".join(f"{clock.value} {clock.zh}" for clock in words.ClockName if clock in CLOCKS_OF.get(status, ()))
    return f"| {status.value} | {status.zh} | {named or '–'} |"


def _row_line(row: Transition) -> str:
    cells = [
        f"{row.action.value} {row.action.zh}",
        row.source.value,
        row.target.value,
        _join(row.by),
        ", ".join(guard.__name__ for guard in row.needs),
        row.when.__name__ if row.when else "",
        _join(row.stops),
        "ALL" if len(row.cancels) == len(words.ClockName) else _join(row.cancels),
        _join(row.files),
        _join(row.pauses),
        _join(row.resumes),
        _join(row.starts),
        _join(row.tells),
    ]
    return f"| {' | '.join(cells)} |"


def _join(terms: tuple[Term, ...]) -> str:
    return ", ".join(term.value for term in terms)


def word_lists() -> str:
    """Every enumerated term with its 中文, by list."""
    lines: list[str] = []
    for terms in LISTS:
        title = (terms.__doc__ or "").split("\n")[0]
        lines += [f"### {terms.__name__}", "", title, "", "| term | 中文 |", "|---|---|"]
        lines += [f"| {term.value} | {term.zh} |" for term in terms]
        lines.append("")
    return "\n".join(lines)


def glossary() -> str:
    """The glossary with its word lists as they are now."""
    text = GLOSSARY.read_text("utf-8")
    return MARK.sub(lambda found: f"{found[1]}\n{word_lists()}\n{found[2]}", text)


def main() -> int:
    """0 when all is fresh (or was written)."""
    pages = {JOURNEY: journey(), MEDIATION: mediation(), GLOSSARY: glossary(), **words_files(LISTS)}
    if "--check" in sys.argv:
        stale = [path for path, made in pages.items() if _differs(path, made)] + stale_clients()
        for path in stale:
            print(f"stale: {path.relative_to(DOCS.parent)}; run python -m manage.generate")
        return 1 if stale else 0
    for path, made in pages.items():
        path.write_text(made, "utf-8")
    write_clients()
    return 0


def _differs(path: Path, made: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != made


if __name__ == "__main__":
    raise SystemExit(main())
