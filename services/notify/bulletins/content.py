"""A bulletin's content 通报内容: titles, tables and bars in the reader's language, the same for every kind of file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.catalog.load import Catalog
from casework.db.reads.questions import AREA_DIGITS, By
from casework.kit.now import show_day, show_minute
from casework.kit.safe_cells import Cell
from casework.kit.texts import TEXTS, Lang, t
from casework.rules.rates import DEFINITION_VERSION, FIGURES, TIMES, Rate, View, quantile
from casework.rules.spells import Pace, Spell
from casework.rules.tallies import Age, Tally
from services.notify.bulletins.facts import VIEWS, Facts, headline_of
from services.notify.report_answers import Names

TEXTS.add(Path(__file__).parent / "locales")
NAMED_BY = {digits: by for by, digits in AREA_DIGITS.items()}


@dataclass(frozen=True, slots=True)
class Share:
    """A rate from 0 to 1; None for 0 of 0."""

    value: float | None


Line = Sequence[Cell | Share]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: a rate from 0 to 1, drawn before the target."""

    label: str
    value: float
    said: str


@dataclass(frozen=True, slots=True)
class Section:
    """One table with its title, what must be said about it, and its chart."""

    title: str
    head: Sequence[str]
    lines: Sequence[Line]
    note: str = ""
    bars: Sequence[Bar] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """通报. `standing`: frozen or provisional, in words. `target`: from 0 to 1."""

    title: str
    standing: str
    frozen: bool
    definition: str
    target: float
    target_words: str
    sections: Sequence[Section]


def bulletin(facts: Facts, catalog: Catalog, lang: Lang) -> Bulletin:
    """The facts told."""
    names, target = Names(catalog, facts.unit_names, lang), catalog.rates.target.least
    area = names.of(facts.area, NAMED_BY.get(len(facts.area), By.COMMUNITY))
    sections = [
        _views(facts, target, lang),
        _places(facts, names, target, lang),
        _units(facts, names, lang),
        _rates(facts, lang),
        _times(facts, lang),
        _stock(facts, names, lang),
        _excluded(facts, lang),
    ]
    sections += [_months(facts, names, lang)] if facts.months else []
    sections += [_versions(facts, names, lang)] if facts.frozen else []
    return Bulletin(
        title=t(f"bulletin.title.{facts.spell.pace.value}", lang, area=area, spell=spell_name(facts.spell, lang)),
        standing=_standing(facts, lang),
        frozen=bool(facts.frozen),
        definition=t("bulletin.definition", lang, version=DEFINITION_VERSION) + t("report.headline", lang),
        target=target,
        target_words=t("bulletin.target", lang, percent=percent(target), source=catalog.rates.target.source),
        sections=sections,
    )


def spell_name(spell: Spell, lang: Lang) -> str:
    """2026年6月, or 2026年第25周（6月15日至6月21日）."""
    if spell.pace is Pace.MONTH:
        named = t(f"month.{spell.first.month}", lang)
        return t("report.month", lang, year=spell.first.year, month=spell.first.month, month_name=named)
    year, week, _ = spell.first.isocalendar()
    days = {"first": show_day(spell.first, lang), "last": show_day(spell.last, lang)}
    return t("bulletin.week", lang, year=year, week=week, **days)


def percent(value: float | None) -> str:
    """95.36%, or a dash."""
    return "—" if value is None else f"{100 * value:.2f}%"


def _standing(facts: Facts, lang: Lang) -> str:
    if facts.frozen:
        first = [one for one in facts.frozen if one.version == 1]
        at = show_minute(max(one.cut_off for one in first), lang)
        restated = len(facts.frozen) - len(first)
        return t("bulletin.frozen", lang, at=at) + (t("bulletin.restated", lang, count=restated) if restated else "")
    code = "running" if facts.observed < facts.spell.period.end else "provisional"
    return t(f"bulletin.{code}", lang, at=show_minute(facts.observed, lang))


def _head(lang: Lang, *codes: str) -> list[str]:
    return [t(f"bulletin.column.{code}", lang) for code in codes]


def _rate_cells(rate: Rate, lang: Lang) -> list[Cell | Share]:
    marks = [t("bulletin.small", lang)] if rate.small else []
    marks += [t("bulletin.weighted", lang, raw=percent(rate.raw))] if rate.raw is not None else []
    return [rate.numerator, rate.denominator, Share(rate.value), t("bulletin.and", lang).join(marks)]


def _views(facts: Facts, target: float, lang: Lang) -> Section:
    lines: list[Line] = []
    for view in VIEWS:
        rate = facts.views.get(view, Tally()).rate
        met = "" if view is not View.A or rate.value is None else "met" if rate.value >= target else "missed"
        told = [Share(target), t(f"bulletin.{met}", lang)] if met else [None, ""]
        lines.append([t(f"report.view.{view.value}", lang), *_rate_cells(rate, lang), *told])
    overdue = sum(tally.cases for tally in facts.stock.values())
    lines.append([t("report.view.D", lang), overdue, None, Share(None), "", None, ""])
    head = _head(lang, "view", "numerator", "denominator", "rate", "small", "target", "met")
    return Section(t("bulletin.section.views", lang), head, lines, t("bulletin.note.views", lang))


def ranked(rates: Mapping[str | None, Rate]) -> list[tuple[int | None, str | None, Rate]]:
    """Best first, equals with the same place. Small samples follow without one, then what has no case or no name."""

    def order(one: tuple[str | None, Rate]) -> tuple[bool, bool, float, int, str]:
        key, rate = one
        return not key or rate.value is None, rate.small, -(rate.value or 0), -rate.denominator, key or ""

    found: list[tuple[int | None, str | None, Rate]] = []
    for number, (key, rate) in enumerate(sorted(rates.items(), key=order), start=1):
        if not key or rate.small:
            found.append((None, key, rate))
        else:
            same = found and found[-1][2].value == rate.value
            found.append((found[-1][0] if same else number, key, rate))
    return found


