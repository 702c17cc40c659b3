"""Language 语言: zh-CN unless the reader asks for English."""

from functools import lru_cache

from starlette.requests import HTTPConnection

from casework.kit.texts import DEFAULT_LANG, Lang


def language(request: HTTPConnection) -> Lang:
    """The language to answer in, by Accept-Language."""
    return pick_language(request.headers.get("accept-language"))


@lru_cache(maxsize=256)
def pick_language(accept: str | None) -> Lang:
    """The first of Chinese and English by weight in an Accept-Language value; zh-CN where neither is asked for."""
    best: tuple[float, Lang] = (0.0, DEFAULT_LANG)
    for part in (accept or "")[:200].split(","):
        tag, _, weight = part.strip().lower().partition(";")
        lang = _LANGS.get(tag.partition("-")[0].strip())
        if lang and _weight(weight) > best[0]:
            best = (_weight(weight), lang)
    return best[1]


_LANGS: dict[str, Lang] = {"zh": "zh-CN", "en": "en"}


def _weight(text: str) -> float:
    name, _, value = text.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
