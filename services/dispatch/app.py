"""派单处置 API: sign-in, the queue, cases and their moves, knowledge, dispatch rules, grids, whistles, disputes."""

from services.assembly import assemble
from services.dispatch.routes import (
    cases,
    categories,
    dispatch_rules,
    disputes,
    duty,
    grid_duty,
    grids,
    hotspots,
    knowledge,
    queue,
    session,
    similar,
    whistles,
    workers,
)

TITLE = "GridCall 派单处置 Dispatch"
ROUTERS = [
    session.router,
    queue.router,
    cases.router,
    categories.router,
    similar.router,
    knowledge.router,
    dispatch_rules.router,
    grids.router,
    hotspots.router,
    duty.router,
    grid_duty.router,
    whistles.router,
    disputes.router,
    workers.router,
]

app = assemble("dispatch", TITLE, ROUTERS)
