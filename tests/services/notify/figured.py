"""Cases with all that the figures look at, and a brute-force count of them by the rules."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from casework.db.reads.figures import Node
from casework.db.reads.questions import By, Question
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import BASES, CaseFacts, measures, standing
from casework.rules.rollups import FOREVER
from casework.rules.words import Followed, Rectified, Satisfaction
from tests.services.notify.planted import Planted
from tests.services.notify.test_completion_sql import Chance, fits, key_of

Amounts = dict[Node, dict[str, int]]


class FullChance(Chance):
    """Random facts, those of the figures too."""

    def facts(self) -> CaseFacts:
        pick, some = self.random.choice, self.random.random
        return replace(
            super().facts(),
            on_ledger=some() < 0.05,
            struck=some() < 0.05,
            first_unit_id=pick((None, 1, 2)),
            misdirected=some() < 0.2,
            called_in_time=pick((None, True, False)),
            dispatched_in_time=pick((None, True, False)),
            returns=pick((0, 0, 1, 3)),
            extensions=pick((0, 0, 1, 2)),
            suspensions=pick((0, 0, 1)),
            supervisions=pick((0, 0, 1)),
            rework_count=pick((0, 0, 1, 2)),
            repeated=some() < 0.1,
            missed_by_grid=some() < 0.1,
            followed=pick((None, *(one.value for one in Followed))),
            solved=pick((None, True, False)),
            satisfaction=pick((None, *(one.value for one in Satisfaction))),
            worked_minutes=pick((None, 0, 4, 5, 61, 4000, 900_000)),
            rectified=pick((None, *(one.value for one in Rectified))),
            follow_weight=pick((None, 0, 1, 5, 20)),
            verified=pick((None, True, False)),
            verified_in_time=pick((None, True, False)),
            checked_in_time=pick((None, True, False)),
        )


def by_the_rules(
    rows: Sequence[Planted], actor: Actor, question: Question, codes: dict[int, str], *, monthly: bool = False
) -> Amounts:
    """Every name's amount, case by case."""
    sums: Amounts = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if not fits(row, actor, question):
            continue
        for basis in BASES:
            found = standing(row.facts, FOREVER, basis)
            if found.at is None or not question.period.holds(found.at):
                continue
            month = f"{day_of(found.at):%Y-%m}" if monthly else None
            key = key_of(row, question.by, found, codes) if question.by is not By.GRID else row.area[:20]
            for name, amount in measures(row.facts, found, basis):
                if amount:
                    sums[key, month][name] += amount
    return {node: {name: n for name, n in amounts.items() if n} for node, amounts in sums.items()}
