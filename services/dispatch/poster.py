"""海报: a service point's poster, one A5 page in both languages; its QR code is a file beside it."""

from html import escape

from casework.kit.texts import Lang, t

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LANGUAGES: tuple[Lang, Lang] = ("zh-CN", "en")


def poster(name: str, area_name: str) -> str:
    """The page. `area_name`: the community's full name."""
    head, foot = ("".join(_lines(part)) for part in (("title", "how"), ("privacy", "call")))
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{escape(name)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/poster.css">
</head>
<body>
<p class="screen">{_say("print", "zh-CN")}</p>
<main class="sheet">
<h1>{escape(name)}</h1>
<p class="area">{escape(area_name)}</p>
{head}
<img class="code" src="qr.svg" alt="{_say("code", "zh-CN")}">
{foot}
</main>
</body>
</html>
"""


def _lines(parts: tuple[str, ...]) -> list[str]:
    return [f'<p class="{part}" lang="{lang}">{_say(part, lang)}</p>\n' for part in parts for lang in _LANGUAGES]


def _say(part: str, lang: Lang) -> str:
    return escape(t(f"service_point.poster.{part}", lang))
