"""受理 API: the hotline's webhook, the agents' form, the grid's reports."""

from services.assembly import assemble
from services.intake.routes import hotline, requests

TITLE = "GridCall 受理 Intake"
ROUTERS = [hotline.router, requests.router]

app = assemble("intake", TITLE, ROUTERS)
