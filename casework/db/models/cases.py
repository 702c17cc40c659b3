"""Cases and what hangs on them: assignments, clocks, events."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Case(Base):
    """工单 / 案件: the unit of dispatch and of the promise. What the headline rate needs is kept here (rates.py).

    `urban_code`: of the part (16 digits) or event (10) of 数字城管 that it is about, if it is.

    `finish_due` is the promise now, `finish_due_original` as first given. `filed_at` is a result that awaits its
    verdict; `first_completed_at` the first accepted filing, `completed_at` the effective one (null while a rework is
    open). `signed_in_time` and `contacted_in_time` are null until it happened. `next_due` is the nearest running
    deadline and `queue_rank` the case's rank, null when it waits for nobody: the queue's order (waiting.py). `motions`
    counts what was asked for in turns.py, `returns` the units that asked to return it; `supervised`: a supervision
    awaits its answer. A merged case follows `main_case_id`; `merged` counts those that follow this one (热度);
    `whistles` those of whistles.py. `filed_by`: who filed the last result; while it is looked at on the spot,
    `check_unit_id` is the unit that looks and `checker_id` the person. `on_ledger`: listed as not to be solved for now,
    and to be looked at again by `ledger_review_due`.
    `guarded`: 举报保密 (rules/guarding.py); `screened_at`: when it was last screened,
    null until it is and again when more is said; `barred_units`: those reported, above and below them, who see nothing.
    What the other rates need follows `updated_at` (rules/rates: CaseFacts says what each means).
    `minor`: 涉未成年人 (rules/minors.py), `guardian_unit_id` who was told and may read it. `adoption`: of a suggestion.
    `rectified`: how the last rectification of a bad grade went, `rectify_due` until when while one is open.
    `follow_stratum`, `follow_weight`: what the follow-up's sample drew (rules/sampling.py), once, when a result was
    first accepted; `call_from`: while nobody has answered, when calls begin, or what is not in the sample closes.
    """

    __tablename__ = "cases"
    id: Mapped[int] = new_id()
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    case_no: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    direction: Mapped[str]
    level: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str | None]
    category: Mapped[str | None]
    urban_code: Mapped[str | None]
    urgency: Mapped[str]
    area_code: Mapped[str]
    title: Mapped[str]
    routing: Mapped[dict[str, Any] | None]
    suggested_unit: Mapped[str | None]
    reporter_id: Mapped[int | None]
    lead_unit_id: Mapped[int | None]
    contact_exempt: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    contact_made: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    in_rework: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    rework_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    motions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    returns: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    main_case_id: Mapped[int | None]
    merged: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    whistles: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    supervised: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    filed_by: Mapped[int | None]
    check_unit_id: Mapped[int | None]
    checker_id: Mapped[int | None]
    guarded: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    screened_at: Mapped[datetime | None]
    minor: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    guardian_unit_id: Mapped[int | None]
    barred_units: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    on_ledger: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    ledger_review_due: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    upstream_due: Mapped[datetime | None]
    created_at: Mapped[datetime] = time_now()
    accepted_at: Mapped[datetime | None]
    finish_due_original: Mapped[datetime | None]
    finish_due: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    signed_in_time: Mapped[bool | None] = mapped_column(Boolean)
    contacted_in_time: Mapped[bool | None] = mapped_column(Boolean)
    filed_at: Mapped[datetime | None]
    first_completed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    reason_code: Mapped[str | None]
    reply_text: Mapped[str | None]
    adoption: Mapped[str | None]
    void_proposed_by: Mapped[int | None]
    next_due: Mapped[datetime | None]
    queue_rank: Mapped[int | None] = mapped_column(SmallInteger)
    updated_at: Mapped[datetime] = time_now()
    struck: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    first_unit_id: Mapped[int | None]
    misdirected: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    called_in_time: Mapped[bool | None] = mapped_column(Boolean)
    dispatched_in_time: Mapped[bool | None] = mapped_column(Boolean)
    extensions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    suspensions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    supervisions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    repeated: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    missed_by_grid: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    followed: Mapped[str | None]
    solved: Mapped[bool | None] = mapped_column(Boolean)
    satisfaction: Mapped[str | None]
    worked_minutes: Mapped[int | None] = mapped_column(Integer)
    rectified: Mapped[str | None]
    rectify_due: Mapped[datetime | None]
    verified: Mapped[bool | None] = mapped_column(Boolean)
    verified_in_time: Mapped[bool | None] = mapped_column(Boolean)
    checked_in_time: Mapped[bool | None] = mapped_column(Boolean)
    follow_stratum: Mapped[str | None]
    follow_weight: Mapped[int | None] = mapped_column(Integer)
    call_from: Mapped[datetime | None]
    __table_args__ = (
        # what was finished in a period, or after a moment that lies back
        Index("ix_cases_completed", "completed_at", postgresql_where=text("completed_at IS NOT NULL")),
        # what was answered at once, for the knowledge base's report
        Index("ix_cases_answered", "ended_at", postgresql_where=text("ended_as = 'ANSWERED'")),
        # those that follow a main case
        Index("ix_cases_main", "main_case_id", postgresql_where=text("main_case_id IS NOT NULL")),
        # what is on the ledger, by its next review
        Index("ix_cases_ledger", "ledger_review_due", postgresql_where=text("on_ledger")),
        # results that somebody is to look at on the spot
        Index("ix_cases_check", "check_unit_id", postgresql_where=text("check_unit_id IS NOT NULL")),
        Index("ix_cases_checker", "checker_id", postgresql_where=text("checker_id IS NOT NULL")),
        # urgent cases that somebody still owes something in: packaged cadres are told of them
        Index(
            "ix_cases_serious",
            "id",
            postgresql_where=text("urgency IN ('E0', 'E1') AND queue_rank IS NOT NULL"),
        ),
        # cases to be supervised by themselves
        Index(
            "ix_cases_passed_on",
            "id",
            postgresql_where=text("(returns >= 3 OR rework_count >= 3) AND ended_at IS NULL"),
        ),
        # what a bad grade named and is not yet put right, by its limit
        Index("ix_cases_rectify", "rectify_due", "id", postgresql_where=text("rectify_due IS NOT NULL")),
        # what the follow-up's sample left out, by when it closes
        Index(
            "ix_cases_silent",
            "call_from",
            "id",
            postgresql_where=text("call_from IS NOT NULL AND follow_weight = 0 AND rework_count = 0"),
        ),
        # ended cases that wait for the archive
        Index("ix_cases_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL AND status <> 'ARCHIVED'")),
    )


class Assignment(Base):
    """办理任务: one per unit per hop, with that unit's own clocks. `answer`: what a helper told the lead, or a unit
    put right (整改), masked.

    `designated`: by consultation, so that it may not be returned. `whistle_id`: the task of one whom a whistle called.
    `account_id`: the person of the unit that a verifying or an on-site check was given to.
    """

    __tablename__ = "assignment"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]
    hop: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = time_now()
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    designated: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    answer: Mapped[str | None]
    whistle_id: Mapped[int | None] = mapped_column(ForeignKey("whistle.id"))
    account_id: Mapped[int | None]
    __table_args__ = (
        # exactly one lead is open while the case is with a unit (words.md §1)
        Index(
            "uq_assignment_one_lead",
            "case_id",
            unique=True,
            postgresql_where=text("kind = 'LEAD' AND closed_at IS NULL"),
        ),
        # one bad grade at a time is put right (docs/decisions/0029)
        Index(
            "uq_assignment_one_rectification",
            "case_id",
            unique=True,
            postgresql_where=text("kind = 'RECTIFY' AND closed_at IS NULL"),
        ),
        # on-site tasks that are open, by whom they were given to
        Index(
            "ix_assignment_on_the_spot",
            "account_id",
            postgresql_where=text("kind IN ('VERIFY', 'CHECK') AND closed_at IS NULL"),
        ),
        # cases that a person was given a check of
        Index("ix_assignment_account", "account_id", "case_id", postgresql_where=text("account_id IS NOT NULL")),
    )


class Clock(Base):
    """时钟: (case, assignment or none, name, cycle). `next_at` is when its next stage is due; `stage_no` which one.

    state: RUNNING, FILED (time set, verdict awaited), PAUSED (since `paused_at`), STOPPED, CANCELLED.
    `calendar_unannounced` and `kind_unknown` say what makes the deadline provisional (暂定). `promised_by`: whose word
    the deadline is, where it is not simply reckoned from the limit (rules/clocks.PromisedBy).
    """

    __tablename__ = "clock"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    assignment_id: Mapped[int | None]
    name: Mapped[str]
    cycle: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'RUNNING'"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    own_due_at: Mapped[datetime]
    limit_text: Mapped[str]
    limit_source: Mapped[str]
    rule_version: Mapped[str]
    calendar_version: Mapped[str]
    calendar_unannounced: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    kind_unknown: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    stages: Mapped[list[str]]
    stage_times: Mapped[list[datetime]]
    stage_no: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    next_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    promised_by: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("case_id", "assignment_id", "name", "cycle", postgresql_nulls_not_distinct=True),
        CheckConstraint("state IN ('RUNNING', 'FILED', 'PAUSED', 'STOPPED', 'CANCELLED')", name="state"),
        # deadlines that a newly announced calendar may move
        Index(
            "ix_clock_unannounced",
            "calendar_version",
            postgresql_where=text("calendar_unannounced AND state IN ('RUNNING', 'PAUSED')"),
        ),
        # what the sweeper reads: the condition must stand in its query word for word
        Index("ix_clock_due", "next_at", postgresql_where=text("state = 'RUNNING'")),
        # matters that are late on their level
        Index(
            "ix_clock_level",
            "due_at",
            postgresql_where=text("state = 'RUNNING' AND name IN ('LEVEL', 'SIGN')"),
        ),
        # promises to the citizen that are broken and still owed: they are supervised
        Index(
            "ix_clock_broken",
            "case_id",
            postgresql_where=text("state = 'RUNNING' AND breached_at IS NOT NULL AND name IN ('FINISH', 'REWORK')"),
        ),
    )


class ClockFired(Base):
    """时钟节点已触发: each stage of a clock fires once; the key is the second lock."""

    __tablename__ = "clock_fired"
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    stage_at: Mapped[datetime]
    fired_at: Mapped[datetime] = time_now()


class Event(Base):
    """事件: append-only; every change of a case is one. `version` is the case's version that it made.

    Kept by month (db/months.py). `(case_id, version)` and `(case_id, request_key)` are unique within a month by its own
    indexes; across the end of a month it is the case's lock that keeps a repeat from being written (cases.was_done).
    """

    __tablename__ = "event"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    action: Mapped[str]
    role: Mapped[str]
    account_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    version: Mapped[int | None] = mapped_column(Integer)
    acted_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    request_key: Mapped[str | None]
    __table_args__ = (
        Index("ix_event_case", "case_id", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )
    __mapper_args__ = {"primary_key": [id]}  # noqa: RUF012  (SQLAlchemy reads it from the class)
