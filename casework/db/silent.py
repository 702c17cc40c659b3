"""待回访 without what the follow-up's sample left out: said once for the queues (rules/sampling.py)."""

from sqlalchemy import and_

from casework.db.models import Case
from casework.rules.words import Status

SILENT = and_(Case.call_from.is_not(None), Case.follow_weight == 0, Case.rework_count == 0)
"""未抽中: not in the sample, and nobody has answered. As in the index ix_cases_silent."""
ASKED = and_(Case.status == Status.FOLLOW_UP.value, SILENT.is_not(True))
"""What follow-up officers have before them."""
