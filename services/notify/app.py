"""通知回访 API: the citizen's doors, the follow-up queue, the outbox to be seen, the reports."""

from pathlib import Path

from casework.kit.texts import TEXTS
from services.assembly import assemble
from services.notify.routes import (
    bulletin_schedules,
    bulletins,
    case_exports,
    citizen,
    citizen_pages,
    figures,
    findings,
    followup,
    frozen,
    judging,
    mine,
    notices,
    pictures,
    punctuality,
    report_map,
    reports,
    service_pages,
    service_ratings,
    statistics,
    wordings,
)

TITLE = "GridCall 通知回访 Notify"
ROUTERS = [
    citizen.router,
    citizen_pages.router,
    service_pages.router,
    pictures.router,
    followup.router,
    mine.router,
    notices.router,
    reports.router,
    figures.router,
    service_ratings.router,
    judging.router,
    frozen.router,
    findings.router,
    punctuality.router,
    report_map.router,
    bulletins.router,
    statistics.router,
    bulletin_schedules.router,
    case_exports.router,
    wordings.router,
]

TEXTS.add(Path(__file__).parent / "locales")

app = assemble("notify", TITLE, ROUTERS)
