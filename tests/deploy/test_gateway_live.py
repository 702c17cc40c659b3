"""nginx itself, where it is installed: it accepts both sites, and a running one passes on, refuses and hides as meant.

Where it is not, test_gateway_text.py has checked the same files as text.
"""

import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: its files were checked as text only")
MEGABYTE = 1_000_000


class Service(http.server.BaseHTTPRequestHandler):
    """Stands for a service: answers what it was asked, with headers as the services set them."""

    protocol_version = "HTTP/1.1"
    may_end = threading.Event()

    def do_GET(self) -> None:
        if self.path.endswith("/stream"):
            self._stream()
        else:
            self._tell()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._tell()

    def _tell(self) -> None:
        self.send_response(200)
        for name, value in (("Content-Length", "0"), ("X-Content-Type-Options", "nosniff"), ("X-Path", self.path)):
            self.send_header(name, value)
        for name in ("X-Service", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "Host", "Cookie"):
            self.send_header(f"Told-{name}", self.headers.get(name, ""))
        self.end_headers()

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        self.may_end.wait(30)

    def log_message(self, *_: object) -> None:
        """Silent."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(*form))


def laid_out(folder: Path, site: str, service: int, listen: int) -> Path:
    """The configuration as the container has it, with this machine's folders and ports."""
    shutil.copytree(ROOT / "deploy" / "nginx", folder / "gridcall")
    shutil.copytree(ROOT / "deploy" / "nginx" / site, folder / "site")
    certificate(folder)
    for path in [*(folder / "gridcall").glob("*.conf"), *(folder / "site").glob("*.conf")]:
        text = path.read_text("utf-8")
        for there, here in (
            (" /tmp/", f" {folder}/"),
            ("http://$service-api:8000", f"http://127.0.0.1:{service}"),
            ("proxy_set_header Host", "proxy_set_header X-Service $service; proxy_set_header Host"),
            ("listen 8080", f"listen 127.0.0.1:{listen}"),
            ("listen 8443", f"listen 127.0.0.1:{free_port()}"),
            ("127.0.0.1:8081", f"127.0.0.1:{free_port()}"),
            ("/etc/nginx/gridcall/", f"{folder}/gridcall/"),
            ("/etc/nginx/certificates/", f"{folder}/"),
            ("/srv/web", str(ROOT / "web")),
            ("/dev/stdout", f"{folder}/access.log"),
            ("/dev/stderr", f"{folder}/error.log"),
            ("zone=citizen:10m rate=10r/s", "zone=citizen:10m rate=1r/m"),
            ("zone=citizen burst=50", "zone=citizen burst=2"),
        ):
            text = text.replace(there, here)
        path.write_text(text, "utf-8")
    if os.geteuid() == 0:  # else its workers, being nobody, could not read this folder
        main = folder / "gridcall" / "nginx.conf"
        main.write_text("user root;\n" + main.read_text("utf-8"), "utf-8")
    return folder / "gridcall" / "nginx.conf"


