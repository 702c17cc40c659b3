"""The city's catalogue 目录: everything that a city decides, read once, checked whole, then immutable.

A city's folder may hold any of the files in casework/catalog/data; what it leaves out comes from there. All wrong
lines are found in one run: CatalogError.problems has one message for each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from casework.catalog.areas import AreaTree
from casework.catalog.checks import by_code, check_categories, check_departments, checked_rules, known_names
from casework.catalog.classifying import (
    ClassifierSetting,
    Classifying,
    LexiconLine,
    SchemeLine,
    SignLine,
    read_lexicon,
    read_schemes,
    read_signs,
)
from casework.catalog.documents import Forms, read_documents
from casework.catalog.duties import DutyCells, duty_lines
from casework.catalog.entries import About, Category, Department, DispatchLine, FormerName, NamedPlace
from casework.catalog.evidence import EvidenceLine, evidence_rules
from casework.catalog.faults import Faults
from casework.catalog.follow_up import FollowUpRules, read_follow_up
from casework.catalog.mediation import Mediation, read_mediation
from casework.catalog.privacy import PrivacyNotice, load_privacy
from casework.catalog.problems import CatalogError
from casework.catalog.rates import RateRules, read_rates
from casework.catalog.read import read_csv, read_toml
from casework.catalog.read_areas import read_areas
from casework.catalog.read_grids import read_grid_codes, read_grid_duty
from casework.catalog.reasons import Reasons, read_reasons
from casework.catalog.response import Response, read_response
from casework.catalog.service_ratings import ServiceRatingRules, read_service_ratings
from casework.catalog.sources import Sources
from casework.catalog.tell import Teller, read_sentences
from casework.catalog.timing import calendars_of, load_limits, load_why, read_calendar_file
from casework.catalog.timing_entries import CalendarFile
from casework.catalog.turns import Turns, read_turns
from casework.catalog.urban import Urban, UrbanAreaLine, UrbanLine, read_urban
from casework.rules.calendars import Calendars
from casework.rules.clocks import LimitTable, WhyTexts
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.duty_gaps import DutyHours
from casework.rules.evidence import EvidenceRule
from casework.rules.grid_codes import CodeTemplate
from casework.rules.grid_items import DutyLine
from casework.rules.named_in import Lexicon
from casework.rules.rule_book import RuleBook

Part = TypeVar("Part")


@dataclass(frozen=True)
class Catalog:
    """One city's catalogue. `version` is the declared one and a digest of all files: 2026.1+0f3a92c4d1e8."""

    name: str
    version: str
    areas: AreaTree
    former_names: tuple[FormerName, ...]
    grid_codes: CodeTemplate
    grid_duty: DutyHours
    duties: tuple[DutyLine, ...]
    urban: Urban
    departments: Mapping[str, Department]
    categories: Mapping[str, Category]
    place_types: Mapping[str, NamedPlace]
    owners: Mapping[str, NamedPlace]
    dispatch_rules: tuple[DispatchRule, ...]
    evidence: tuple[EvidenceRule, ...]
    reasons: Reasons
    turns: Turns
    response: Response
    rates: RateRules
    service_ratings: ServiceRatingRules
    follow_up: FollowUpRules
    mediation: Mediation
    documents: Forms
    privacy: PrivacyNotice
    calendar_file: CalendarFile
    calendars: Calendars
    limits: LimitTable
    why: Mapping[str, WhyTexts]
    teller: Teller
    classifying: Classifying

    @cached_property
    def rule_book(self) -> RuleBook:
        """The dispatch rules, ready to be asked."""
        return RuleBook(self.dispatch_rules)

    @cached_property
    def place_words(self) -> Lexicon:
        """Which kind of place a text names."""
        return Lexicon({place.code: place.words for place in self.place_types.values()})

    @cached_property
    def owner_words(self) -> Lexicon:
        """Whose facility a text names."""
        return Lexicon({owner.code: owner.words for owner in self.owners.values()})


