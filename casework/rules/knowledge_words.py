"""How Chinese words are found in the knowledge base 知识检索: characters and pairs of characters, the rare ones first.

Chinese has no spaces, and a caller's words are not the document's: pairs of characters (二元组) find more of them than
pg_trgm's threes and need no dictionary (bench/RESULTS.md compares). Pure: what is stored, asked, ranked is made here.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST_QUERY = 200
"""Characters of a text that are looked at: a caller's matter is in its first sentences."""

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_EMPTY = re.compile(
    "请问一下|我想问一下|我想咨询|我要咨询|我想问|我想了解|想咨询一下|咨询一下|问一下|您好|你好|请问|麻烦|谢谢|帮我|帮忙"
    "|怎么办理|如何办理|怎么办|怎么样|怎样|怎么|如何|什么时候|什么|哪里|哪儿|哪些|多少|几天|是否|能不能|可不可以|可以|能否"
    "|归谁管|谁来管|谁管|没人管|谁负责|找谁|哪个部门|什么部门|哪个|去哪|怎么处理|有没有|是不是|需要|应该|现在|我们|我家|我的|他们|一个|这个|那个|已经|还是|但是|因为|所以"
    "|如果|附近|今天|明天|昨天"
)
"""Words that every question has: they say nothing of the matter."""


@dataclass(frozen=True, slots=True)
class Written:
    """The words of an item that are searched."""

    title: str
    questions: Sequence[str] = ()
    keywords: Sequence[str] = ()
    answer: str = ""


def plain(text: str) -> str:
    """Full-width letters as plain ones, small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def grams(text: str) -> list[str]:
    """Each once, in order: pairs and single characters of Chinese, whole words of letters and digits."""
    found: dict[str, None] = {}
    for run in _RUN.findall(plain(text)):
        if run[0] < "\u3400":
            found[run] = None
            continue
        for i, one in enumerate(run):
            found[one] = None
            if i + 1 < len(run):
                found[run[i : i + 2]] = None
    return list(found)


def asked(text: str) -> list[str]:
    """The grams of a question without the words that every question has; with them when nothing else is left."""
    said = plain(text)[:LONGEST_QUERY]
    return grams(_EMPTY.sub(" ", said)) or grams(said)


def stored(written: Written, area: str) -> str:
    """The tsvector's text: A for title, questions and keywords, D for what only the answer has; and where it applies,
    so that the index itself passes over what lies elsewhere."""
    asked_for = grams(" ".join([written.title, *written.questions, *written.keywords]))
    known = set(asked_for)
    answered = (gram for gram in grams(written.answer) if gram not in known)
    marks = [*(f"@{code}" for code in widening(area)), f"={area}"]
    return " ".join([*(f"'{gram}':1A" for gram in asked_for), *(f"'{word}':1" for word in (*answered, *marks))])


def widening(area: str) -> list[str]:
    """The area and all that hold it, widest first."""
    return [area[:length] for length in (2, 4, 6, 9, 12) if length < len(area)] + [area]


def marks_near(area: str) -> list[str]:
    """The marks of items that apply in an area, or in a part of it: those within, and those of exactly a wider one."""
    return [f"@{area}", *(f"={code}" for code in widening(area)[:-1])]


def weight(gram: str, known: Mapping[str, int], items: int) -> float:
    """How much a gram says: rare ones more, single characters little. `known`: in how many of `items` each occurs."""
    said = math.log(1 + items / (1 + known.get(gram, 0)))
    return said if len(gram) > 1 else said * 0.7


def telling(question: Sequence[str], known: Mapping[str, int], most: int) -> list[str]:
    """The grams to look for: those that occur at all, rarest first, until they occur `most` times together.

    Pairs and words come before single characters, which say little and are everywhere.
    """
    order = sorted((g for g in question if known.get(g)), key=lambda g: (len(g) == 1, known[g]))
    taken: list[str] = []
    sum_ = 0
    for gram in order:
        sum_ += known[gram]
        if taken and sum_ > most:
            break
        taken.append(gram)
    return taken


def rank(question: Sequence[str], written: Written, weights: Mapping[str, float]) -> float:
    """How well an item answers a question, 0 to about 2: its best line counts, then all its lines, then the answer's
    own words."""
    wanted = set(question)
    whole = sum(weights[gram] for gram in wanted) or 1.0
    lines = [set(asked(line)) for line in (written.title, *written.questions, " ".join(written.keywords))]
    best = max(_alike(wanted, line, weights, whole) for line in lines)
    covered = _sum(wanted & set().union(*lines), weights) / whole
    answered = _sum(_said(wanted, written.answer), weights) / whole
    return best + covered * 0.6 + answered * 0.25


def _said(wanted: Iterable[str], answer: str) -> set[str]:
    """Those of the grams that the answer has, without taking it apart: it is long. A word of letters or digits counts
    only whole."""
    text = plain(answer)
    return {gram for gram in wanted if gram in text and (gram[0] >= "\u3400" or gram in _RUN.findall(text))}


def _alike(wanted: set[str], line: set[str], weights: Mapping[str, float], whole: float) -> float:
    """Dice's coefficient by weight; a gram that the question does not have weighs as an ordinary one of it."""
    ordinary = whole / len(wanted) if wanted else 0.0
    both = _sum(wanted & line, weights)
    return 2 * both / (whole + both + ordinary * len(line - wanted))


def _sum(chosen: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(weights.get(gram, 0.0) for gram in chosen)


def shared_words(question: Sequence[str], written: Written, most: int = 4) -> tuple[str, ...]:
    """What both say, longest first, pairs joined to words: (路灯, 灯不, 不亮) and 路灯不亮了 -> 路灯不亮."""
    pairs = {gram for gram in question if len(gram) > 1}
    texts = (written.title, *written.questions, *written.keywords, written.answer)
    words: dict[str, None] = {}
    for text in texts:
        for run in _RUN.findall(plain(text)):
            words.update(dict.fromkeys(_joined(run, pairs)))
    longest = sorted(words, key=len, reverse=True)
    kept = [w for i, w in enumerate(longest) if not any(w in longer for longer in longest[:i])]
    return tuple(kept[:most])


def _joined(run: str, pairs: set[str]) -> list[str]:
    if run in pairs:
        return [run]
    found: list[str] = []
    begin = None
    for i in range(len(run)):
        if run[i : i + 2] in pairs and len(run[i : i + 2]) == 2:
            begin = i if begin is None else begin
        elif begin is not None:
            found.append(run[begin : i + 1])
            begin = None
    return found


def snippet(answer: str, words: Sequence[str], length: int = 80) -> str:
    """The part of an answer to show: around the first shared word, else its beginning; … where something is cut."""
    text = " ".join(answer.split())
    places = [at for word in words if (at := plain(text).find(word)) >= 0]
    begin = max(0, min(places, default=0) - length // 4) if len(text) > length else 0
    cut = text[begin : begin + length]
    return f"{'…' if begin else ''}{cut}{'…' if begin + length < len(text) else ''}"
