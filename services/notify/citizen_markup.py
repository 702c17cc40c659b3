"""市民页 as HTML 市民端: written whole by the server, so that it works in any phone and without a script.

Sentences are `citizen.page.*` of the service's texts. Everything that comes from a person passes `escape`.
"""

from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

from casework.kit.now import in_shanghai
from casework.kit.texts import Lang, t
from casework.rules.words import Satisfaction
from services.notify.schemas import CitizenCase

GRADES = (Satisfaction.VERY_GOOD, Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.BAD, Satisfaction.VERY_BAD)


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the page is read: its address, the language, 长辈版 or not; what is carried in its forms."""

    path: str
    lang: Lang
    elder: bool
    kept: tuple[tuple[str, str], ...] = ()

    def say(self, code: str, **params: str) -> str:
        """A sentence of the page, fit for HTML."""
        return escape(t(f"citizen.page.{code}", self.lang, **params))

    def address(self, path: str | None = None) -> str:
        """The page, or another one, read as this one is."""
        asked = {"lang": self.lang} | ({"size": "elder"} if self.elder else {})
        return escape(f"{path or self.path}?{urlencode(asked)}")


@dataclass(frozen=True, slots=True)
class Said:
    """What the reader is told first: that it was done, or what is wrong; and the words that are not lost."""

    good: str = ""
    bad: str = ""
    words: str = ""
    of: str = ""
    """Which of the forms the words and the fault belong to."""

    def in_form(self, name: str) -> str:
        """The words that were typed into this form."""
        return escape(self.words) if self.of == name else ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A public picture of the reply: where it is read (its smaller copy below), before or after (Moment)."""

    path: str
    moment: str | None


def document(sheet: Sheet, main: str, title: str = "title") -> str:
    """The whole page around its main part; `title` names its sentence."""
    other: Lang = "en" if sheet.lang == "zh-CN" else "zh-CN"
    size = replace(sheet, elder=not sheet.elder)
    return f"""<!doctype html>
<html lang="{sheet.lang}"{' class="text-large"' if sheet.elder else ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<title>{sheet.say(title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/base.css">
<link rel="stylesheet" href="/citizen.css">
</head>
<body>
<a class="skip" href="#main">{sheet.say("skip")}</a>
<header class="bar"><div class="wrap">
<a class="brand" href="{sheet.address("/t")}"><img src="/icon.svg" alt="">{sheet.say("brand")}</a>
<a class="plain-button" href="{size.address()}">{sheet.say("plain" if sheet.elder else "elder")}</a>
<a class="plain-button" href="{replace(sheet, lang=other).address()}" hreflang="{other}" lang="{other}">{
        sheet.say("other_language")
    }</a>
</div></header>
<main id="main" class="wrap" tabindex="-1">
{main}
</main>
<footer class="wrap">
<p><a class="button quiet" href="tel:12345">{sheet.say("call")}</a></p>
<p>{sheet.say("call_hint")}</p>
</footer>
</body>
</html>
"""


def look_up(sheet: Sheet, said: Said, number: str = "") -> str:
    """查询: by number and query code."""
    return f"""{told(sheet, said)}
<section class="card" aria-labelledby="track-heading">
<h1 id="track-heading">{sheet.say("track")}</h1>
<p>{sheet.say("track_intro")}</p>
<form method="post" action="{sheet.address("/t")}">
<input type="hidden" name="do" value="look">
<label class="field-label" for="number">{sheet.say("number")}</label>
<input id="number" name="number" type="text" maxlength="40" autocomplete="off" required value="{escape(number)}">
<label class="field-label" for="code">{sheet.say("code")}</label>
<input id="code" name="code" type="text" inputmode="numeric" pattern="\\s*[0-9]{{8}}\\s*" maxlength="20"
 autocomplete="off" required>
<button class="button" type="submit">{sheet.say("look")}</button>
</form>
</section>"""


def told(sheet: Sheet, said: Said) -> str:
    """What was done, or what is wrong, before everything else."""
    if said.bad:
        return f'<p class="card trouble" role="alert">{escape(said.bad)}</p>'
    return f'<p class="told" role="status">{sheet.say(said.good)}</p>' if said.good else ""


def case_page(
    sheet: Sheet,
    found: CitizenCase,
    said: Said,
    *,
    may: frozenset[str],
    link: bool,
    pictures: tuple[Picture, ...] = (),
) -> str:
    """我的诉求: state, reply, the two questions, the way it went, and what the citizen may do."""
    forms = [
        survey(sheet, found, said) if link else "",
        supplement(sheet, said) if "supplement" in may else "",
        withdraw(sheet, said) if "withdraw" in may else "",
    ]
    again = f'<a class="button quiet" href="{sheet.address("/t")}">{sheet.say("again")}</a>'
    beside = "".join(
        f"<li>{escape(one.title)} · {escape(one.request_no)} · {escape(one.status_text)}</li>" for one in found.beside
    )
    return f"""{told(sheet, said)}
<h1>{escape(found.title)}</h1>
<dl class="card facts">
<div><dt>{sheet.say("status")}</dt><dd><strong id="case-status">{escape(found.status_text)}</strong></dd></div>
<div><dt>{sheet.say("number")}</dt><dd>{escape(found.request_no)}</dd></div>
</dl>
<section class="card" aria-labelledby="reply-heading">
<h2 id="reply-heading">{sheet.say("reply")}</h2>
<p id="reply">{escape(found.reply_text) if found.reply_text else sheet.say("no_reply")}</p>
{album(sheet, pictures)}</section>
{forms[0]}
<section class="card" aria-labelledby="journey-heading">
<h2 id="journey-heading">{sheet.say("journey")}</h2>
<ol class="journey">{steps(found)}</ol>
</section>
{f'<section class="card"><h2>{sheet.say("beside")}</h2><ul>{beside}</ul></section>' if beside else ""}
{forms[1]}
{forms[2]}
<p>{sheet.say("keep_link") if link else again}</p>"""


