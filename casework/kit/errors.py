"""Typed refusals 拒绝: every answer that is not a success, as RFC 9457 problem details.

A problem carries a code; its sentences (zh-CN, en) lie in the locale files under the same code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

from casework.kit.texts import Lang, t

TYPE_PREFIX = "urn:gridcall:problem:"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field: its dotted path, a code, and the figures its sentence needs."""

    field: str
    code: str
    params: Mapping[str, Any] = part(default_factory=dict)


class Problem(Exception):
    """A refusal with its HTTP status. Raise a child; the app factory turns it into problem+json.

    `code` names the sentence; `params` fill it and must hold nothing personal, for they are shown.
    """

    status: int = 500
    default_code: str = "internal"

    def __init__(
        self,
        code: str | None = None,
        *,
        fields: Sequence[FieldFault] = (),
        retry_after: int | None = None,
        **params: Any,
    ) -> None:
        self.code = code or self.default_code
        self.fields = tuple(fields)
        self.retry_after = retry_after
        self.params = params
        super().__init__(self.code)

    def body(self, lang: Lang, instance: str) -> dict[str, Any]:
        """The problem details object in one language; `errors` only where fields are at fault."""
        told: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": t(f"status.{self.status}", lang),
            "status": self.status,
            "detail": t(self.code, lang, **self.params),
            "code": self.code,
            "instance": instance,
        }
        if self.fields:
            told["errors"] = [
                {"field": fault.field, "code": fault.code, "message": t(fault.code, lang, **fault.params)}
                for fault in self.fields
            ]
        return told

    def headers(self) -> dict[str, str]:
        """The headers that belong to the refusal."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class BadRequest(Problem):
    """400: what came cannot be read."""

    status = 400
    default_code = "bad_request"


class Unauthenticated(Problem):
    """401: who asks is not known, or the signature does not hold."""

    status = 401
    default_code = "unauthenticated"


class Forbidden(Problem):
    """403: who asks is known and may not."""

    status = 403
    default_code = "forbidden"


class NotFound(Problem):
    """404: there is none, or none that the asker may see; the two are never told apart."""

    status = 404
    default_code = "not_found"


class MethodNotAllowed(Problem):
    """405: the address is there, not for this verb."""

    status = 405
    default_code = "method_not_allowed"


class Conflict(Problem):
    """409: it cannot be done as things stand now."""

    status = 409
    default_code = "conflict"


class TooLarge(Problem):
    """413: more than may be sent at once."""

    status = 413
    default_code = "too_large"


class UnsupportedType(Problem):
    """415: not a content type that is read here."""

    status = 415
    default_code = "unsupported_type"


class Unprocessable(Problem):
    """422: readable, but a field is wrong; `fields` names each."""

    status = 422
    default_code = "unprocessable"

    def __init__(self, code: str | None = None, *, fields: Sequence[FieldFault] = (), **params: Any) -> None:
        super().__init__(code, fields=fields, **{"count": len(fields), **params})


class TooMany(Problem):
    """429: too often. `retry_after` in seconds says when to come again."""

    status = 429
    default_code = "too_many"

    def __init__(self, code: str | None = None, *, retry_after: int, **params: Any) -> None:
        super().__init__(code, retry_after=retry_after, **{"seconds": retry_after, **params})


class Unavailable(Problem):
    """503: the database or another part is away for now. `retry_after` in seconds."""

    status = 503
    default_code = "unavailable"

    def __init__(self, code: str | None = None, *, retry_after: int = 2, **params: Any) -> None:
        super().__init__(code, retry_after=retry_after, **params)


class OtherStatus(Problem):
    """Any other refusal of the web framework, by its status alone."""

    default_code = "http.other"

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status=status)


class Internal(Problem):
    """500: our fault; the log has it under the request's id, the answer has no details."""
