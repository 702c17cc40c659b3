"""The dispatch catalogue as the API reads and shows it 派单目录: forms to rules, rules and tallies to rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from casework.catalog.areas import AreaLevel
from casework.catalog.checks import CENTRE_DEPARTMENT
from casework.catalog.entries import DispatchLine, NamedPlace
from casework.catalog.load import Catalog
from casework.catalog.own_rules import Wrong
from casework.db.models import DispatchRuleVersion
from casework.db.reads.first_dispatch import Of, Tally
from casework.journey.dispatch_rules import Rule
from casework.journey.rule_trial import Moved, Trial
from casework.kit.errors import FieldFault, Unprocessable
from casework.kit.texts import Lang, t
from casework.rules.calendars import day_of
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.rates import Rate
from casework.rules.tallies import Period
from services.dispatch import rule_schemas as s

BASE = "BASE"


def lines_of(forms: Sequence[s.RuleForm]) -> list[DispatchLine]:
    """The rules of a form. Raises Unprocessable where one names neither a unit nor a department."""
    empty = [at for at, form in enumerate(forms) if not form.unit and not form.department]
    if empty:
        raise Unprocessable(fields=[FieldFault(f"rules.{at}.department", "dispatch_rule.no_outcome") for at in empty])
    return [
        DispatchLine.model_validate({**form.model_dump(), "department": form.department or CENTRE_DEPARTMENT})
        for form in forms
    ]


def month_of(asked: str | None, now: datetime) -> tuple[str, Period]:
    """The month asked for, 2026-10, or the one before this, and its instants."""
    day = date.fromisoformat(f"{asked}-01") if asked else day_of(now).replace(day=1) - timedelta(days=1)
    return f"{day:%Y-%m}", Period.months(day, day)


def rule_view(rule: Rule, people: Mapping[int, str], lang: Lang) -> s.RuleView:
    """A version, with the names of who wrote, put and ended it."""
    row = rule.row
    return s.RuleView(
        rule=_shown(rule.line),
        version=row.version,
        state=row.state,
        why=row.why,
        made_by=people.get(row.made_by or 0),
        made_at=row.made_at,
        put_by=people.get(row.put_by or 0),
        put_at=row.put_at,
        ended_by=people.get(row.ended_by or 0),
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        wrong=[_wrong(wrong, lang) for wrong in rule.wrong],
    )


def base_view(rule: DispatchRule) -> s.RuleView:
    """A rule of the catalogue that ships."""
    said = {name: getattr(rule, name) for name in s.RuleShown.model_fields if hasattr(rule, name)}
    spans = {name: str(said[name]) for name in ("hours", "season") if said[name]}
    shown = s.RuleShown.model_validate({**said, **spans})
    nobody = dict.fromkeys(("made_by", "made_at", "put_by", "put_at", "ended_by", "ended_at", "ended_why"))
    return s.RuleView(rule=shown, version=0, state=BASE, why="", wrong=[], **nobody)


def choices(catalog: Catalog, area: str | None, lang: Lang) -> s.RuleChoices:
    """What a form offers to choose from. Departments that stand for a level (a street, a community) are there too."""
    mine = [one for one in catalog.areas.all() if area and one.code.startswith(area)]
    if area and len(area) < len("510104"):
        mine = [one for one in mine if one.level is not AreaLevel.COMMUNITY]
    categories = [one for one in catalog.categories.values() if not one.retired]
    return s.RuleChoices(
        areas=[s.Named(code=one.code, name=catalog.areas.name_path(one.code)) for one in mine],
        categories=[s.Named(code=one.code, name=one.name) for one in categories],
        place_types=[_place(one, lang) for one in catalog.place_types.values()],
        owners=[_place(one, lang) for one in catalog.owners.values()],
        departments=[s.Named(code=one.code, name=one.name) for one in catalog.departments.values()],
    )


def _place(one: NamedPlace, lang: Lang) -> s.Named:
    return s.Named(code=one.code, name=one.en if lang == "en" else one.zh)


def who_did(rows: Sequence[DispatchRuleVersion]) -> set[int]:
    """The accounts that a list of versions names."""
    return {who for row in rows for who in (row.made_by, row.put_by, row.ended_by) if who}


def trial_view(catalog: Catalog, month: str, trial: Trial) -> s.TrialView:
    """What a change would do."""
    return s.TrialView(
        month=month,
        asked=trial.asked,
        changed=trial.changed,
        shifts=[s.Shift(from_unit=one, to_unit=to, cases=count) for (one, to), count in trial.counts.most_common()],
        cases=[_moved(catalog, moved) for moved in trial.listed],
        next=str(trial.next) if trial.next is not None else None,
        cut=trial.cut,
    )


def tallies(month: str, of: Of, rows: Sequence[Tally], names: Mapping[str, str]) -> s.Tallies:
    """The lines, and what they add up to."""
    total = Tally(
        None, *(sum(getattr(row, name) for row in rows) for name in ("dispatched", "suggested", "other", "right"))
    )
    return s.Tallies(month=month, by=of, total=_tally(total, names), rows=[_tally(row, names) for row in rows])


def _tally(row: Tally, names: Mapping[str, str]) -> s.TallyView:
    rate = Rate(row.right, row.dispatched)
    return s.TallyView(
        key=row.key,
        name=names.get(row.key or ""),
        dispatched=row.dispatched,
        suggested=row.suggested,
        other_unit=row.other,
        right=row.right,
        accuracy=float(rate.value) if rate.value is not None else None,
        small=rate.small,
    )


def _shown(line: DispatchLine) -> s.RuleShown:
    return s.RuleShown.model_validate(line.model_dump())


def _wrong(wrong: Wrong, lang: Lang) -> s.WrongView:
    return s.WrongView(field=wrong.field, code=wrong.code, message=t(wrong.code, lang, **wrong.params))


def _moved(catalog: Catalog, moved: Moved) -> s.MovedCase:
    case = moved.case
    return s.MovedCase(
        case_no=case.case_no,
        title=case.title,
        category=case.category,
        area_name=catalog.areas.name_path(case.area_code),
        from_rule=moved.before.rule,
        from_unit=moved.before.unit,
        to_rule=moved.after.rule,
        to_unit=moved.after.unit,
    )
