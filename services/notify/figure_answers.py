"""Showing the set of figures: names in the reader's language, rates, times."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from casework.db.reads.figures import Found, Node, total_of
from casework.db.reads.questions import By, Question
from casework.kit.texts import Lang, t
from casework.rules.rates import DEFINITION_VERSION, FIGURES, SMALL_NUMBER, TIMES, Figure, Rate, Spread, View, quantile
from services.notify.figure_schemas import (
    FigureDefinition,
    FigureDefinitions,
    FigureReport,
    FigureRow,
    TimeDefinition,
    TimeFigures,
)
from services.notify.report_answers import Names
from services.notify.report_schemas import Ratio


def definitions(lang: Lang) -> FigureDefinitions:
    """Every figure in words."""
    return FigureDefinitions(
        version=DEFINITION_VERSION,
        versions=[DEFINITION_VERSION],
        headline=t("report.headline", lang),
        counting=t("figure.counting", lang),
        unit_counting=t("figure.unit_counting", lang),
        times_words=t("figure.times", lang),
        figures=[_definition(figure, lang) for figure in FIGURES],
        times=[TimeDefinition(code=time, name=t(f"figure.name.{time.value}", lang)) for time in TIMES],
    )


def _definition(figure: Figure, lang: Lang) -> FigureDefinition:
    return FigureDefinition(
        code=figure.code,
        name=t(f"figure.name.{figure.code}", lang),
        words=t(f"figure.words.{figure.code}", lang),
        basis=figure.basis,
        basis_text=t(f"figure.basis.{figure.basis.value}", lang),
        good=figure.good,
        urban=figure.post,
    )


def report(
    question: Question,
    months: tuple[date, date],
    observed: datetime,
    found: Mapping[Node, Found],
    mature: dict[View, bool],
    names: Names,
    lang: Lang,
) -> FigureReport:
    """Group by group in the order of keys and months, those without a key last."""
    nodes = sorted(found, key=lambda node: (node[0] is None, node[0] or "", node[1] or ""))
    named = {key: names.of(key, question.by) for key in {key for key, _ in nodes}}
    return FigureReport(
        by=question.by,
        first=f"{months[0]:%Y-%m}",
        last=f"{months[1]:%Y-%m}",
        observed_at=observed,
        definition=DEFINITION_VERSION,
        mature=mature,
        rows=[_row(node, named[node[0]], found[node]) for node in nodes],
        total=_row((None, None), t("report.total", lang), total_of(found)),
    )


def _row(node: Node, name: str, found: Found) -> FigureRow:
    return FigureRow(
        key=node[0],
        name=name,
        month=node[1],
        rates={code: ratio(rate) for code, rate in found.rates.items()},
        times={time: _times(spread) for time, spread in found.spreads.items()},
    )


def ratio(rate: Rate) -> Ratio:
    return Ratio(
        numerator=rate.numerator, denominator=rate.denominator, rate=rate.value, small=rate.small, raw=rate.raw
    )


def _times(spread: Spread) -> TimeFigures:
    mean, median, p90 = spread.mean, quantile(spread, 0.5), quantile(spread, 0.9)
    return TimeFigures(cases=spread.cases, mean=mean, median=median, p90=p90, small=spread.cases < SMALL_NUMBER)


def keys_of(found: Mapping[Node, Found], by: By) -> Sequence[str]:
    """The codes of units whose names are wanted."""
    return sorted({key for key, _ in found if key}) if by is By.UNIT else []
