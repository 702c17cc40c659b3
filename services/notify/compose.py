"""A claimed notice becomes a message 组稿. The phone is opened here, for the moment of sending."""

import re

from casework.db.notices import Owed
from casework.db.requests import query_code
from casework.db.sources import Sources
from casework.journey.citizen import survey_token
from casework.journey.city import City
from casework.kit.masking import normal_phone
from casework.kit.now import in_shanghai
from casework.kit.texts import Lang
from casework.rules.words import Action
from services.notify.channels.message import Endpoint, Message, Outcome, Result
from services.notify.wording import template_of, wording
from services.notify.writeback import write_back

_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_NO_WORDING = Outcome(Result.REFUSED, "no_wording")


class Composer:
    """Makes messages of notices. `public_url`: where the citizen's page is reached."""

    def __init__(self, city: City, sources: Sources, public_url: str) -> None:
        self._city = city
        self._sources = sources
        self._public_url = public_url

    async def compose(self, owed: Owed) -> Message | Outcome:
        """The message, or at once what becomes of the notice: nobody to tell, or no words for it."""
        if owed.channel == "sms":
            return await self._sms(owed)
        if owed.channel == "upstream":
            return await self._upstream(owed)
        return await self._staff(owed)

    async def _sms(self, owed: Owed) -> Message | Outcome:
        template = template_of(owed.topic, owed.audience)
        if template is None:
            return _NO_WORDING
        phone = self._mobile(owed)
        if phone is None:
            return Outcome(Result.SKIPPED, "no_mobile")
        code = query_code(self._city.keyring, owed.request_no)
        links = {"code": code, "track": f"{self._public_url}/c"}
        if owed.topic == Action.ACCEPT_RESULT:
            links["link"] = f"{self._public_url}/c/{await survey_token(self._city, owed.case_id, owed.cycle)}"
        text = await self._words(owed, template, "zh-CN", **links)
        return Message(str(owed.id), owed.topic, text=text, to=phone)

    async def _words(self, owed: Owed, template: str, lang: Lang, **links: str) -> str:
        """In the words that held when it became owed: a second try says what the first one said."""
        own = (await self._city.own_wordings()).find(template, lang, owed.area, owed.created_at)
        return wording(self._city.catalog, owed, template, lang, own, **links)

    def _mobile(self, owed: Owed) -> str | None:
        if owed.phone_sealed is None:
            return None
        phone = normal_phone(self._city.keyring.of(owed.guarded).open(owed.phone_sealed, "request.phone"))
        return phone if phone and _MOBILE.fullmatch(phone) else None

    async def _upstream(self, owed: Owed) -> Message | Outcome:
        body = write_back(owed)
        if body is None:
            return _NO_WORDING
        source = await self._sources.find(await self._city.database.pool(), owed.source)
        if source is None or not source.callback_url or not source.secrets:
            return Outcome(Result.SKIPPED, "no_callback")
        return Message(str(owed.id), owed.topic, body=body, endpoint=Endpoint(source.callback_url, source.secrets[0]))

    async def _staff(self, owed: Owed) -> Message | Outcome:
        template = template_of(owed.topic, owed.audience)
        if template is None:
            return _NO_WORDING
        text = await self._words(owed, template, "zh-CN")
        told = owed.audience in {"UNIT", "UNIT_LEAD", "STREET", "COMMUNITY"} and owed.unit_code is not None
        body = {
            "topic": owed.topic,
            "audience": owed.audience,
            "unit": {"code": owed.unit_code, "name": owed.unit_name} if told else None,
            "account": owed.login,
            "case_no": owed.case_no or None,
            "at": in_shanghai(owed.created_at).isoformat(timespec="seconds"),
            "text": text,
            "text_en": await self._words(owed, template, "en"),
        }
        return Message(str(owed.id), owed.topic, text=text, body=body)
