"""评分 and 防注水检查: scores by the city's schemes, and what looks too good to be true."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from casework.db.reads import suspicions as read
from casework.db.reads.figures import figures
from casework.db.reads.questions import By
from casework.db.reads.supervisor import observed_now, unit_names
from casework.db.reads.unit_figures import BY_TASK, unit_figures
from casework.kit.errors import FieldFault, Unprocessable
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.rates import FIGURES, View
from casework.rules.scoring import grade, score
from casework.rules.suspicions import Check
from casework.rules.words import Role
from services.notify.figure_answers import keys_of, ratio
from services.notify.report_answers import Names
from services.notify.report_reading import question_of
from services.notify.report_schemas import Asked, Ratio
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
InLanguage = Annotated[Lang, Depends(language)]


class ScoresAsked(Asked):
    """Which scheme, of which groups."""

    scheme: Annotated[str, Field(max_length=40)]
    by: By = By.COUNTY


class ScoreRow(BaseModel):
    """得分: 0 to 100 with its grade, null where no figure has a case; the figures it is made of."""

    key: str | None
    name: str
    score: float | None
    grade: str | None
    parts: dict[str, Ratio]


class Scores(BaseModel):
    """评分: the best first, those without a score last."""

    observed_at: datetime
    scheme: str
    name: str
    source: str
    rows: list[ScoreRow]


class CheckAsked(Asked):
    """Which check's cases."""

    check: Check
    cursor: Annotated[str | None, Field(pattern=r"^\d{1,18}$")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CheckUnit(BaseModel):
    """A unit's hits, of its cases due in the period."""

    unit: str | None
    name: str | None
    hit: int
    of: int


class CheckLine(BaseModel):
    """One check: what it looks for, its bound, and where it hit."""

    check: Check
    name: str
    bound: int
    bound_text: str
    source: str
    hit: int
    units: list[CheckUnit]


class Checks(BaseModel):
    """防注水检查: leads for people to look into, no verdicts."""

    observed_at: datetime
    checks: list[CheckLine]


class HitLine(BaseModel):
    """A case that a check hit. `at` is UTC."""

    case_no: str
    unit: str | None
    at: datetime


class HitPage(BaseModel):
    """`next`: the cursor of the following page, null on the last."""

    cases: list[HitLine]
    next: str | None


@router.get("/scores", response_model=Scores)
async def scores(
    asked: Annotated[ScoresAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity, lang: InLanguage
) -> Scores:
    """得分 by a scheme of the city's. 422 names the schemes there are."""
    rules, observed = city.catalog.rates, await observed_now(session)
    scheme = rules.schemes.get(asked.scheme)
    if scheme is None:
        raise Unprocessable(fields=[FieldFault("scheme", "scores.unknown", {"known": sorted(rules.schemes)})])
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=asked.by)
    wanted = [figure for figure in FIGURES if figure.code in {part.figure for part in scheme.parts}]
    if asked.by in BY_TASK:
        found = await unit_figures(session, actor, question, wanted)
    else:
        found = await figures(session, actor, question, wanted, times=False)
    names = Names(city.catalog, await unit_names(session, list(keys_of(found, asked.by))), lang)
    rows = []
    for (key, _), one in found.items():
        points = score(scheme.weighed, one.rates)
        parts = {code: ratio(rate) for code, rate in one.rates.items()}
        rows.append(
            ScoreRow(
                key=key, name=names.of(key, asked.by), score=points, grade=grade(points, rules.grades), parts=parts
            )
        )
    rows.sort(key=lambda row: (row.score is None, -(row.score or 0), row.key or ""))
    name = scheme.zh if lang == "zh-CN" else scheme.en
    return Scores(observed_at=observed, scheme=asked.scheme, name=name, source=scheme.source, rows=rows)


@router.get("/checks", response_model=Checks)
async def checks(
    asked: Annotated[Asked, Query()], actor: Supervisor, session: Transaction, city: TheCity, lang: InLanguage
) -> Checks:
    """Every check, unit by unit."""
    observed = await observed_now(session)
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=By.UNIT)
    lines = []
    for check, rule in city.catalog.rates.checks.items():
        hit = await read.hits(session, actor, question, check, rule.bound)
        names = await unit_names(session, [one.unit for one in hit if one.unit])
        units = [CheckUnit(unit=u.unit, name=names.get(u.unit or ""), hit=u.hit, of=u.of) for u in hit]
        zh = lang == "zh-CN"
        lines.append(
            CheckLine(
                check=check,
                name=rule.zh if zh else rule.en,
                bound=rule.bound,
                bound_text=rule.unit_zh if zh else rule.unit_en,
                source=rule.source,
                hit=sum(one.hit for one in hit),
                units=units,
            )
        )
    return Checks(observed_at=observed, checks=lines)


@router.get("/checks/cases", response_model=HitPage)
async def cases(
    asked: Annotated[CheckAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity
) -> HitPage:
    """The cases that a check hit, oldest first."""
    observed = await observed_now(session)
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=By.UNIT)
    bound, after = city.catalog.rates.checks[asked.check].bound, int(asked.cursor or 0)
    rows = await read.cases_hit(session, actor, question, asked.check, bound, after=after, limit=asked.limit)
    lines = [HitLine(case_no=row.case_no, unit=row.unit, at=row.at) for row in rows]
    return HitPage(cases=lines, next=str(rows[-1].id) if len(rows) == asked.limit else None)
