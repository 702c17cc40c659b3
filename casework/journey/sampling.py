"""抽样回访: what the sample draws for a case, and when its person is called, as its result is accepted."""

from casework.db.models import Case
from casework.journey.notices import listeners_of
from casework.journey.writing import Writing
from casework.kit.crypto import Keyring, digest
from casework.rules.calling import first_call
from casework.rules.clocks import due
from casework.rules.sampling import Drawable, draw
from casework.rules.words import Channel, Urgency


def ask_or_spare(w: Writing) -> None:
    """Who may be asked at all is drawn, once for the case's life; calls begin when the time to answer by message is
    over."""
    rules, case = w.city.catalog.follow_up, w.case
    if not listeners_of(case, w.request).citizen:
        return
    if case.follow_weight is None:
        facts = Drawable(case.category, Urgency(case.urgency), case.area_code, Channel(case.channel))
        drawn = draw(rules.strata, facts, _number(w.city.keyring, case))
        case.follow_stratum, case.follow_weight = drawn.stratum, drawn.weight
    begin = due(
        rules.plans[Urgency(case.urgency)].phone_after, w.now, w.city.catalog.calendars.for_area(case.area_code)
    )
    case.call_from = first_call(begin.at, rules.calling)


def _number(keyring: Keyring, case: Case) -> int:
    """From the case's number under this installation's key: always the same, and known to nobody beforehand."""
    return int.from_bytes(digest(keyring.link_token(f"sample:{case.case_no}"))[:8], "big")
