"""受理 API: the hotline's webhook, the agents' form, the grid's reports."""

from services.assembly import assemble
from services.intake.routes import attachments, callers, hotline, imports, requests

TITLE = "GridCall 受理 Intake"
ROUTERS = [attachments.router, callers.router, hotline.router, imports.router, requests.router]

app = assemble("intake", TITLE, ROUTERS)