def load(folder: Path | None = None) -> Catalog:
    """The catalogue of a city's folder over the shipped one, or the shipped one alone.

    Raises CatalogError with every fault of every file.
    """
    faults = Faults()
    sources = Sources(folder)
    sources.check_names(faults)
    areas = read_areas(sources, faults)
    former = known_names(read_csv(sources.path("former_names.csv"), FormerName, faults), areas, faults)
    departments, categories, places, reasons = _read_tree(sources, faults)
    owners = by_code("owners.csv", read_csv(sources.path("owners.csv"), NamedPlace, faults), faults)
    rules = checked_rules(
        read_csv(sources.path("dispatch.csv"), DispatchLine, faults),
        areas,
        {"departments": departments, "categories": categories, "place_types": places, "owners": owners},
        faults,
    )
    evidence = evidence_rules(read_csv(sources.path("evidence.csv"), EvidenceLine, faults), categories, faults)
    sentences = read_sentences(read_toml(sources.path("trace.toml"), faults), faults)
    response = read_response(read_toml(sources.path("response.toml"), faults), departments, faults)
    rates = read_rates(read_toml(sources.path("rates.toml"), faults), faults)
    ratings = read_service_ratings(read_toml(sources.path("service_ratings.toml"), faults), faults)
    follow_up = read_follow_up(read_toml(sources.path("follow_up.toml"), faults), categories, areas, faults)
    turns = read_turns(read_toml(sources.path("turns.toml"), faults), faults)
    documents = read_documents(read_toml(sources.path("documents.toml"), faults), faults)
    mediation = read_mediation(read_toml(sources.path("mediation.toml"), faults), faults)
    about = _read_about(sources, faults)
    grids_file = read_toml(sources.path("grids.toml"), faults)
    codes, grid_duty = read_grid_codes(grids_file, faults), read_grid_duty(grids_file, faults)
    duties = duty_lines(read_csv(sources.path("duties.csv"), DutyCells, faults), areas, faults)
    urban = read_urban(
        read_csv(sources.path("urban.csv"), UrbanLine, faults),
        read_csv(sources.path("urban_areas.csv"), UrbanAreaLine, faults),
        categories,
        areas,
        faults,
    )
    classifying = _read_classifying(sources, categories, reasons, faults)
    calendar_file = _or_faults(read_calendar_file, sources.path("calendars.toml"), faults)
    limits = _or_faults(load_limits, sources.path("limits.csv"), faults)
    why = _or_faults(load_why, sources.path("why.toml"), faults)
    privacy = _or_faults(load_privacy, sources.path("privacy.toml"), faults)
    if faults.lines or about is None or calendar_file is None or limits is None or why is None or privacy is None:
        raise CatalogError(faults.lines)
    assert codes is not None
    assert ratings is not None
    assert grid_duty is not None
    return Catalog(
        name=about.name,
        version=f"{about.version}+{sources.digest()}",
        areas=areas,
        former_names=former,
        grid_codes=codes,
        grid_duty=grid_duty,
        duties=duties,
        urban=urban,
        departments=departments,
        categories=categories,
        place_types=places,
        owners=owners,
        dispatch_rules=rules,
        evidence=evidence,
        reasons=reasons,
        turns=turns,
        response=response,
        rates=rates,
        service_ratings=ratings,
        follow_up=follow_up,
        mediation=mediation,
        documents=documents,
        privacy=privacy,
        calendar_file=calendar_file,
        calendars=calendars_of(calendar_file),
        limits=limits,
        why=why,
        teller=Teller(sentences, areas, departments, categories, places, owners),
        classifying=classifying,
    )


def _read_tree(
    sources: Sources, faults: Faults
) -> tuple[dict[str, Department], dict[str, Category], dict[str, NamedPlace], Reasons]:
    """Departments, categories, place types and reasons: what the dispatch rules and one another name."""
    departments = by_code("departments.csv", read_csv(sources.path("departments.csv"), Department, faults), faults)
    check_departments(departments, faults)
    reasons = read_reasons(read_toml(sources.path("reasons.toml"), faults), faults)
    lines = read_csv(sources.path("categories.csv"), Category, faults)
    categories = by_code("categories.csv", lines, faults)
    check_categories(lines, departments, reasons, faults)
    places = by_code("place_types.csv", read_csv(sources.path("place_types.csv"), NamedPlace, faults), faults)
    return departments, categories, places, reasons


def _read_classifying(
    sources: Sources, categories: Mapping[str, Category], reasons: Reasons, faults: Faults
) -> Classifying:
    file = read_toml(sources.path("classifier.toml"), faults)
    setting = file.entry((), file.tables, ClassifierSetting, faults)
    return Classifying(
        read_lexicon(read_csv(sources.path("lexicon.csv"), LexiconLine, faults), categories, faults),
        read_signs(read_csv(sources.path("signs.csv"), SignLine, faults), reasons.emergency, faults),
        read_schemes(read_csv(sources.path("schemes.csv"), SchemeLine, faults), categories, faults),
        setting.threshold if setting else None,
    )


def _read_about(sources: Sources, faults: Faults) -> About | None:
    file = read_toml(sources.path("catalog.toml"), faults)
    return file.entry((), file.tables, About, faults)


def _or_faults(read: Callable[[Path], Part], path: Path, faults: Faults) -> Part | None:
    """What another loader reads, or None after its faults."""
    try:
        return read(path)
    except CatalogError as error:
        faults.lines.extend(error.problems)
        return None
