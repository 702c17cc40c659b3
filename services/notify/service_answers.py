"""Showing the figure of the community services, and the answers behind it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from casework.catalog.areas import AreaTree, short_name
from casework.catalog.service_ratings import ServiceRatingRules
from casework.db.reads.service_ratings import Answer, Node, ServicesBy, Sum
from casework.journey.city import City
from casework.journey.service_rating import WORDS
from casework.kit.texts import Lang, t
from casework.rules.rates import Rate
from casework.rules.service_ratings import bad_answers, satisfied
from casework.rules.words import Satisfaction
from services.notify import service_schemas as s
from services.notify.figure_answers import ratio


def definition(rules: ServiceRatingRules, lang: Lang) -> s.ServiceDefinition:
    """The definition in force, in the reader's language."""
    said = rules.definition
    graded = [[grade for grade in Satisfaction if grade in of] for of in (said.satisfied, said.bad)]
    return s.ServiceDefinition(
        version=said.version, words=rules.words[lang], source=rules.source, satisfied=graded[0], bad=graded[1]
    )


def report(
    city: City,
    by: ServicesBy,
    months: tuple[date, date],
    observed: datetime,
    found: Mapping[Node, Sum],
    points: Mapping[str, str],
    lang: Lang,
) -> s.ServiceReport:
    """Group by group in the order of their keys, then months; `points`: names by id."""
    rules, areas = city.catalog.service_ratings, city.catalog.areas
    total = Sum()
    for one in found.values():
        for grade, number in one.grades.items():
            total.add(grade, number, 0)
        total.looked += one.looked
    rows = [
        _row(rules, (key, month), points.get(key, key) if by is ServicesBy.POINT else _area(areas, key), one)
        for (key, month), one in sorted(found.items(), key=lambda pair: (len(pair[0][0]), pair[0]))
    ]
    return s.ServiceReport(
        by=by,
        first=f"{months[0]:%Y-%m}",
        last=f"{months[1]:%Y-%m}",
        observed_at=observed,
        definition=definition(rules, lang),
        rows=rows,
        total=_row(rules, ("", ""), t("report.total", lang), total),
    )


def answer(city: City, found: Answer) -> s.AnswerView:
    """An answer with its words opened; they were masked before they were sealed."""
    row, grade = found.row, Satisfaction(found.row.grade)
    bad = grade in city.catalog.service_ratings.definition.bad
    return s.AnswerView(
        id=row.id,
        at=row.at,
        point_id=row.point_id,
        point=found.point,
        area_name=city.catalog.areas.name_path(row.area_code),
        grade=grade,
        service=row.service,
        words=city.keyring.open(row.words_sealed, WORDS) if row.words_sealed else "",
        bad=bad,
        waiting=bad and not found.looks,
        looks=[s.LookView(at=look.at, by=look.by, note=look.note) for look in found.looks],
    )


def answer_page(city: City, found: Sequence[Answer], limit: int, waiting: int) -> s.AnswerPage:
    """A page, read with one more than is shown."""
    shown = [answer(city, one) for one in found[:limit]]
    return s.AnswerPage(items=shown, waiting=waiting, next=str(shown[-1].id) if len(found) > limit else None)


def _row(rules: ServiceRatingRules, node: Node, name: str, found: Sum) -> s.ServiceRow:
    key, month = node
    bad = bad_answers(found.grades, rules.definition)
    return s.ServiceRow(
        key=key or None,
        name=name,
        month=month or None,
        grades={grade: found.grades.get(grade, 0) for grade in Satisfaction},
        satisfied=ratio(satisfied(found.grades, rules.definition)),
        looked=ratio(Rate(found.looked, bad)),
    )


def _area(areas: AreaTree, code: str) -> str:
    area = areas.get(code)
    return short_name(area.name) if area else code
