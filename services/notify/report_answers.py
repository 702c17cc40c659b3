"""Showing the sums of a report: figures, and the names of groups in the reader's language where there is one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.db.reads.behind import CaseBehind
from casework.db.reads.questions import AREA_DIGITS, By, Place, Question
from casework.kit.texts import TEXTS, Lang, t
from casework.rules.rates import DEFINITION_VERSION, Rate, View
from casework.rules.tallies import Age, Tally
from casework.rules.words import Exclusion
from services.notify.page_place import write_place
from services.notify.report_schemas import (
    CaseLine,
    CasesBehind,
    CompletionReport,
    CompletionViews,
    Definition,
    Figures,
    GroupRow,
    Ratio,
    ViewTotal,
)

TEXTS.add(Path(__file__).parent / "report_texts")
_REASONS = tuple(Exclusion)


class Names:
    """Names of a report's groups; a code that nothing knows any more is its own name."""

    def __init__(self, catalog: Catalog, units: Mapping[str, str], lang: Lang) -> None:
        self._catalog, self._units, self._lang = catalog, units, lang

    def of(self, key: str | None, by: By) -> str:
        """The name of one group."""
        if key is None:
            return t(f"report.none.{by}", self._lang)
        if by in AREA_DIGITS:
            return self._area(key, AREA_DIGITS[by])
        if by is By.UNIT:
            return self._units.get(key, key)
        if by is By.MONTH:
            year, month = key.split("-")
            named = t(f"month.{int(month)}", self._lang)
            return t("report.month", self._lang, year=year, month=int(month), month_name=named)
        if by in (By.CATEGORY, By.SUBCATEGORY):
            category = self._catalog.categories.get(key)
            return category.name if category else key
        return t(f"report.{by}.{key}", self._lang)

    def _area(self, code: str, digits: int) -> str:
        area = self._catalog.areas.get(code)
        name = short_name(area.name) if area else code
        fine = len(code) >= digits or len(code) > AREA_DIGITS[By.COMMUNITY]
        return name if fine else t("report.placed_wider", self._lang, name=name)


def report(
    question: Question,
    months: tuple[date, date],
    observed: datetime,
    sums: Mapping[str | None, Tally],
    names: Names,
    lang: Lang,
) -> CompletionReport:
    """Group by group, in the order of their keys, those without one last."""
    keys = sorted(sums, key=lambda key: (key is None, key or ""))
    stock = question.view is View.D
    first, last = (None if stock else _month(month) for month in months)
    return CompletionReport(
        view=question.view,
        name=t(f"report.view.{question.view.value}", lang),
        by=question.by,
        first=first,
        last=last,
        observed_at=observed,
        definition=definition(question.view, lang),
        rows=[
            GroupRow(key=key, name=names.of(key, question.by), **_figures(sums[key], question, observed))
            for key in keys
        ],
        total=Figures(**_figures(total(sums), question, observed)),
    )


def views(
    months: tuple[date, date], observed: datetime, totals: Mapping[View, tuple[Question, Tally]], lang: Lang
) -> CompletionViews:
    """Every view's total beside the others."""
    first, last = map(_month, months)
    return CompletionViews(
        first=first,
        last=last,
        observed_at=observed,
        definition=definition(View.A, lang),
        views=[
            ViewTotal(
                view=view,
                name=t(f"report.view.{view.value}", lang),
                words=t(f"report.words.{view.value}", lang),
                **_figures(tally, question, observed),
            )
            for view, (question, tally) in totals.items()
        ],
    )


def definition(view: View, lang: Lang) -> Definition:
    """What the figures mean, in words."""
    return Definition(
        version=DEFINITION_VERSION,
        headline=t("report.headline", lang),
        view=t(f"report.words.{view.value}", lang),
        reasons={reason.value: t(f"report.exclusion.{reason.value}", lang) for reason in Exclusion},
    )


def total(sums: Mapping[str | None, Tally]) -> Tally:
    """Σ over all groups."""
    return sum(sums.values(), Tally())


def _figures(tally: Tally, question: Question, observed: datetime) -> dict[str, Any]:
    stock = question.view is View.D
    rate = _ratio(tally.rate)
    return {
        "numerator": None if stock else rate.numerator,
        "denominator": rate.denominator,
        "rate": None if stock else rate.rate,
        "small": rate.small,
        "on_time": tally.on_time,
        "late": tally.done - tally.on_time,
        "unfinished": tally.cases - tally.done,
        "not_yet_due": tally.not_yet_due,
        "first_on_time": tally.first_on_time,
        "mature": tally.mature(observed, None if stock else question.period),
        "excluded": {reason.value: tally.excluded[reason] for reason in _REASONS if reason in tally.excluded},
        "self_settled": _ratio(tally.self_settled),
        "ages": {bucket.value: tally.ages.get(bucket, 0) for bucket in Age} if stock else None,
    }


def _ratio(rate: Rate) -> Ratio:
    return Ratio(numerator=rate.numerator, denominator=rate.denominator, rate=rate.value, small=rate.small)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def page(rows: Sequence[CaseBehind], limit: int, observed: datetime) -> CasesBehind:
    """One page of cases; a full one has a following page, if only an empty one."""
    cases = [CaseLine.model_validate(row, from_attributes=True) for row in rows]
    last = rows[-1] if len(rows) == limit else None
    return CasesBehind(observed_at=observed, cases=cases, next=write_place(Place(last.at, last.id)) if last else None)
