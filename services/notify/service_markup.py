"""服务评价页 as HTML: what a poster's QR code opens. No script, no name, no phone; sentences are `citizen.page.*`."""

from html import escape

from casework.db.models import ServicePoint
from services.notify.citizen_markup import GRADES, Said, Sheet, choices, told

MOST_WORDS = 300


def rating_page(sheet: Sheet, point: ServicePoint, area_name: str, said: Said, *, key: str, service: str) -> str:
    """The form: five grades, the point's services if it has any, a few words. `key`: of this form alone."""
    return f"""{told(sheet, said)}
<section class="card" aria-labelledby="rate-heading">
<h1 id="rate-heading">{sheet.say("rate_heading")}</h1>
<p><strong>{escape(point.name)}</strong><br>{escape(area_name)}</p>
<form method="post" action="{sheet.address()}">
<input type="hidden" name="key" value="{escape(key)}">
{choices(sheet, "grade", tuple((one.value, one.value) for one in GRADES), said.of)}
{_services(sheet, point.services, service)}
<label class="field-label" for="words">{sheet.say("rate_words")}</label>
<textarea id="words" name="words" rows="3" maxlength="{MOST_WORDS}">{escape(said.words)}</textarea>
<p class="hint">{sheet.say("rate_privacy")}</p>
<button class="button" type="submit">{sheet.say("rate_send")}</button>
</form>
</section>
<p>{sheet.say("rate_case")}</p>"""


def thanks(sheet: Sheet, point: ServicePoint, *, bad: bool) -> str:
    """What is shown once the answer is there; a reload sends nothing."""
    return f"""{told(sheet, Said(good="rate_done_bad" if bad else "rate_done"))}
<section class="card" aria-labelledby="rate-heading">
<h1 id="rate-heading">{escape(point.name)}</h1>
<p>{sheet.say("rate_case")}</p>
<p><a class="button quiet" href="{sheet.address()}">{sheet.say("rate_again")}</a></p>
</section>"""


def refused(sheet: Sheet, said: Said) -> str:
    """Where there is nothing to rate: why, and whom to call."""
    return f"<h1>{sheet.say('rate_heading')}</h1>\n{told(sheet, said)}\n<p>{sheet.say('rate_case')}</p>"


def _services(sheet: Sheet, services: list[str], picked: str) -> str:
    if not services:
        return ""
    options = "".join(
        f'<option value="{escape(one)}"{" selected" if one == picked else ""}>{escape(one)}</option>'
        for one in services
    )
    return f"""<label class="field-label" for="service">{sheet.say("service")}</label>
<select id="service" name="service"><option value="">{sheet.say("service_none")}</option>{options}</select>"""
