"""Every exception becomes a problem, every problem an application/problem+json answer in the reader's language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from casework.kit import errors
from casework.kit.errors import FieldFault, Problem
from casework.kit.language import language
from casework.kit.logs import REQUEST_ID, chain, describe, get_logger
from casework.kit.outage import is_outage
from casework.kit.texts import TEXTS

Translation = Mapping[type[Exception], Callable[[Any], Problem]]
"""How a service's own exceptions read as problems: {Refused: refused_to_problem}."""

_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        *(errors.BadRequest, errors.Unauthenticated, errors.Forbidden, errors.NotFound, errors.MethodNotAllowed),
        *(errors.Conflict, errors.TooLarge, errors.UnsupportedType, errors.Unprocessable),
    )
}
_CODES = {
    "missing": "field.missing",
    "string_too_short": "field.too_short",
    "string_too_long": "field.too_long",
    "too_short": "field.too_few",
    "too_long": "field.too_many_items",
    "greater_than_equal": "field.too_small",
    "less_than_equal": "field.too_big",
    "greater_than": "field.must_exceed",
    "less_than": "field.must_be_below",
    "enum": "field.not_in_list",
    "literal_error": "field.not_in_list",
    "extra_forbidden": "field.unknown",
    "string_pattern_mismatch": "field.bad_form",
}
_CODES_BY_STEM = (
    ("string", "field.not_text"),
    ("int", "field.not_integer"),
    ("float", "field.not_number"),
    ("decimal", "field.not_number"),
    ("finite", "field.not_number"),
    ("bool", "field.not_bool"),
    ("datetime", "field.not_time"),
    ("timezone", "field.not_time"),
    ("date", "field.not_date"),
    ("uuid", "field.not_uuid"),
    ("url", "field.not_url"),
    *((stem, "field.not_list") for stem in ("list", "tuple", "set", "frozen_set", "iterable")),
    *((stem, "field.not_object") for stem in ("model", "dict", "mapping", "dataclass")),
)
_NO_TEXT = frozenset({"22021", "22P05"})
"""SQLSTATEs of a text with a NUL character, which PostgreSQL cannot hold: the caller's, not ours."""
_LIMITS = frozenset({"ge", "le", "gt", "lt", "min_length", "max_length"})
_QUOTED = re.compile(r"'([^']*)'")


class BodyTooLarge(HTTPException):
    """The body outgrew its limit while it was read; an HTTPException so that the framework hands it on as it is."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


class FieldError(BaseModel):
    """One field at fault."""

    field: str = Field(description="dotted path of the field", examples=["caller.phone"])
    code: str = Field(examples=["field.missing"])
    message: str


class ProblemBody(BaseModel):
    """RFC 9457 problem details, as every refusal answers."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="stable; the sentence is in detail", examples=["not_found"])
    instance: str = Field(description="names the request; quote it when reporting")
    errors: list[FieldError] = []


def as_problem(error: Exception, request: Request, translation: Translation) -> Problem:
    """Read any exception as a problem; what nobody foresaw is logged without its message and answers 500."""
    if isinstance(error, Problem):
        return error
    for kind, translate in translation.items():
        if isinstance(error, kind):
            return translate(error)
    if isinstance(error, RequestValidationError):
        return _from_validation(error, request)
    if isinstance(error, BodyTooLarge):
        return errors.TooLarge(limit=error.limit)
    if isinstance(error, HTTPException) and isinstance(error.__cause__, UnicodeDecodeError):
        return errors.BadRequest("body.not_utf8")
    if isinstance(error, HTTPException):
        return (
            _BY_STATUS[error.status_code]()
            if error.status_code in _BY_STATUS
            else errors.OtherStatus(error.status_code)
        )
    if any(getattr(part, "sqlstate", None) in _NO_TEXT for part in chain(error)):
        return errors.BadRequest()
    if is_outage(error):
        get_logger().warning("request.database_away", **describe(error))
        return errors.Unavailable()
    get_logger().error("request.failed", **describe(error))
    return errors.Internal()


def answer(problem: Problem, request: Request, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The problem+json answer, in zh-CN or en by Accept-Language."""
    lang = language(request)
    return JSONResponse(
        problem.body(lang, f"urn:gridcall:request:{REQUEST_ID.get()}"),
        status_code=problem.status,
        headers={**(headers or {}), **problem.headers(), "Content-Language": lang, "Vary": "Accept-Language"},
        media_type="application/problem+json",
    )


def _from_validation(error: RequestValidationError, request: Request) -> Problem:
    faults = error.errors()
    first = faults[0]
    if first["type"] == "json_invalid":
        return errors.BadRequest("body.not_json", position=first["loc"][-1])
    kind = request.headers.get("content-type", "")
    if tuple(first["loc"]) == ("body",) and first["type"] != "missing" and "json" not in kind:
        return errors.UnsupportedType(expected="application/json")
    return errors.Unprocessable(fields=[_fault(fault) for fault in faults])


def _fault(fault: Mapping[str, Any]) -> FieldFault:
    path = [str(step) for step in fault["loc"]]
    context: Mapping[str, Any] = fault.get("ctx") or {}
    params: dict[str, Any] = {key: value for key, value in context.items() if isinstance(value, (str, int, float))}
    for name in context.keys() & _LIMITS:
        params["limit"] = context[name]
    if "expected" in context:
        params["allowed"] = _QUOTED.findall(str(context["expected"]))
    return FieldFault(".".join(path[1:] or path), _code(fault), params)


def _code(fault: Mapping[str, Any]) -> str:
    kind: str = fault["type"]
    if TEXTS.has(kind):
        return kind
    if kind in _CODES:
        return _CODES[kind]
    if fault.get("input", ...) is None:
        return "field.null"
    return next((code for stem, code in _CODES_BY_STEM if kind.startswith(stem)), "field.invalid")
