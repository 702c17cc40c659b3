"""通知文案 that a city writes over the shipped ones: which places a text may have, which it must keep, what is wrong
with it, and what it costs as a text message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

_PLACE = re.compile(r"\{([^{}]*)\}")
_SIGNATURE = re.compile(r"【[^【】{}]{2,12}】")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
TO_CITIZENS = ("request_no", "unit", "code", "track")
"""What every message to a citizen can name: its request, its page and the code for it, who has it."""
ABOUT_A_CASE = ("case_no", "unit")
_OPTIONAL = frozenset({"unit", "said", "title", "stale"})
ONE_PART, FURTHER_PART = 70, 67
"""Characters (UTF-16 units) of a text message in one part, and of each part of a longer one (3GPP TS 23.040)."""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class WordingFault:
    """What is wrong with a text: the code of the sentence, and its facts."""

    code: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def named_in(text: str) -> list[str]:
    """The places in a text, each once, in its order."""
    return list(dict.fromkeys(match[1] for match in _PLACE.finditer(text)))


def places_of(shipped: str, citizen: bool) -> list[str]:
    """What a text in the place of the shipped one may name: what that names, and what all of its kind can."""
    own = named_in(shipped)
    always = TO_CITIZENS if citizen else ABOUT_A_CASE if "case_no" in own else ()
    return list(dict.fromkeys([*own, *always]))


def needed_in(shipped: str) -> list[str]:
    """What it must keep: the number, the link and the code, the clock and its end. Words about the matter may go."""
    return [name for name in named_in(shipped) if name not in _OPTIONAL]


def faults(shipped: str, body: str, citizen: bool) -> list[WordingFault]:
    """All that is wrong with a text in the place of the shipped one."""
    named, known = named_in(body), places_of(shipped, citizen)
    found = []
    if unknown := [name for name in named if name not in known]:
        found.append(WordingFault("unknown_place", _listed(unknown, known)))
    if missing := [name for name in needed_in(shipped) if name not in named]:
        found.append(WordingFault("missing_place", _listed(missing, known)))
    if re.search(r"[{}]", _PLACE.sub("", body)):
        found.append(WordingFault("stray_brace"))
    if _CONTROL.search(body):
        found.append(WordingFault("one_line"))
    if shipped.startswith("【") and not _SIGNATURE.match(body):
        found.append(WordingFault("no_signature"))
    return found


def _listed(names: Sequence[str], known: Sequence[str]) -> Mapping[str, str]:
    return {"names": _braced(names), "known": _braced(known)}


def _braced(names: Sequence[str]) -> str:
    return " ".join("{" + name + "}" for name in names)


def length_of(text: str) -> int:
    """Characters as a text message counts them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parts_of(text: str) -> int:
    """How many parts a text message has, each of which is paid for."""
    length = length_of(text)
    return 1 if length <= ONE_PART else -(-length // FURTHER_PART)
