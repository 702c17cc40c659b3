"""The three APIs and the web in one process 合一前端: `uvicorn manage.standalone.onefront:app`."""

from manage.standalone.fronts import one_front
from services.dispatch.app import app as dispatch
from services.intake.app import app as intake
from services.notify.app import app as notify

app = one_front({"intake": intake, "dispatch": dispatch, "notify": notify})