@pytest.mark.parametrize("site", ["plain", "tls"])
def test_nginx_accepts_the_site(site: str, tmp_path: Path) -> None:
    conf = laid_out(tmp_path, site, free_port(), free_port())
    ran = subprocess.run([str(NGINX), "-t", "-c", conf, "-e", tmp_path / "start.log"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "[warn]" not in ran.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def service() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    Service.may_end.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def web(folder: Path, service: http.server.ThreadingHTTPServer) -> Iterator[httpx.Client]:
    port = free_port()
    conf = laid_out(folder, "plain", service.server_port, port)
    nginx = subprocess.Popen([str(NGINX), "-c", conf, "-e", folder / "start.log", "-g", "daemon off;"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
            until_it_answers(client)
            yield client
    finally:
        nginx.terminate()
        nginx.wait()


def until_it_answers(client: httpx.Client) -> None:
    for _ in range(100):
        try:
            assert client.get("/livez").text == "ok\n"
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("nginx does not start")


@pytest.mark.parametrize(
    ("asked", "service_name", "arrives"),
    [
        ("/api/intake/readyz", "intake", "/readyz"),
        ("/api/dispatch/cases?unit=%E5%9F%8E%E7%AE%A1", "dispatch", "/cases?unit=%E5%9F%8E%E7%AE%A1"),
        ("/api/dispatch/units/%E5%9F%8E%20%E7%AE%A1", "dispatch", "/units/%E5%9F%8E%20%E7%AE%A1"),
        ("/api/notify/citizen/links/AbC", "notify", "/citizen/links/AbC"),
        ("/api/intake/../dispatch/cases", "dispatch", "/cases"),
    ],
)
def test_request_reaches_its_service_without_the_prefix(
    web: httpx.Client, asked: str, service_name: str, arrives: str
) -> None:
    told = web.get(httpx.URL(str(web.base_url)).copy_with(raw_path=asked.encode()))
    assert (told.headers["Told-X-Service"], told.headers["X-Path"]) == (service_name, arrives)


def test_callers_claims_about_themselves_end_at_the_gateway(web: httpx.Client) -> None:
    claims = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Request-ID": "0123456789abcdef-01"}
    told = web.get("/api/intake/livez", headers=claims).headers
    assert told["Told-X-Forwarded-For"] == "127.0.0.1"
    assert told["Told-X-Forwarded-Proto"] == "http"
    assert told["Told-X-Request-ID"] == "0123456789abcdef-01"
    bad = web.get("/api/intake/livez", headers={"X-Request-ID": 'bad" id'}).headers["Told-X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", bad)


def test_headers_of_a_service_arrive_once(web: httpx.Client) -> None:
    assert web.get("/api/intake/livez").headers.get_list("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize(
    ("language", "title"), [("zh-CN,zh;q=0.9", "内容过大"), ("en-GB", "Too large"), ("fr", "内容过大")]
)
def test_hotline_message_over_a_megabyte_is_refused_in_the_callers_language(
    web: httpx.Client, language: str, title: str
) -> None:
    answer = web.post(
        "/api/intake/hotline/requests", content=b"x" * (2 * MEGABYTE), headers={"Accept-Language": language}
    )
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["title"] == title


def test_attachments_may_be_larger(web: httpx.Client) -> None:
    assert web.post("/api/intake/attachments", content=b"x" * (12 * MEGABYTE)).status_code == 200


def test_citizen_who_tries_too_often_is_told_when_to_come_back(web: httpx.Client) -> None:
    answers = [web.post("/api/notify/citizen/track", content=b"{}") for _ in range(4)]  # this copy lets three through
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "5"
    assert answers[-1].json()["code"] == "too_many"
    assert web.get("/api/notify/citizen/links/AbC").status_code == 200  # looking is no try


def test_event_arrives_while_the_stream_is_still_open(web: httpx.Client) -> None:
    with web.stream("GET", "/api/dispatch/stream") as answer:
        assert next(answer.iter_bytes()) == b"data: first\n\n"
        assert not Service.may_end.is_set()


def test_metrics_and_unknown_services_are_not_found(web: httpx.Client) -> None:
    for path in ("/api/intake/metrics", "/api/intake/metrics/x", "/api/other/x", "/api/"):
        assert web.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        *(("/t", "/t"), ("/t/AbC-123_x?lang=en", "/t/AbC-123_x?lang=en"), ("/c/AbC", "/t/AbC"), ("/c", "/t")),
        ("/p/AbC-123_x?lang=en", "/p/AbC-123_x?lang=en"),
    ],
)
def test_citizens_link_is_asked_of_the_notify_service_as_nobody(web: httpx.Client, path: str, asked: str) -> None:
    answer = web.get(path, headers={"Cookie": "session=1"})
    assert (answer.headers["Told-X-Service"], answer.headers["X-Path"]) == ("notify", asked)
    assert answer.headers["Told-Cookie"] == ""


@pytest.mark.parametrize("path", ["/", "/base.css", "/citizen.css", "/locales/zh-CN.json"])
def test_pages_are_served_with_their_policy(web: httpx.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_nothing_but_the_web_folder_is_served(web: httpx.Client) -> None:
    for path in ("/static/../../LICENSE", "/problems/too-many.json", "/..%2fLICENSE", "/locales/"):
        asked = httpx.URL(str(web.base_url)).copy_with(raw_path=path.encode())
        assert web.get(asked).status_code in {400, 403, 404}


def test_log_hides_links_and_queries(web: httpx.Client, folder: Path) -> None:
    for path in (
        "/c/SecretLink1",
        "/t/SecretLink5",
        "/p/SecretLink6",
        "/api/notify/citizen/links/SecretLink2?phone=13800000000",
        "/?q=SecretQuery",
    ):
        web.get(path)
    web.get("/log-is-written-this-far")
    for _ in range(100):
        log = (folder / "access.log").read_text("utf-8")
        if "/log-is-written-this-far" in log:
            break
        time.sleep(0.05)
    assert "/api/notify/citizen/links/-" in log
    assert "Secret" not in log
    assert "13800000000" not in log


def test_service_that_is_away_is_a_503_to_be_tried_again_and_no_link_is_logged(tmp_path: Path) -> None:
    port = free_port()
    conf = laid_out(tmp_path, "plain", free_port(), port)
    nginx = subprocess.Popen([str(NGINX), "-c", conf, "-e", tmp_path / "start.log", "-g", "daemon off;"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            until_it_answers(client)
            answer = client.get("/api/intake/readyz")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "5"
            assert client.get("/api/notify/citizen/links/SecretLink3").status_code == 503
            assert client.get("/t/SecretLink4").status_code == 503
    finally:
        nginx.terminate()
        nginx.wait()
    told = (tmp_path / "error.log").read_text("utf-8")
    assert "/api/intake/readyz" in told
    assert "Secret" not in told
