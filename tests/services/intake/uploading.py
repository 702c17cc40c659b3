"""A client of a test that uploads: declares, sends in pieces, finishes."""

import hashlib
from dataclasses import dataclass
from typing import Any

import httpx

PIECE_TYPE = "application/offset+octet-stream"


@dataclass
class Uploader:
    """Somebody who is signed in to the intake API."""

    client: httpx.AsyncClient

    async def declare(self, content: bytes, **said: Any) -> httpx.Response:
        """A declaration that is true unless `said` says otherwise."""
        form = {"name": "照片.jpg", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **said}
        return await self.client.post("/attachments", json=form)

    async def send(self, attachment: str, content: bytes, start: int = 0, piece: int = 512 * 1024) -> None:
        """Everything from `start` on."""
        while start < len(content):
            answer = await self.patch(attachment, start, content[start : start + piece])
            assert answer.status_code == 204, answer.text
            start = int(answer.headers["Upload-Offset"])

    async def patch(self, attachment: str, start: int, piece: bytes) -> httpx.Response:
        headers = {"Upload-Offset": str(start), "content-type": PIECE_TYPE}
        return await self.client.patch(f"/attachments/{attachment}", content=piece, headers=headers)

    async def offset(self, attachment: str) -> int:
        answer = await self.client.head(f"/attachments/{attachment}")
        assert answer.status_code == 204
        return int(answer.headers["Upload-Offset"])

    async def finish(self, attachment: str) -> httpx.Response:
        return await self.client.post(f"/attachments/{attachment}/finish")

    async def sent(self, content: bytes, **said: Any) -> str:
        """A declared upload whose bytes have all come; its id."""
        declared = await self.declare(content, **said)
        assert declared.status_code == 201, declared.text
        found: str = declared.json()["id"]
        await self.send(found, content)
        return found

    async def upload(self, content: bytes, **said: Any) -> dict[str, Any]:
        """A finished file."""
        answer = await self.finish(await self.sent(content, **said))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
