"""nginx's configuration, read as text: what must hold wherever nginx itself is not at hand to be asked."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NGINX = ROOT / "deploy" / "nginx"
TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*|(?P<quoted>"(?:\\.|[^"])*"|'(?:\\.|[^'])*')|(?P<mark>[{};])|(?P<word>[^\s{};]+))"""
)


@dataclass
class Directive:
    """One directive: its words, and what stands in its block."""

    words: list[str]
    block: list["Directive"] = field(default_factory=list)

    def named(self, name: str) -> list["Directive"]:
        return [inner for inner in self.block if inner.words[0] == name]


def parse(text: str) -> Directive:
    """The configuration as a tree; an include is followed, relative to nginx.conf as nginx does.

    Raises: ValueError: a brace or a semicolon is missing.
    """
    top = Directive([])
    stack, words = [top], []
    for found in TOKEN.finditer(text.rstrip()):
        kind = found.lastgroup
        if kind == "mark" and found["mark"] == "{":
            stack[-1].block.append(Directive(words))
            stack.append(stack[-1].block[-1])
            words = []
        elif kind == "mark" and found["mark"] == "}":
            if words or len(stack) == 1:
                raise ValueError(f"stray brace after {words}")
            stack.pop()
        elif kind == "mark":
            stack[-1].block += followed(words)
            words = []
        elif kind:
            words.append(found[kind][1:-1] if kind == "quoted" else found[kind])
    if words or len(stack) != 1:
        raise ValueError(f"unfinished: {words or stack[-1].words}")
    return top


def followed(words: list[str]) -> list[Directive]:
    if words[0] != "include" or words[1].startswith(("/", "../site")):
        return [Directive(words)]
    return [Directive(words), *parse((NGINX / words[1]).read_text("utf-8")).block]


def http() -> Directive:
    return parse((NGINX / "nginx.conf").read_text("utf-8")).named("http")[0]


def site(name: str) -> Directive:
    return parse((NGINX / name / "site.conf").read_text("utf-8")).named("server")[-1]


def locations() -> list[Directive]:
    return site("plain").named("location")


def location(path: str) -> Directive:
    """The location that nginx takes for a path under /api: the first pattern that matches."""
    return next(found for found in locations() if found.words[1] == "~" and re.search(pcre(found.words[2]), path))


def pcre(pattern: str) -> str:
    return pattern.replace("(?<", "(?P<")


def value(where: Directive, name: str) -> list[str] | None:
    found = where.named(name)
    return found[0].words[1:] if found else None


@pytest.mark.parametrize("path", sorted(NGINX.rglob("*.conf")), ids=lambda path: str(path.relative_to(NGINX)))
def test_every_file_closes_its_braces_and_ends_its_lines(path: Path) -> None:
    assert parse(path.read_text("utf-8")).block


@pytest.mark.parametrize("name", ["plain", "tls"])
def test_both_sites_serve_the_same(name: str) -> None:
    assert {" ".join(found.words) for found in site(name).named("location")} == {
        " ".join(found.words) for found in locations()
    }


@pytest.mark.parametrize(
    ("path", "size", "zone"),
    [
        ("/api/intake/hotline/requests", "1m", "webhook"),  # the hotline's door -> 1 MB, its own rate
        ("/api/dispatch/login", "1m", "login"),  # signing in -> slowly
        ("/api/dispatch/session", "1m", "login"),
        ("/api/notify/citizen/links/abc/survey", "1m", "citizen"),
        ("/api/notify/citizen/track", "1m", "citizen"),
        ("/api/intake/attachments", "100m", "uploads"),  # uploads alone may be large
        ("/api/dispatch/cases/7/attachments", "100m", "uploads"),
        ("/api/intake/imports", "102m", "uploads"),
        ("/api/dispatch/grids/imports", "32m", "uploads"),  # a city's borders
        ("/api/intake/imports/7/mapping", "1m", "api"),
        ("/api/dispatch/stream", "1m", "api"),
        ("/api/dispatch/cases", "1m", "api"),
    ],
)
def test_each_door_has_its_own_size_and_rate(path: str, size: str, zone: str) -> None:
    found = location(path)
    assert (value(found, "client_max_body_size") or value(site("plain"), "client_max_body_size")) == [size]
    assert (value(found, "limit_req") or [""])[0] == f"zone={zone}"


def test_every_rate_that_is_used_is_declared() -> None:
    declared = {words[2].split("=")[1].split(":")[0] for words in (d.words for d in http().named("limit_req_zone"))}
    used = {value(found, "limit_req")[0].split("=")[1] for found in locations() if value(found, "limit_req")}
    assert used == declared


