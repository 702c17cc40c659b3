"""The dispatch worker: sweeps the clocks every second, makes the moves that nobody has undone, makes the turns that
come by themselves every few, archives what is over and has units mend what they know every ten minutes."""

import asyncio
from collections.abc import Iterable

from casework.db import cadres, clocks, disputes, levels, likeness, rollups, turns
from casework.db.claims import forget_old
from casework.journey.automatic import dispatch_by_itself
from casework.journey.city import CALENDARS_AGE_S, City, read_calendars
from casework.journey.disputes import move_dispute
from casework.journey.handing_over import hand_over_once
from casework.journey.held_moves import make_due
from casework.journey.hotspots import make_list
from casework.journey.knowledge import tell_units
from casework.journey.move import move
from casework.journey.parting_months import make_months
from casework.journey.recounting import recount_nightly
from casework.journey.replanning import replan_once
from casework.kit.jobs import Doorbell, Loop, run_worker
from casework.kit.settings import get_settings
from casework.rules import asks, mediation_asks
from casework.rules.decide import Refused
from casework.rules.facts import SYSTEM, WINDOW_DAYS
from services.assembly import open_city

SWEEP_BATCH = 1000
ARCHIVE_BATCH = 200
FOLD_BATCH = 5000
TURN_BATCH = 200
HELD_BATCH = 100
OVER_TIME = "本级超时，系统自动提级"
SUGGEST_BATCH = 50
LIKENESS_BATCH = 500
THROW_AWAY_BATCH = 20_000
DISPUTE_BATCH = 200
CADRE_BATCH = 500


async def sweep_once(city: City, bell: Doorbell | None = None, *, limit: int = SWEEP_BATCH) -> int:
    """Fire what is due; rings the notifier when something was."""
    fired = await clocks.sweep(await city.database.pool(), limit=limit)
    if fired and bell is not None:
        bell.ring("notify", "staff")
    return fired


async def _move_all(city: City, wanted: Iterable[tuple[str, asks.Ask]]) -> int:
    """Moves of the system, each a transaction of its own; how many were made. What the table refuses is left alone."""
    done = 0
    for case_no, ask in wanted:
        try:
            async with city.database.transaction() as session:
                await move(session, city, case_no, SYSTEM, ask)
            done += 1
        except Refused:
            continue
    return done


async def archive_once(city: City, *, limit: int = ARCHIVE_BATCH) -> int:
    """归档: cases whose reopening window is over; how many."""
    over = await clocks.archivable(await city.database.pool(), window_days=WINDOW_DAYS, limit=limit)
    return await _move_all(city, [(case_no, asks.Archive()) for case_no in over])


async def turn_once(city: City, bell: Doorbell | None = None, *, limit: int = TURN_BATCH) -> int:
    """恢复, 督办, 提级, 未抽中办结: suspensions that are over end; what is late, thrice returned or thrice reworked is
    supervised; what is late on its level is raised; what the follow-up's sample left out closes."""
    pool = await city.database.pool()
    wanted: list[tuple[str, asks.Ask]] = [(no, asks.Resume()) for no in await turns.suspensions_over(pool, limit=limit)]
    for case_no, trigger in await turns.to_supervise(pool, limit=limit):
        wanted.append((case_no, asks.Supervise(trigger=trigger, note=trigger.zh)))
    wanted += [(no, asks.Raise(note=OVER_TIME)) for no in await levels.late_on_level(pool, limit=limit)]
    wanted += [(no, asks.CloseSampledOut()) for no in await turns.silence_over(pool, limit=limit)]
    done = await _move_all(city, wanted)
    if done and bell is not None:
        for loop in ("staff", "upstream"):
            bell.ring("notify", loop)
    return done


async def mediate_once(city: City, *, limit: int = DISPUTE_BATCH) -> int:
    """纠纷: limits that fell due and handovers that nobody answered in time are marked, each once; mediation whose time
    is over ends 期满. How many of all."""
    pool = await city.database.pool()
    done = await disputes.sweep(pool, limit=limit) + await disputes.sweep_links(pool, limit=limit)
    for dispute_no in await disputes.expired(pool, limit=limit):
        try:
            async with city.database.transaction() as session:
                await move_dispute(session, city, dispute_no, SYSTEM, mediation_asks.Expire())
            done += 1
        except Refused:
            continue
    return done


