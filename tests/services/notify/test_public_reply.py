"""Which reply a citizen may read, as sentences."""

import pytest

from casework.db.models import Event
from casework.journey.citizen import public_reply


def said(*steps: tuple[str, str | None]) -> list[Event]:
    keys = {"FILE_RESULT": "reply_text", "ANSWER": "answer", "GUIDE": "told", "CONTACT": "note", "REWORK": "note"}
    return [Event(action=action, data={keys[action]: words} if words else {}) for action, words in steps]


@pytest.mark.parametrize(
    ("steps", "reply"),
    [
        ([("ACCEPT", None)], None),
        ([("ANSWER", "见政策")], "见政策"),
        ([("ANSWER", None)], None),  # by a knowledge item, without words
        ([("GUIDE", "请走仲裁")], "请走仲裁"),
        ([("FILE_RESULT", "修好了")], None),  # nobody has let it through
        ([("FILE_RESULT", "修好了"), ("SEND_BACK_RESULT", None)], None),
        ([("FILE_RESULT", "修好了"), ("ACCEPT_RESULT", None)], "修好了"),
        ([("FILE_RESULT", "一"), ("SEND_BACK_RESULT", None), ("FILE_RESULT", "二"), ("ACCEPT_RESULT", None)], "二"),
        # after a rework the first reply stands until the second is let through
        ([("FILE_RESULT", "一"), ("ACCEPT_RESULT", None), ("REWORK", "x"), ("FILE_RESULT", "二")], "一"),
        ([("CONTACT", "内部说明")], None),
    ],
)
def test_the_reply(steps: list[tuple[str, str | None]], reply: str | None) -> None:
    assert public_reply(said(*steps)) == reply
