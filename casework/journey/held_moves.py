"""可撤销的操作: a move is tried, held for some seconds in which it may be undone, and then made by the server.

What the rules refuse is refused at once. A page that is closed meanwhile changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases, claims, held_moves
from casework.journey.city import City
from casework.journey.move import move
from casework.journey.sign_in import actor_of
from casework.kit.errors import NotFound, Problem
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import Actor

WAIT = timedelta(seconds=5)
_ASK: TypeAdapter[asks.AnyAsk] = TypeAdapter(asks.AnyAsk)
_SEALED_FOR = "held_move.ask"


class Taken(Exception):
    """Somebody else has the case: `name` says who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Tried(Exception):
    """Raised to take a trial back."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one case of a batch fared: held (`problem` None), or why not."""

    case_no: str
    problem: Exception | None


async def hold_all(
    session: AsyncSession, city: City, numbers: Sequence[str], actor: Actor, ask: asks.AnyAsk, batch: str
) -> list[Row]:
    """Try the move on each case and hold those that the rules would make; each is claimed for its actor.

    The cases are locked in the order of their numbers, whoever else does the same.
    """
    found: dict[str, Row] = {}
    for case_no in sorted(set(numbers)):
        try:
            async with session.begin_nested():
                await _hold(session, city, case_no, actor, ask, batch)
            found[case_no] = Row(case_no, None)
        except (Refused, Taken, Problem) as problem:
            found[case_no] = Row(case_no, problem)
    return [found[case_no] for case_no in dict.fromkeys(numbers)]


async def _hold(session: AsyncSession, city: City, case_no: str, actor: Actor, ask: asks.AnyAsk, batch: str) -> None:
    held = await cases.lock(session, case_no, actor)
    if held is None or actor.account_id is None:
        raise NotFound("case_not_found")
    case_id = held.case.id
    claim = await claims.claim(session, case_id, actor.account_id, claims.LEASE)
    if claim.account_id != actor.account_id or await held_moves.is_held(session, case_id):
        raise Taken(claim.name)
    try:
        async with session.begin_nested():
            await move(session, city, case_no, actor, ask)
            raise _Tried
    except _Tried:
        pass  # the rules would make it
    sealed = city.keyring.seal(ask.model_dump_json(), _SEALED_FOR)
    await held_moves.keep(
        session,
        case_id=case_id,
        account_id=actor.account_id,
        batch=batch,
        action=ask.action.value,
        ask_sealed=sealed,
        wait=WAIT,
    )


async def undo(session: AsyncSession, batch: str, actor: Actor) -> None:
    """Undo one's own batch as far as it has not been made, and give its cases free; a repeat changes nothing."""
    assert actor.account_id is not None
    await held_moves.undo(session, batch, actor.account_id)
    rows = await held_moves.of_batch(session, batch, actor.account_id)
    undone = [case.id for row, case in rows if row.state == "UNDONE"]
    await claims.release(session, undone, actor.account_id)


async def make_due(city: City, *, limit: int) -> int:
    """Make what is due, each in a transaction of its own; how many came to an end, made or refused."""
    async with city.database.transaction() as session:
        wanted = await held_moves.due(session, limit=limit)
    return sum([await _make(city, held_id) for held_id in wanted])


async def _make(city: City, held_id: int) -> bool:
    try:
        async with city.database.transaction() as session:
            found = await held_moves.take(session, held_id)
            if found is None or found[0].ask_sealed is None:
                return False
            row, case_no, account = found
            ask = _ASK.validate_json(city.keyring.open(row.ask_sealed or b"", _SEALED_FOR))
            actor = await actor_of(session, account)
            if not account.active:
                raise NotFound("case_not_found")
            await move(session, city, case_no, actor, ask, request_key=f"held:{held_id}")
            await held_moves.end(session, [held_id], "DONE", None, None)
            await claims.release(session, [row.case_id], row.account_id)
    except (Refused, Problem) as refused:
        async with city.database.transaction() as session:
            code = f"refused.{refused.code}" if isinstance(refused, Refused) else refused.code
            await held_moves.end(session, [held_id], "REFUSED", code, dict(refused.params))
    return True
