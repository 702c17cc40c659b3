"""派单处置 API: sign-in, queue, cases and moves, knowledge, dispatch rules, grids, whistles, checks, disputes."""

from services.assembly import assemble
from services.dispatch.routes import (
    cases,
    categories,
    checks,
    choices,
    claims,
    desk_keeping,
    dispatch_rules,
    disputes,
    duty,
    grid_affairs,
    grid_duty,
    grids,
    held_moves,
    hotspots,
    knowledge,
    ledger,
    queue,
    session,
    similar,
    stream,
    urban,
    verifying,
    whistles,
    workers,
)

TITLE = "GridCall 派单处置 Dispatch"
ROUTERS = [
    session.router,
    queue.router,
    claims.router,
    held_moves.router,
    desk_keeping.router,
    stream.router,
    choices.router,
    cases.router,
    categories.router,
    similar.router,
    knowledge.router,
    dispatch_rules.router,
    grids.router,
    hotspots.router,
    duty.router,
    grid_duty.router,
    grid_affairs.router,
    whistles.router,
    checks.router,
    verifying.router,
    ledger.router,
    urban.router,
    disputes.router,
    workers.router,
]

app = assemble("dispatch", TITLE, ROUTERS)
