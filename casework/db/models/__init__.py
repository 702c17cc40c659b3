"""The tables (数据表): one class is one table; what a column means is said at its class, once."""

from casework.db.models.alarms import Alarm
from casework.db.models.base import Base
from casework.db.models.bulletins import BulletinFile, BulletinIssue, BulletinSchedule
from casework.db.models.calendars import CalendarBook, CalendarNotice
from casework.db.models.case_exports import CaseExport, CaseExportBlock
from casework.db.models.cases import Assignment, Case, Clock, ClockFired, Event
from casework.db.models.city import CatalogVersion
from casework.db.models.classifying import CategoryModel, CategorySuggestion
from casework.db.models.cohorts import came_in, fell_due
from casework.db.models.collected import CollectedMonth, StatisticsCity, YearFreeze
from casework.db.models.copies import CaseCopy
from casework.db.models.desk import CaseClaim, CaseViewer, HeldMove, SavedView, StandardText
from casework.db.models.dispatch import DispatchBook, DispatchRuleVersion
from casework.db.models.disputes import (
    Dispute,
    DisputeEvent,
    DisputeLink,
    DisputeParty,
    DisputeSession,
    DisputeTimer,
)
from casework.db.models.evidence import Attachment, AttachmentPart, AttachmentUse, StorageFault
from casework.db.models.findings import Finding
from casework.db.models.freezes import Freeze, FrozenCase
from casework.db.models.grid_affairs import (
    CadreTold,
    DutyLeave,
    GridCadre,
    GridItem,
    GroupLeader,
    WorkerEvent,
    WorkerStanding,
)
from casework.db.models.grids import DutyShift, Grid, GridWorker, PlaceVersion
from casework.db.models.hotspots import HotSpot, HotSpotCase, HotSpotDay
from casework.db.models.imports import ImportBlock, ImportJob, ImportProblem, ImportSource, PollSource
from casework.db.models.intake import Inbox, NumberBlock, Request, Source, Supplement
from casework.db.models.knowledge import (
    KnowledgeComplaint,
    KnowledgeGram,
    KnowledgeItem,
    KnowledgeMend,
    KnowledgeMiss,
    KnowledgeUse,
    KnowledgeVersion,
)
from casework.db.models.ledger import LedgerReview
from casework.db.models.likeness import CaseLikeness, LikenessReach
from casework.db.models.nuisance import CallerBlock
from casework.db.models.people import Account, AuditLog, Session, Unit
from casework.db.models.rates import FigureRollup, RateDelta, RateRollup
from casework.db.models.service_points import ServiceAnswer, ServiceLook, ServicePoint, ServiceQuota
from casework.db.models.telling import CitizenLink, Notice, NoticeAttempt, QueryTry, Survey
from casework.db.models.turns import Motion, Supervision
from casework.db.models.waiting import WAITING
from casework.db.models.whistles import Whistle, WhistleCall
from casework.db.models.wordings import NoticeWording, WordingBook

__all__ = [
    "WAITING",
    "Account",
    "Alarm",
    "Assignment",
    "Attachment",
    "AttachmentPart",
    "AttachmentUse",
    "AuditLog",
    "Base",
    "BulletinFile",
    "BulletinIssue",
    "BulletinSchedule",
    "CadreTold",
    "CalendarBook",
    "CalendarNotice",
    "CallerBlock",
    "Case",
    "CaseClaim",
    "CaseCopy",
    "CaseExport",
    "CaseExportBlock",
    "CaseLikeness",
    "CaseViewer",
    "CatalogVersion",
    "CategoryModel",
    "CategorySuggestion",
    "CitizenLink",
    "Clock",
    "ClockFired",
    "CollectedMonth",
    "DispatchBook",
    "DispatchRuleVersion",
    "Dispute",
    "DisputeEvent",
    "DisputeLink",
    "DisputeParty",
    "DisputeSession",
    "DisputeTimer",
    "DutyLeave",
    "DutyShift",
    "Event",
    "FigureRollup",
    "Finding",
    "Freeze",
    "FrozenCase",
    "Grid",
    "GridCadre",
    "GridItem",
    "GridWorker",
    "GroupLeader",
    "HeldMove",
    "HotSpot",
    "HotSpotCase",
    "HotSpotDay",
    "ImportBlock",
    "ImportJob",
    "ImportProblem",
    "ImportSource",
    "Inbox",
    "KnowledgeComplaint",
    "KnowledgeGram",
    "KnowledgeItem",
    "KnowledgeMend",
    "KnowledgeMiss",
    "KnowledgeUse",
    "KnowledgeVersion",
    "LedgerReview",
    "LikenessReach",
    "Motion",
    "Notice",
    "NoticeAttempt",
    "NoticeWording",
    "NumberBlock",
    "PlaceVersion",
    "PollSource",
    "QueryTry",
    "RateDelta",
    "RateRollup",
    "Request",
    "SavedView",
    "ServiceAnswer",
    "ServiceLook",
    "ServicePoint",
    "ServiceQuota",
    "Session",
    "Source",
    "StandardText",
    "StatisticsCity",
    "StorageFault",
    "Supervision",
    "Supplement",
    "Survey",
    "Unit",
    "Whistle",
    "WhistleCall",
    "WordingBook",
    "WorkerEvent",
    "WorkerStanding",
    "YearFreeze",
    "came_in",
    "fell_due",
]
