"""Which adapter serves which channel, by the settings 通道选择."""

from casework.kit.now import utcnow
from casework.kit.settings import Mode, Settings, SettingsError
from casework.kit.signing import SecretError, sign
from services.notify.channels.console import Console
from services.notify.channels.guard import Guard
from services.notify.channels.message import Channel, Endpoint
from services.notify.channels.post import Poster
from services.notify.channels.sms import Sms
from services.notify.channels.webhook import Webhook


def open_channels(settings: Settings) -> dict[str, Channel]:
    """sms, upstream and staff, as far as they are set up; else the console.

    Only what partners' data names is guarded: addresses of the settings are the operator's own.
    Raises: SettingsError: an address without a usable secret.
    """
    shown = settings.mode is not Mode.PRODUCTION
    guard = Guard(settings.outbound_networks, open_to_all=shown)
    sms = _endpoint("GRIDCALL_SMS", settings.sms_url, settings.sms_secret)
    staff = _endpoint("GRIDCALL_STAFF", settings.staff_url, settings.staff_secret)
    own = Guard(open_to_all=True)
    return {
        "sms": Sms(Poster(own), sms) if sms else Console(shows_text=shown),
        "upstream": Webhook(Poster(guard)),
        "staff": Webhook(Poster(own), staff) if staff else Console(shows_text=shown),
    }


def _endpoint(name: str, url: str | None, secret: str | None) -> Endpoint | None:
    if url is None:
        return None
    try:
        sign("check", utcnow(), b"", secret or "")
    except SecretError:
        raise SettingsError(f"{name}_URL is set: {name}_SECRET must be whsec_ and base64 of 24 to 64 bytes.") from None
    return Endpoint(url, secret or "")
