"""Whistles as the dispatch API shows them."""

from casework.db.whistles import Found, Of, Tally
from casework.rules.words import CheckIn
from services.dispatch import whistle_schemas as s


def whistle_view(found: Found) -> s.WhistleView:
    """A whistle with those it called."""
    calls = []
    for call, unit in found.calls:
        check_in = CheckIn(call.check_in) if call.check_in else None
        named = {**vars(call), "unit": unit, "check_in": check_in, "check_in_text": check_in.zh if check_in else None}
        calls.append(s.CallView.model_validate(named))
    named = {**vars(found.whistle), "case_no": found.case_no, "caller": found.caller, "calls": calls}
    return s.WhistleView.model_validate(named)


def tallies(month: str, of: Of, found: list[Tally]) -> s.Tallies:
    """Figures with their shares."""
    return s.Tallies(month=month, of=of, rows=[_tally(row) for row in found])


def _tally(row: Tally) -> s.TallyView:
    return s.TallyView(
        unit=row.unit,
        called=row.called,
        in_time=row.in_time,
        late=row.late,
        off_site=row.off_site,
        answered=row.answered,
        in_time_share=_share(row.in_time, row.in_time + row.late),
        mean_score=_share(row.score_sum, row.scored),
        scored=row.scored,
        justified_share=_share(row.justified, row.judged),
        judged=row.judged,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
