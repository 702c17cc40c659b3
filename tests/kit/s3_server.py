"""A tiny S3 of a test, in this process: one bucket, signatures checked by its own reckoning, pages of two."""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape

import httpx

KEY, SECRET, REGION, BUCKET = "AKIDTEST", "secret/with+signs", "cn-test-1", "gridcall"
URL = f"s3://{KEY}:secret%2Fwith%2Bsigns@store.test:9000/{BUCKET}/media?region={REGION}&tls=no"
PAGE = 2


class TinyS3(httpx.AsyncBaseTransport):
    """`full`: as a store whose disk is full. `refuses`: a status that it answers everything with."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.full = False
        self.refuses: int | None = None
        self.away = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("nobody is there")
        body = await request.aread()
        if self.refuses is not None:
            return _error(self.refuses, "InternalError")
        if not _is_signed(request, body):
            return _error(403, "SignatureDoesNotMatch")
        path = request.url.path.removeprefix(f"/{BUCKET}").removeprefix("/")
        if not path:
            return self._list(dict(parse_qsl(request.url.query.decode())))
        return self._object(request.method, path, body)

    def _object(self, method: str, path: str, body: bytes) -> httpx.Response:
        if method == "PUT":
            if self.full:
                return _error(507, "XMinioStorageFull")
            self.objects[path] = (body, datetime.now(UTC))
            return httpx.Response(200)
        if method == "DELETE":
            self.objects.pop(path, None)
            return httpx.Response(204)
        if path not in self.objects:
            return httpx.Response(404) if method == "HEAD" else _error(404, "NoSuchKey")
        return httpx.Response(200, content=b"" if method == "HEAD" else self.objects[path][0])

    def _list(self, query: dict[str, str]) -> httpx.Response:
        assert query["list-type"] == "2"
        keys = sorted(key for key in self.objects if key.startswith(query.get("prefix", "")))
        start = int(query.get("continuation-token", "&0").removeprefix("&"))
        page, more = keys[start : start + PAGE], start + PAGE < len(keys)
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{self.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}"
            f"</LastModified><Size>{len(self.objects[key][0])}</Size></Contents>"
            for key in page
        )
        token = f"<NextContinuationToken>{escape(f'&{start + PAGE}')}</NextContinuationToken>" if more else ""
        text = f'<?xml version="1.0"?><ListBucketResult>{entries}{token}</ListBucketResult>'
        return httpx.Response(200, text=text)


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, text=f"<Error><Code>{code}</Code></Error>")


def _is_signed(request: httpx.Request, body: bytes) -> bool:
    """Signature Version 4, reckoned from the request as it came in."""
    told = dict(part.strip().split("=", 1) for part in request.headers["authorization"].split(" ", 1)[1].split(","))
    names = told["SignedHeaders"].split(";")
    query = "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in sorted(parse_qsl(request.url.query.decode(), keep_blank_values=True))
    )
    canonical = "\n".join(
        [
            request.method,
            request.url.raw_path.decode().partition("?")[0],
            query,
            *(f"{name}:{request.headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    moment = request.headers["x-amz-date"]
    scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
    key = f"AWS4{SECRET}".encode()
    for part in (moment[:8], REGION, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    string = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key, string.encode(), hashlib.sha256).hexdigest()
    return told["Credential"] == f"{KEY}/{scope}" and hmac.compare_digest(told["Signature"], signature)