def album(sheet: Sheet, pictures: tuple[Picture, ...]) -> str:
    """办理照片: small, each a link to the whole one."""
    if not pictures:
        return ""
    lines = []
    for place, one in enumerate(pictures, 1):
        about = sheet.say(f"picture_{one.moment or 'none'}", n=str(place))
        image = f'<img src="{escape(one.path)}/thumbnail" alt="{about}" loading="lazy">'
        lines.append(f'<li><a href="{escape(one.path)}">{image}<span aria-hidden="true">{about}</span></a></li>')
    return f'<h3>{sheet.say("pictures")}</h3>\n<ul class="pictures">{"".join(lines)}</ul>\n'


def steps(found: CitizenCase) -> str:
    """办理经过: the newest first, in Shanghai's time."""
    lines = (
        f'<li><time datetime="{one.at.isoformat()}">{in_shanghai(one.at):%Y-%m-%d %H:%M}</time> '
        f'<span class="what">{escape(one.text)}</span></li>'
        for one in reversed(found.journey)
    )
    return "".join(lines)


def begin(sheet: Sheet, do: str) -> str:
    """A form's head, with what it carries."""
    kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in sheet.kept)
    return f'<form method="post" action="{sheet.address()}"><input type="hidden" name="do" value="{do}">{kept}'


def survey(sheet: Sheet, found: CitizenCase, said: Said) -> str:
    """回访: the two questions apart, where they are open; what was answered before."""
    before = found.survey
    yours = ""
    if before:
        grade = sheet.say(before.satisfaction.value) if before.satisfaction else ""
        solved = sheet.say("solved_yes" if before.solved else "solved_no")
        yours = f"<p><strong>{sheet.say('yours')}{solved}{' · ' if grade else ''}{grade}</strong></p>"
    if not found.survey_open:
        closed = sheet.say("survey_final" if before else "survey_closed")
        return _survey_card(sheet, f"{yours}<p>{closed}</p>")
    picked = {True: "yes", False: "no"}[before.solved] if before else ""
    grade_now = before.satisfaction.value if before and before.satisfaction else ""
    words = said.in_form("survey") or escape(before.comment or "" if before else "")
    return _survey_card(
        sheet,
        f"""{yours}<p>{sheet.say("survey_change" if before else "survey_intro")}</p>
{begin(sheet, "survey")}
{choices(sheet, "solved", (("yes", "solved_yes"), ("no", "solved_no")), picked)}
{choices(sheet, "satisfaction", tuple((one.value, one.value) for one in GRADES), grade_now)}
<label class="field-label" for="comment">{sheet.say("comment")}</label>
<textarea id="comment" name="text" rows="4" maxlength="500">{words}</textarea>
<button class="button" type="submit">{sheet.say("survey_send")}</button>
</form>""",
    )


def _survey_card(sheet: Sheet, inner: str) -> str:
    heading = f'<h2 id="survey-heading">{sheet.say("survey")}</h2>'
    return f'<section class="card" aria-labelledby="survey-heading">{heading}{inner}</section>'


def choices(sheet: Sheet, name: str, of: tuple[tuple[str, str], ...], picked: str) -> str:
    """One question with its answers, none chosen beforehand unless it was answered before."""
    rows = "".join(
        f'<div class="choice"><input type="radio" required name="{name}" id="{name}-{value}" value="{value}"'
        f'{" checked" if value == picked else ""}><label for="{name}-{value}">{sheet.say(text)}</label></div>'
        for value, text in of
    )
    return f'<fieldset><legend>{sheet.say(name)}</legend><div class="choices">{rows}</div></fieldset>'


def supplement(sheet: Sheet, said: Said) -> str:
    """补充情况."""
    return f"""<section class="card" aria-labelledby="supplement-heading">
<h2 id="supplement-heading">{sheet.say("supplement")}</h2>
{begin(sheet, "supplement")}
<label class="field-label" for="words">{sheet.say("supplement_words")}</label>
<textarea id="words" name="text" rows="4" maxlength="2000" required>{said.in_form("supplement")}</textarea>
<button class="button" type="submit">{sheet.say("supplement_send")}</button>
</form></section>"""


def withdraw(sheet: Sheet, said: Said) -> str:
    """撤回诉求: a fold of its own, so that nobody does it by the way."""
    shown = " open" if said.of == "withdraw" else ""
    return f"""<details class="card"{shown}>
<summary>{sheet.say("withdraw")}</summary>
<p>{sheet.say("withdraw_intro")}</p>
{begin(sheet, "withdraw")}
<label class="field-label" for="why">{sheet.say("withdraw_why")}</label>
<textarea id="why" name="text" rows="3" maxlength="500">{said.in_form("withdraw")}</textarea>
<div class="choice"><input type="checkbox" id="sure" name="sure" value="yes" required>
<label for="sure">{sheet.say("withdraw_sure")}</label></div>
<button class="button" type="submit">{sheet.say("withdraw_send")}</button>
</form></details>"""
