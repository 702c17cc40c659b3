"""Showing the statistics: definitions in both languages, months and years of whom the reader may see."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from casework.catalog.areas import AreaTree, short_name
from casework.db.models import CollectedMonth, StatisticsCity, YearFreeze
from casework.journey.collecting import Year
from casework.kit.texts import t
from casework.rules.indicators import EXCLUDED_CODES, VIEW_CODES, Pairs, added
from casework.rules.rates import DEFINITION_VERSION, FIGURES, Rate
from services.notify.figure_answers import ratio
from services.notify.statistics_schemas import (
    AreaTold,
    CityTold,
    Definitions,
    Indicator,
    MissingMonths,
    MonthTold,
    Words,
    YearFrozen,
    YearPart,
    YearTold,
)

PREFECTURE = 4


def definitions(told: Collection[str]) -> Definitions:
    """Every indicator in words; `told`: the versions of the months that are here."""
    return Definitions(
        version=DEFINITION_VERSION,
        versions=sorted({DEFINITION_VERSION, *told}),
        headline=_both("report.headline"),
        counting=_both("statistics.counting"),
        indicators=[
            *(_indicator(code, "view", f"report.view.{code}", f"report.words.{code}") for code in VIEW_CODES),
            *(_indicator(f.code, "figure", f"figure.name.{f.code}", f"figure.words.{f.code}") for f in FIGURES),
            *(_excluded(code, reason.value) for code, reason in EXCLUDED_CODES.items()),
        ],
    )


def _indicator(code: str, kind: str, name: str, words: str) -> Indicator:
    return Indicator(code=code, kind=kind, name=_both(name), words=_both(words))


def _excluded(code: str, reason: str) -> Indicator:
    named = f"report.exclusion.{reason}"
    name, words = (
        Words(zh=t(said, "zh-CN", reason=t(named, "zh-CN")), en=t(said, "en", reason=t(named, "en")))
        for said in ("statistics.out_name", "statistics.out_words")
    )
    return Indicator(code=code, kind="exclusion", name=name, words=words)


def _both(code: str) -> Words:
    return Words(zh=t(code, "zh-CN"), en=t(code, "en"))


class Shown:
    """What one reader sees: areas within `within`, the indicators of `codes` (all where none is named)."""

    def __init__(self, areas: AreaTree, within: str, codes: Collection[str] = ()) -> None:
        self._areas, self._within, self._codes = areas, within, codes

    def month(self, one: CollectedMonth) -> MonthTold:
        """A version of a month. Of a city told whole, its counties see nothing."""
        sums = {area: pairs for area, pairs in sorted(one.sums.items()) if area.startswith(self._within)}
        return MonthTold(
            id=one.id,
            month=f"{one.month:%Y-%m}",
            area=one.area,
            version=one.version,
            restated=one.version > 1,
            definition=one.definition,
            cut_off=one.cut_off,
            cases=one.cases,
            origin=one.origin,
            source=one.source,
            source_hash=one.source_hash,
            sums_hash=one.sums_hash,
            collected_at=one.collected_at,
            rows=[self._area(area, pairs) for area, pairs in sums.items()],
            total=self._area(max(one.area, self._within, key=len), added(sums.values())),
        )

    def year(self, found: Year) -> YearTold:
        """The year as it is collected now."""
        missing = {area: [_month(month) for month in months] for area, months in found.missing.items()}
        parts = [
            YearPart(
                area=part.area,
                month=_month(part.month),
                version=part.version,
                origin=part.origin,
                source_hash=part.source_hash,
                sums_hash=part.sums_hash,
            )
            for part in found.parts
        ]
        return YearTold(**self._year(found.province, found.year, found.definitions, found.figures, missing, parts))

    def frozen(self, one: YearFreeze) -> YearFrozen:
        """A version of a frozen year."""
        parts = [YearPart(**{name: part[name] for name in YearPart.model_fields}) for part in one.parts]
        return YearFrozen(
            **self._year(one.area, one.year, one.definitions, one.figures, one.missing, parts),
            id=one.id,
            version=one.version,
            restated=one.version > 1,
            made_at=one.made_at,
            data_hash=one.data_hash,
            figures_hash=one.figures_hash,
        )

    def city(self, one: StatisticsCity) -> CityTold:
        """A city that is asked."""
        return CityTold(
            area=one.area,
            name=self._name(one.area),
            url=one.url,
            source=one.source,
            watermark=one.watermark,
            asked_at=one.asked_at,
            problem=one.problem,
        )

    def _year(
        self,
        province: str,
        year: int,
        told: Sequence[str],
        figures: Mapping[str, Pairs],
        missing: Mapping[str, Sequence[str]],
        parts: Sequence[YearPart],
    ) -> dict[str, Any]:
        mine = {area: pairs for area, pairs in figures.items() if self._sees(area)}
        gaps = {area: list(months) for area, months in missing.items() if self._sees(area)}
        return {
            "year": year,
            "area": province,
            "complete": not gaps,
            "definitions": list(told),
            "rows": [self._area(area, pairs) for area, pairs in sorted(mine.items())],
            "total": self._area(max(province, self._within[:PREFECTURE], key=len), added(mine.values())),
            "missing": [MissingMonths(area=area, name=self._name(area), months=gaps[area]) for area in sorted(gaps)],
            "parts": [part for part in parts if self._sees(part.area)],
        }

    def _sees(self, prefecture: str) -> bool:
        return prefecture.startswith(self._within)

    def _area(self, area: str, pairs: Pairs) -> AreaTold:
        rates = {code: ratio(Rate(*pair)) for code, pair in pairs.items() if not self._codes or code in self._codes}
        return AreaTold(area=area, name=self._name(area), rates=rates)

    def _name(self, area: str) -> str:
        found = self._areas.get(area)
        return short_name(found.name) if found else area


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
