"""Generic signed webhook 签名推送: write-back to an upstream, or notices to the staff's bot. 2xx is taken."""

from services.notify.channels.message import Endpoint, Message, Outcome, Result
from services.notify.channels.post import Failed, Poster


class Webhook:
    """Standard Webhooks 1.0.0: the message's id is the receiver's key against repeats.

    `endpoint` serves messages that bring none of their own.
    """

    def __init__(self, poster: Poster, endpoint: Endpoint | None = None) -> None:
        self.name = "webhook"
        self._poster = poster
        self._endpoint = endpoint

    async def send(self, message: Message) -> Outcome:
        endpoint = message.endpoint or self._endpoint
        if endpoint is None:
            return Outcome(Result.SKIPPED, "no_endpoint")
        try:
            answer = await self._poster.post(endpoint, message.id, message.body, read=False)
        except Failed as failed:
            return failed.outcome
        return answer.refusal() or Outcome(Result.SENT)

    async def close(self) -> None:
        await self._poster.close()
