"""A bucket that speaks S3 对象存储, by URL: s3://KEY:SECRET@host[:port]/bucket[/prefix]?region=…&tls=no.

Plain Signature Version 4 over httpx, path-style addresses: what MinIO, Ceph and the public clouds' gateways have in
common. No redirects are followed.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import httpx

from casework.kit.storage import NotStored, StorageAway, StorageFull, Stored, checked

FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "StorageFull", "InsufficientCapacity", "NoSpaceLeft"})
_ENTRY = re.compile(r"<Contents>(.*?)</Contents>", re.DOTALL)
_MORE = re.compile(r"<NextContinuationToken>([^<]+)</NextContinuationToken>")
_CODE = re.compile(r"<Code>(\w+)</Code>")


class S3Storage:
    """One bucket, or a prefix of it. `transport` is for tests."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Raises: ValueError: the URL lacks key, secret, host or bucket."""
        parts = urlsplit(url)
        bucket, _, prefix = parts.path.strip("/").partition("/")
        if parts.scheme != "s3" or not (parts.username and parts.password and parts.hostname and bucket):
            raise ValueError("must look like s3://KEY:SECRET@host/bucket")
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._key, self._secret = unquote(parts.username), unquote(parts.password)
        self._region = asked.get("region", "us-east-1")
        self._host = parts.netloc.rpartition("@")[2]
        self._bucket, self._prefix = f"/{bucket}", f"{prefix}/" if prefix else ""
        base = f"{'http' if asked.get('tls') == 'no' else 'https'}://{self._host}"
        self._client = httpx.AsyncClient(base_url=base, timeout=30, transport=transport)

    async def put(self, key: str, content: bytes) -> None:
        """See Storage.put."""
        await self._ask("PUT", self._path(key), content)

    async def get(self, key: str) -> bytes:
        """See Storage.get."""
        return (await self._ask("GET", self._path(key))).content

    async def has(self, key: str) -> bool:
        """See Storage.has."""
        try:
            await self._ask("HEAD", self._path(key))
        except NotStored:
            return False
        return True

    async def delete(self, key: str) -> None:
        """See Storage.delete: S3 itself answers a repeat alike."""
        await self._ask("DELETE", self._path(key))

    async def files(self) -> AsyncIterator[Stored]:
        """See Storage.files; a thousand at a time. Keys that are none of ours are passed over."""
        query = {"list-type": "2", "prefix": self._prefix}
        while True:
            page = (await self._ask("GET", self._bucket, query=query)).text
            for entry in _ENTRY.findall(page):
                key = _within(entry, "Key").removeprefix(self._prefix)
                at = datetime.fromisoformat(_within(entry, "LastModified").replace("Z", "+00:00"))
                yield Stored(key, at)
            if (more := _MORE.search(page)) is None:
                return
            query["continuation-token"] = unescape(more[1])

    async def close(self) -> None:
        """See Storage.close."""
        await self._client.aclose()

    def _path(self, key: str) -> str:
        return quote(f"{self._bucket}/{self._prefix}{checked(key)}")

    async def _ask(
        self, method: str, path: str, content: bytes = b"", query: dict[str, str] | None = None
    ) -> httpx.Response:
        asked = urlencode(sorted((query or {}).items()), quote_via=quote, safe="~")
        headers = self._signed(method, path, asked, hashlib.sha256(content).hexdigest(), datetime.now(UTC))
        try:
            answer = await self._client.request(
                method, f"{path}?{asked}" if asked else path, content=content, headers=headers
            )
        except httpx.HTTPError as error:
            raise StorageAway() from error
        if answer.status_code == 404 and "<Code>NoSuchBucket" not in answer.text:
            raise NotStored(path)
        if not answer.is_success:
            code = _CODE.search(answer.text)
            raise StorageFull() if answer.status_code == 507 or (code and code[1] in FULL) else StorageAway()
        return answer

    def _signed(self, method: str, path: str, query: str, digest: str, now: datetime) -> dict[str, str]:
        """The headers of Signature Version 4: the request's digest under a key derived for day, region and service."""
        headers = {"host": self._host, "x-amz-content-sha256": digest, "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}"}
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        asked = hashlib.sha256(f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}".encode()).hexdigest()
        scope = f"{now:%Y%m%d}/{self._region}/s3/aws4_request"
        key = f"AWS4{self._secret}".encode()
        for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{asked}"):
            key = hmac.digest(key, part.encode(), "sha256")
        told = f"Credential={self._key}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
        return {**headers, "authorization": f"AWS4-HMAC-SHA256 {told}"}


def _within(entry: str, tag: str) -> str:
    found = re.search(f"<{tag}>([^<]*)</{tag}>", entry)
    return found[1] if found else ""
