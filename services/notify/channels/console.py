"""Console 控制台: the twin of every channel where none is set up. It writes one log line and keeps nothing."""

from casework.kit.logs import get_logger
from casework.kit.masking import mask_phone
from services.notify.channels.message import Message, Outcome, Result


class Console:
    """Tells the log, the phone masked. `shows_text`: in demo and tests the words too, for they hold links and codes."""

    def __init__(self, *, shows_text: bool) -> None:
        self.name = "console"
        self._shows_text = shows_text

    async def send(self, message: Message) -> Outcome:
        told = {"text": message.text} if self._shows_text and message.text else {}
        if message.to:
            told["to"] = mask_phone(message.to)
        get_logger().info("notice.told", notice=message.id, topic=message.topic, **told)
        return Outcome(Result.SENT)

    async def close(self) -> None:
        """Nothing is held."""
