"""受理 API: the hotline's webhook, the agents' form, the grid's reports."""

from services.assembly import assemble
from services.intake.routes import attachments, callers, hotline, imports, requests, statistics

TITLE = "GridCall 受理 Intake"
ROUTERS = [hotline.router, requests.router, attachments.router, callers.router, imports.router, statistics.router]
"""Asked in this order: the doors that are used most come first."""

app = assemble("intake", TITLE, ROUTERS)