@pytest.mark.parametrize("path", ["/api/dispatch/stream", "/api/notify/cases/7/events"])
def test_streams_are_passed_on_as_they_come(path: str) -> None:
    found = location(path)
    assert value(found, "proxy_buffering") == ["off"]
    assert value(found, "gzip") == ["off"]
    assert value(found, "proxy_read_timeout") == ["1h"]


@pytest.mark.parametrize(
    ("path", "origin", "arrives"),
    [
        ("/api/intake/readyz", "http://intake-api:8000", "/readyz"),
        ("/api/dispatch/cases/7", "http://dispatch-api:8000", "/cases/7"),
        ("/api/notify/citizen/track", "http://notify-api:8000", "/citizen/track"),
    ],
)
def test_prefix_is_cut_off_before_the_service(path: str, origin: str, arrives: str) -> None:
    found = location(path)
    service = re.search(pcre(found.words[2]), path)["service"]
    assert value(found, "set")[1].replace("$service", service) == origin
    cut, kept, flag = value(found, "rewrite")
    assert re.sub(cut, kept.replace("$1", r"\1"), path) == arrives
    assert flag == "break"
    assert value(found, "proxy_pass") == ["$origin"]


def test_metrics_are_closed_and_unknown_services_are_not_found() -> None:
    assert value(location("/api/intake/metrics"), "return") == ["404"]
    rest = next(found for found in locations() if found.words[1:] == ["/api/"])
    assert value(rest, "return") == ["404"]


def test_callers_cannot_say_who_they_are() -> None:
    told = {d.words[1]: d.words[2] for d in location("/api/dispatch/cases").named("proxy_set_header")}
    assert told["X-Forwarded-For"] == "$remote_addr"
    assert told["X-Forwarded-Proto"] == "$our_proto"
    assert told["Forwarded"] == ""
    assert told["X-Request-ID"] == "$our_request_id"


def test_headers_of_a_service_are_not_doubled() -> None:
    assert [found.words for found in locations() if found.named("proxy_pass") and found.named("add_header")] == []
    assert site("plain").named("add_header") == http().named("add_header") == []


@pytest.mark.parametrize("words", [["/"], ["@plain"]], ids=" ".join)
def test_pages_allow_nothing_inline_and_nothing_foreign(words: list[str]) -> None:
    found = next(found for found in locations() if found.words[1:] == words)
    headers = {d.words[1]: d.words[2] for d in found.named("add_header")}
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_citizens_page_is_asked_without_cookies_and_slowly() -> None:
    found = location("/t/AbC-123")
    assert found.words[1:] == location("/c").words[1:] == ["~", r"^/[ct](?:/|$)"]
    for page in (found, location("/p/AbC-123")):
        told = {d.words[1]: d.words[2] for d in page.named("proxy_set_header")}
        assert told["Cookie"] == ""
        assert value(page, "limit_req")[0] == "zone=citizen"


def test_log_keeps_no_query_no_cookie_and_no_citizens_link() -> None:
    log = " ".join(word for d in http().named("log_format") for word in d.words)
    assert not re.search(r"\$(request_uri|request\b|args|query_string|uri|http_|cookie_|request_body)", log)
    assert site("plain").named("set")[0].words[1:] == ["$logged_path", "$told_path"]  # before any rewrite
    hidden = next(d for d in http().named("map") if d.words[1:] == ["$uri", "$told_path"])
    patterns = [pcre(rule.words[0].lstrip("~")) for rule in hidden.block if rule.words[0].startswith("~")]
    for path in (
        "/c/AbC-123",
        "/t/AbC-123",
        "/p/AbC-123",
        "/api/notify/citizen/links/AbC-123",
        "/api/notify/citizen/links/AbC-123/survey",
    ):
        assert any(re.search(pattern, path) for pattern in patterns), path


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_each_own_refusal_is_a_problem_in_both_languages(language: str) -> None:
    pages = {words[-1]: words[1:-1] for words in (d.words for d in site("plain").named("error_page"))}
    assert set(pages) == {f"/problems/{path.name}" for path in (NGINX / "problems" / language).iterdir()}
    for page, statuses in pages.items():
        problem = json.loads((NGINX / "problems" / language / page.rsplit("/", 1)[1]).read_text("utf-8"))
        assert set(problem) == {"type", "title", "status", "detail", "code"}
        assert str(problem["status"]) == statuses[-1].lstrip("=")
        assert problem["type"] == f"urn:gridcall:problem:{problem['code']}"
