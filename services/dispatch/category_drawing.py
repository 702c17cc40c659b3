"""Suggestions, signs and the drift report as the dispatch API shows them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from casework.catalog.entries import Category
from casework.catalog.load import Catalog
from casework.db.models import CategorySuggestion
from casework.db.reads.drift import Drift, Fared
from casework.kit.texts import Lang
from casework.place.suggester import Guess, Guesses
from casework.rules.drift import MOVED, stability
from casework.rules.evidence import EvidenceRule
from casework.rules.signs import Seen
from casework.rules.words import Role
from services.dispatch import category_schemas as s

SORTERS = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.ANALYST, Role.SUPERVISION, Role.LEADER})
"""Who sees what was suggested."""
FEW = 30
"""Settled suggestions under which a share is marked as of a small number (words.md §6)."""


def suggestion_view(catalog: Catalog, found: Guesses, seen: Sequence[Seen], lang: Lang) -> s.SuggestionView:
    """What is suggested for a text now."""
    return s.SuggestionView(
        source=found.source,
        calibrated=found.calibrated,
        categories=[_guess(catalog, one) for one in found.best],
        signs=sign_views(catalog, seen, lang),
    )


def _guess(catalog: Catalog, guess: Guess) -> s.GuessView:
    category = catalog.categories[guess.code]
    return s.GuessView(
        category=guess.code,
        name=category.name,
        confidence=guess.confidence,
        words=list(guess.words),
        lead=catalog.departments[category.lead[0]].name if category.lead else None,
        urgency=category.urgency,
        confidential=category.confidential,
        minor=category.minor,
        restricted=category.restricted,
    )


def sign_views(catalog: Catalog, seen: Sequence[Seen], lang: Lang) -> list[s.SignView]:
    """The signs, each with the lines to call."""
    return [
        s.SignView(
            rule=one.rule.id,
            sign=one.rule.sign,
            sign_text=one.rule.sign.zh,
            words=one.words,
            urgency=one.rule.urgency,
            lines=[_line(catalog, code, lang) for code in one.rule.lines],
        )
        for one in seen
    ]


def _line(catalog: Catalog, code: str, lang: Lang) -> s.LineView:
    line = catalog.reasons.emergency[code]
    return s.LineView(code=code, number=line.number, name=line.en if lang == "en" else line.zh)


def kept_view(catalog: Catalog, row: CategorySuggestion) -> s.KeptSuggestion:
    """What was suggested when the case came. A category that the catalogue no longer has shows its code."""
    given = ((row.first, row.first_confidence), (row.second, row.second_confidence))
    words = row.words or {}
    return s.KeptSuggestion(
        source=row.source,
        calibrated=row.calibrated,
        categories=[
            s.KeptGuess(category=code, name=_name(catalog, code), confidence=sure or 0.0, words=words.get(code, []))
            for code, sure in given
            if code is not None
        ],
        settled=row.settled,
        settled_name=_name(catalog, row.settled) if row.settled else None,
        automatic=row.automatic,
    )


def _name(catalog: Catalog, code: str) -> str:
    found = catalog.categories.get(code)
    return found.name if found else code


def drift_report(catalog: Catalog, found: Drift, begin: date, end: date) -> s.DriftReport:
    """The report of the days begin to end."""
    index = stability(found.before, found.now)
    return s.DriftReport(
        begin=begin,
        end=end,
        fared=[_fared(one) for one in found.fared],
        mixed_up=[
            s.MixedUpView(
                suggested=one.suggested,
                suggested_name=_name(catalog, one.suggested),
                settled=one.settled,
                settled_name=_name(catalog, one.settled),
                cases=one.cases,
            )
            for one in found.mixed_up
        ],
        stability=round(index, 4) if index is not None else None,
        moved=index is not None and index >= MOVED,
    )


def _fared(one: Fared) -> s.FaredView:
    whole = one.settled
    return s.FaredView(
        source=one.source,
        settled=whole,
        none_given=one.none_given,
        first_right=round(one.first_right / whole, 4) if whole else None,
        first_or_second_right=round((one.first_right + one.second_right) / whole, 4) if whole else None,
        said=round(one.said, 4) if one.said is not None else None,
        few=whole < FEW,
    )


def catalogue_view(catalog: Catalog, lang: Lang) -> s.Catalogue:
    """The whole catalogue in force, retired categories too."""
    entries = [_entry(catalog, one, lang) for one in catalog.categories.values()]
    return s.Catalogue(name=catalog.name, version=catalog.version, entries=entries)


def _entry(catalog: Catalog, one: Category, lang: Lang) -> s.CatalogueEntry:
    guide = catalog.reasons.guidance.get(one.guide)
    return s.CatalogueEntry(
        code=one.code,
        parent=one.parent,
        name=one.name,
        lead=[catalog.departments[code].name for code in one.lead],
        co_units=[catalog.departments[code].name for code in one.co_units],
        level=one.level,
        urgency=one.urgency,
        urgency_note=one.urgency_note,
        confidential=one.confidential,
        minor=one.minor,
        restricted=one.restricted,
        lines=[_line(catalog, code, lang) for code in one.emergency_line],
        guide=(guide.en if lang == "en" else guide.zh) if guide else None,
        limit=one.limit,
        limit_kinds=list(one.limit_kinds),
        legal_basis=one.legal_basis,
        retired=one.retired,
        replaced_by=one.replaced_by,
        note=one.note,
        evidence=[_demand(rule) for rule in catalog.evidence if one.code.startswith(rule.category)],
    )


def _demand(rule: EvidenceRule) -> s.DemandView:
    return s.DemandView(action=rule.action, urgency=rule.urgency, kind=rule.kind, way=rule.way, **asdict(rule.demand))


def category_choices(catalog: Catalog) -> list[s.CategoryChoice]:
    """What a case may be given, in the catalogue's order."""
    known = catalog.categories
    return [
        s.CategoryChoice(
            code=one.code,
            name=one.name,
            path=" / ".join(known[above].name for above in _above(one.code) if above in known),
            urgency=one.urgency,
            guide=one.guide,
        )
        for one in known.values()
        if not one.retired and len(one.code) > 2
    ]


def _above(code: str) -> list[str]:
    """The codes of the levels above, the widest first."""
    return [code[:end] for end in range(2, len(code), 2)]