def _ranking(rates: Mapping[str | None, Rate], by: By, names: Names, lang: Lang) -> list[Line]:
    return [[place, names.of(key, by), *_rate_cells(rate, lang)] for place, key, rate in ranked(rates)]


RANK = ("place", "name", "numerator", "denominator", "rate", "small")


def _places(facts: Facts, names: Names, target: float, lang: Lang) -> Section:
    rates = {key: tally.rate for key, tally in facts.places.items()}
    note = t("bulletin.note.live", lang) if facts.frozen and not facts.places_frozen else ""
    lines = _ranking(rates, facts.by, names, lang)
    return Section(
        t("bulletin.section.places", lang), _head(lang, *RANK), lines, note, _bars(rates, facts.by, names, target, lang)
    )


def _bars(rates: Mapping[str | None, Rate], by: By, names: Names, target: float, lang: Lang) -> list[Bar]:
    return [
        Bar(names.of(key, by), rate.value, percent(rate.value) + ("" if rate.value >= target else below(lang)))
        for _, key, rate in ranked(rates)
        if rate.value is not None
    ]


def below(lang: Lang) -> str:
    """What stands beside a bar that is short of the target."""
    return " " + t("bulletin.missed", lang)


def _units(facts: Facts, names: Names, lang: Lang) -> Section:
    rates = {key: found.rates["FINISH"] for (key, _), found in facts.units.items() if "FINISH" in found.rates}
    lines = _ranking(rates, By.UNIT, names, lang)
    return Section(t("bulletin.section.units", lang), _head(lang, *RANK), lines, t("bulletin.note.units", lang))


def _rates(facts: Facts, lang: Lang) -> Section:
    lines = [
        [t(f"figure.name.{one.code}", lang), *_rate_cells(facts.rates.get(one.code, Rate()), lang)] for one in FIGURES
    ]
    head = _head(lang, "figure", "numerator", "denominator", "rate", "small")
    return Section(t("bulletin.section.rates", lang), head, lines)


def _times(facts: Facts, lang: Lang) -> Section:
    lines: list[Line] = []
    for time in TIMES:
        spread = facts.times.spreads.get(time)
        if spread is None:
            continue
        hours = [spread.mean, quantile(spread, 0.5), quantile(spread, 0.9)]
        told = [None if one is None else round(one / 60, 1) for one in hours]
        lines.append([t(f"figure.name.{time.value}", lang), spread.cases, *told])
    head = _head(lang, "time", "cases", "mean", "median", "p90")
    return Section(t("bulletin.section.times", lang), head, lines, t("bulletin.note.times", lang))


def _stock(facts: Facts, names: Names, lang: Lang) -> Section:
    lines: list[Line] = [
        [names.of(key, facts.by), *_ages(tally)]
        for key, tally in sorted(facts.stock.items(), key=lambda one: (-one[1].cases, one[0] or ""))
        if tally.cases
    ]
    lines.append([t("report.total", lang), *_ages(sum(facts.stock.values(), Tally()))])
    head = [*_head(lang, "name"), *(t(f"bulletin.age.{age.name}", lang) for age in Age), *_head(lang, "total")]
    note = t("bulletin.note.stock", lang, at=show_minute(facts.observed, lang))
    return Section(t("bulletin.section.stock", lang), head, lines, note)


def _ages(tally: Tally) -> Iterable[int]:
    return [*(tally.ages.get(age, 0) for age in Age), tally.cases]


def _excluded(facts: Facts, lang: Lang) -> Section:
    tally = facts.views.get(View.A, Tally())
    whole = tally.cases + sum(tally.excluded.values())
    lines: list[Line] = [
        [t(f"report.exclusion.{reason.value}", lang), count, Share(count / whole)]
        for reason, count in sorted(tally.excluded.items(), key=lambda one: (-one[1], one[0].value))
        if count
    ]
    head = _head(lang, "reason", "cases", "of_all")
    return Section(t("bulletin.section.excluded", lang), head, lines, t("bulletin.note.excluded", lang, whole=whole))


def _months(facts: Facts, names: Names, lang: Lang) -> Section:
    told = [(key, facts.months[key].rate) for key in sorted(key for key in facts.months if key)]
    lines = [[names.of(key, By.MONTH), *_rate_cells(rate, lang)] for key, rate in told]
    bars = [Bar(names.of(key, By.MONTH), rate.value, percent(rate.value)) for key, rate in told if rate.value]
    head = _head(lang, "month", "numerator", "denominator", "rate", "small")
    return Section(t("bulletin.section.months", lang), head, lines, t("bulletin.note.months", lang), bars)


def _versions(facts: Facts, names: Names, lang: Lang) -> Section:
    lines: list[Line] = []
    for one in facts.frozen:
        which = t("bulletin.version.frozen" if one.version == 1 else "bulletin.version.restated", lang, no=one.version)
        told = [names.of(one.area, By.CITY), which, show_minute(one.cut_off, lang)]
        lines.append([*told, *_rate_cells(headline_of(one, facts.area).rate, lang), one.data_hash])
    head = _head(lang, "name", "version", "cut_off", "numerator", "denominator", "rate", "small", "hash")
    return Section(t("bulletin.section.versions", lang), head, lines, t("bulletin.note.versions", lang))
