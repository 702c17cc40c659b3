"""Address → area 地址定位: what is certain of a place told in words, what else it may be, and the words that decided.

Every name found in the text speaks for an area and for all that hold it. A candidate's score is what the names of its
chain say together (each stretch of the text speaks once; names that stand side by side speak louder); scores become
shares by the exponential, beside the share of "nothing of this is meant". Certain is the narrowest area whose
candidates share the confident bound. The chain decides, so the order of the words does not matter.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casework.place.gazetteer import Gazetteer
from casework.place.hits import BETWEEN, Hit, exact_hits, near_hits
from casework.place.names import Form

CONFIDENT = 0.9
"""Below this share nothing is taken for certain."""
ADDRESS_LENGTH = 120
RUNNING_LENGTH = 300
_UNSURE = 0.5
_NAMED = 1.0
_TOLD = 5
_LEAST_TOLD = 0.02
_AT_MOST = 60
_WITHIN_REACH = 8.0
_LIKELY = 0.2
_JOINED = 1.5
_ELSEWHERE = -4.0
_AT_HOME = 1.0
_LENGTHS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class Candidate:
    """候选: an area that may be meant, its share of all (0 to 1), and the words of the text that speak for it."""

    code: str
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """定位结果. `certain`: the narrowest certain area, None where nothing is; `confidence` its share.

    `unsure`: the words name something narrower, but not which.
    """

    certain: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    unsure: bool


NOTHING = Match(None, 0.0, (), False)


def match_place(
    gazetteer: Gazetteer, text: str, *, within: str = "", running: bool = False, bound: float = CONFIDENT
) -> Match:
    """Where a text says that it is. `within`: the area prefix where it came in; a place elsewhere needs stronger words.

    `running`: the text is a report, not an address. Only its beginning is read (120 characters of an address, 300 of a
    report).
    """
    text = unicodedata.normalize("NFKC", text)[: RUNNING_LENGTH if running else ADDRESS_LENGTH]
    hits = exact_hits(gazetteer, text, running=running)
    ranked = _ranked(gazetteer, text, hits, within)
    taken = {hit.end for one in ranked if one.share >= _LIKELY for hit in one.hits}
    near = near_hits(gazetteer, text, hits, taken, _counties(ranked, within))
    if near:
        ranked = _ranked(gazetteer, text, [*hits, *near], within)
    return _told(gazetteer, text, ranked, bound)


@dataclass(frozen=True, slots=True)
class _Scored:
    code: str
    share: float
    hits: tuple[Hit, ...]

    @property
    def said(self) -> bool:
        """Whether the area itself is named, not merely a road or a house that bears its name."""
        return any(hit.named.code == self.code and hit.weight >= _NAMED for hit in self.hits)


def _ranked(gazetteer: Gazetteer, text: str, hits: Sequence[Hit], within: str) -> list[_Scored]:
    """The candidates with their shares, the best first."""
    of: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        of[hit.named.code].append(hit)
    for found in of.values():
        found.sort(key=lambda hit: -hit.weight)
    rough = {code: sum(of[part][0].weight for part in chain_of(gazetteer, code) if part in of) for code in of}
    least = max(rough.values(), default=0.0) - _WITHIN_REACH
    picked = sorted((code for code in rough if rough[code] >= least), key=lambda code: (-rough[code], code))
    scored = []
    for code in picked[:_AT_MOST]:
        chosen = _chosen(of, code, chain_of(gazetteer, code))
        score = sum(hit.weight for hit in chosen) + _JOINED * _joins(text, chosen)
        if len(chosen) == 1:
            score -= math.log(gazetteer.namesakes(text[chosen[0].start : chosen[0].end]))
        if not _near_home(gazetteer, code, within):
            score += _ELSEWHERE
        elif len(within) >= 6 and code.startswith(within) and of[code][0].named.form is not Form.BARE:
            score += _AT_HOME
        scored.append((score, code, chosen))
    return _shares(scored)


def _shares(scored: list[tuple[float, str, tuple[Hit, ...]]]) -> list[_Scored]:
    top = max((score for score, _, _ in scored), default=0.0)
    weights = [math.exp(score - top) for score, _, _ in scored]
    total = sum(weights) + math.exp(-top)
    found = [_Scored(code, weight / total, hits) for weight, (_, code, hits) in zip(weights, scored, strict=True)]
    return sorted(found, key=lambda one: (-one.share, one.code))


def chain_of(gazetteer: Gazetteer, code: str) -> tuple[str, ...]:
    """The area and all that hold it, narrowest first; its functional zone before its county."""
    zone = gazetteer.areas.zone_of(code)
    if zone == code:
        return code, code[:4], code[:2]
    chain = tuple(code[:length] for length in reversed(_LENGTHS) if length <= len(code))
    return chain if zone is None else (*chain[:-3], zone, *chain[-3:])


def _chosen(of: Mapping[str, Sequence[Hit]], code: str, chain: Iterable[str]) -> tuple[Hit, ...]:
    """The candidate's own best hit and, of each area that holds it, the best that speaks of other words."""
    chosen = [of[code][0]]
    for part in chain:
        if part != code:
            free = (
                hit for hit in of.get(part, ()) if all(hit.end <= had.start or had.end <= hit.start for had in chosen)
            )
            best = next(free, None)
            if best is not None:
                chosen.append(best)
    return tuple(sorted(chosen, key=lambda hit: hit.start))


def _joins(text: str, chosen: Sequence[Hit]) -> int:
    """How many neighbours stand side by side, at most separators between them."""
    return sum(
        1
        for left, right in pairwise(chosen)
        if left.joins and right.joins and not text[left.end : right.start].strip(BETWEEN)
    )


def _near_home(gazetteer: Gazetteer, code: str, within: str) -> bool:
    return code.startswith(within) or within.startswith(code) or gazetteer.areas.zone_of(code) == within


def _counties(ranked: Sequence[_Scored], within: str) -> list[str]:
    """The counties that the text may mean: at most three, or the one where it came in."""
    shares: defaultdict[str, float] = defaultdict(float)
    for one in ranked:
        if len(one.code) >= 6 and one.code.isdigit():
            shares[one.code[:6]] += one.share
    found = sorted((county for county in shares if shares[county] > 0.1), key=lambda county: -shares[county])[:3]
    return found or ([within[:6]] if len(within) >= 6 else [])


def _told(gazetteer: Gazetteer, text: str, ranked: Sequence[_Scored], bound: float) -> Match:
    shares: defaultdict[str, float] = defaultdict(float)
    for one in ranked:
        for part in chain_of(gazetteer, one.code):
            shares[part] += one.share
    sure = [code for code, share in shares.items() if share >= bound]
    certain = max(sure, key=lambda code: (_depth(gazetteer, code), shares[code]), default=None)
    candidates = tuple(
        Candidate(one.code, round(one.share, 4), tuple(dict.fromkeys(text[hit.start : hit.end] for hit in one.hits)))
        for one in ranked[:_TOLD]
        if one.share >= _LEAST_TOLD
    )
    deepest = _depth(gazetteer, certain) if certain else 0
    narrower = sum(one.share for one in ranked if one.said and _depth(gazetteer, one.code) > deepest)
    confidence = round(min(1.0, shares[certain]), 4) if certain else 0.0
    return Match(certain, confidence, candidates, narrower >= _UNSURE)


def _depth(gazetteer: Gazetteer, code: str) -> int:
    """How narrow; a zone stands between its prefecture and a county."""
    return 5 if code in gazetteer.areas.zones else len(code)