async def tell_cadres_once(city: City, bell: Doorbell | None = None, *, limit: int = CADRE_BATCH) -> int:
    """包联告知: packaged cadres are told of urgent cases in their grids, each once; rings when some were."""
    told = await cadres.tell(await city.database.pool(), limit=limit)
    if told and bell is not None:
        bell.ring("notify", "staff")
    return told


async def hold_once(city: City, bell: Doorbell | None = None, *, limit: int = HELD_BATCH) -> int:
    """撤销期满: moves that nobody has undone in time are made; rings the notifier when some were."""
    done = await make_due(city, limit=limit)
    if done and bell is not None:
        for loop in ("sms", "upstream", "staff"):
            bell.ring("notify", loop)
    return done


async def tidy_once(city: City) -> int:
    """Claims and looks of yesterday are cleared away. Always 0: there is no more to do for a while."""
    async with city.database.transaction() as session:
        await forget_old(session)
    return 0


async def mend_once(city: City, bell: Doorbell | None = None) -> int:
    """催更: units are told of the knowledge items that they must mend; rings the notifier when some were."""
    told = await tell_units(city)
    if told and bell is not None:
        bell.ring("notify", "staff")
    return told


async def fold_once(city: City, *, limit: int = FOLD_BATCH) -> int:
    """汇总: what the moves added to the rates is folded into the kept sums; how many lines."""
    return await rollups.fold(await city.database.pool(), limit=limit)


async def compare_once(city: City, *, limit: int = LIKENESS_BATCH) -> int:
    """比对: cases that came in are made comparable, behind the commit that made them; how many."""
    return await likeness.write_missing(await city.database.pool(), limit=limit)


async def watch_once(city: City) -> int:
    """热点: yesterday's list is made, once; and what is too old to be compared is thrown away. How many lists."""
    made = await make_list(city)
    await likeness.throw_away(await city.database.pool(), limit=THROW_AWAY_BATCH)
    return made


async def suggest_once(city: City, bell: Doorbell | None = None, *, limit: int = SUGGEST_BATCH) -> int:
    """分类建议: categories are suggested for cases that came without one, behind the commit; how many. Where the city
    lets it, those it is sure of are dispatched."""
    done = await city.classifier.suggest_missing(limit=limit)
    dispatched = [await dispatch_by_itself(city, case, found) for case, found in done]
    if any(dispatched) and bell is not None:
        bell.ring("notify", "staff")
    return len(done)


async def recount_once(city: City) -> int:
    """重算: see journey/recounting.py. Always 0: there is no more to do until the next night."""
    await recount_nightly(city)
    return 0


async def part_once(city: City) -> int:
    """按月分区: see journey/parting_months.py. Always 0: there is no more to do for a while."""
    await make_months(city)
    return 0


async def main() -> None:
    """Run until told to stop."""
    settings = get_settings()
    city, bell = open_city(settings), Doorbell(settings.redis_url)

    async def sweep() -> int:
        return await sweep_once(city, bell)

    async def archive() -> int:
        return await archive_once(city)

    async def mend() -> int:
        return await mend_once(city, bell)

    try:
        loops = [
            Loop("clocks", sweep, every=1.0),
            Loop("held", lambda: hold_once(city, bell), every=0.5),
            Loop("tidy", lambda: tidy_once(city), every=3600.0),
            Loop("turns", lambda: turn_once(city, bell), every=5.0),
            Loop("calendars", lambda: read_calendars(city), every=CALENDARS_AGE_S),
            Loop("replanning", lambda: replan_once(city), every=15.0),
            Loop("disputes", lambda: mediate_once(city), every=5.0),
            Loop("handovers", lambda: hand_over_once(city), every=5.0),
            Loop("cadres", lambda: tell_cadres_once(city, bell), every=5.0),
            Loop("archive", archive, every=600.0),
            Loop("rates", lambda: fold_once(city), every=2.0),
            Loop("likeness", lambda: compare_once(city), every=2.0),
            Loop("hotspots", lambda: watch_once(city), every=60.0),
            Loop("categories", lambda: suggest_once(city, bell), every=2.0),
            Loop("recount", lambda: recount_once(city), every=600.0),
            Loop("knowledge", mend, every=600.0),
            Loop("months", lambda: part_once(city), every=3600.0),
        ]
        await run_worker("dispatch", loops, settings.redis_url)
    finally:
        await bell.close()
        await city.database.close()


if __name__ == "__main__":
    asyncio.run(main())
