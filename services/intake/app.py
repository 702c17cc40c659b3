"""受理 API: the hotline's webhook, the agents' form, the grid's reports."""

from services.assembly import assemble
from services.intake.routes import hotline, requests

app = assemble("intake", "GridCall 受理 Intake", [hotline.router, requests.router])
