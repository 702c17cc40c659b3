"""SMS over an HTTP gateway 短信网关: POST {id, to, text}, signed; the gateway answers 2xx and a JSON object.

`id` is the same over all tries, so a gateway that keeps ids sends a message once. `{"accepted": false}` says that the
number or the text will never do. A 2xx that cannot be read leaves open whether the message went out.
"""

import json

from services.notify.channels.message import Endpoint, Message, Outcome, Result
from services.notify.channels.post import Answer, Failed, Poster

_NEVER = frozenset({400, 413, 422})


class Sms:
    """`to` is E.164 (+8613800000000). An empty 2xx answer counts as taken."""

    def __init__(self, poster: Poster, endpoint: Endpoint) -> None:
        self.name = "sms-http"
        self._poster = poster
        self._endpoint = endpoint

    async def send(self, message: Message) -> Outcome:
        if not message.to:
            return Outcome(Result.SKIPPED, "no_mobile")
        payload = {"id": message.id, "to": message.to, "text": message.text}
        try:
            answer = await self._poster.post(self._endpoint, message.id, payload, read=True)
        except Failed as failed:
            return failed.outcome
        if answer.status in _NEVER:
            return Outcome(Result.REFUSED, f"http_{answer.status}")
        return answer.refusal() or _taken(answer)

    async def close(self) -> None:
        await self._poster.close()


def _taken(answer: Answer) -> Outcome:
    if not answer.content.strip():
        return Outcome(Result.SENT)
    try:
        said = json.loads(answer.content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return Outcome(Result.AMBIGUOUS, "unreadable_answer")
    return Outcome(Result.REFUSED, "not_accepted") if said.get("accepted") is False else Outcome(Result.SENT)
