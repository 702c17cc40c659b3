"""回看: every bad grade of a service is looked at by who supervises the area, who says what was done. None commits."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import service_answers
from casework.db.accounts import note as noted
from casework.db.models import ServiceAnswer
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.said_why import says_why
from casework.rules.words import Satisfaction


async def look(session: AsyncSession, city: City, actor: Actor, answer_id: int, note: str) -> ServiceAnswer:
    """One more note on a bad answer; the first one ends its task. The same words of the same person change nothing.

    Raises: NotFound: none in the actor's scope. Conflict: the grade is not bad. Unprocessable: the note says nothing.
    """
    answer = await service_answers.find(session, actor, answer_id, hold=True)
    if answer is None:
        raise NotFound("service.answer_not_found")
    if Satisfaction(answer.grade) not in city.catalog.service_ratings.definition.bad:
        raise Conflict("service.not_bad")
    if not says_why(note):
        raise Unprocessable(fields=[FieldFault("note", "service.look_missing")])
    assert actor.account_id is not None
    if await service_answers.add_look(session, answer.id, actor.account_id, mask_text(note)):
        noted(session, "SERVICE_LOOKED_AT", account_id=actor.account_id, subject=f"service_answer:{answer.id}")
    return answer
