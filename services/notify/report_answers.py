"""Showing the sums of a report: figures, and the names of groups in the reader's language where there is one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from casework.catalog.load import Catalog
from casework.db.reads.supervisor import AREA_DIGITS, By, Question
from casework.kit.texts import TEXTS, Lang, t
from casework.rules.rates import DEFINITION_VERSION, Rate, View
from casework.rules.tallies import Age, Tally
from casework.rules.words import Exclusion
from services.notify.report_schemas import Definition, Figures, GroupRow, Ratio

TEXTS.add(Path(__file__).parent / "report_texts")


def figures(tally: Tally, question: Question, *, mature: bool) -> Figures:
    """One tally as the report shows it."""
    counts_only = question.view is View.D
    rate = tally.rate
    return Figures(
        numerator=None if counts_only else rate.numerator,
        denominator=rate.denominator,
        rate=None if counts_only else rate.value,
        small=rate.small,
        on_time=tally.on_time,
        late=tally.done - tally.on_time,
        unfinished=tally.cases - tally.done,
        not_yet_due=tally.not_yet_due,
        first_on_time=tally.first_on_time,
        mature=mature,
        excluded={reason.value: tally.excluded[reason] for reason in Exclusion if tally.excluded.get(reason)},
        self_settled=_ratio(tally.self_settled),
        ages={bucket.value: tally.ages.get(bucket, 0) for bucket in Age} if counts_only else None,
    )
