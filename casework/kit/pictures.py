"""Pictures 图片: read and made anew by a limited process of their own, so that a poisoned file hurts nobody else.

security.md §2.4: at most 50 megapixels, as an error; what is served is freshly encoded and holds no metadata.
"""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casework.kit.errors import Problem, Unprocessable
from casework.kit.now import SHANGHAI

MOST_PIXELS = 50_000_000
SECONDS = 30.0
AT_ONCE = 2
MOST_OUT = 32 * 1024 * 1024
_WORKER = Path(__file__).with_name("picture_worker.py")
_JPEG = b"\xff\xd8\xff"
_slots = asyncio.Semaphore(AT_ONCE)
"""Pictures that one process develops at once; each may take more than a gigabyte for a moment."""


class PictureFault(Unprocessable):
    """422: broken, too large, or more than can be read within the limits."""

    default_code = "picture.not_a_picture"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says of itself, and its copies (JPEG without metadata). `lon`, `lat`: WGS-84.

    `taken` is UTC; a camera that tells no zone is taken to stand in China.
    """

    width: int
    height: int
    taken: datetime | None
    lon: float | None
    lat: float | None
    served: bytes
    thumbnail: bytes


class _Told(BaseModel):
    """The worker's line; what it says is believed no further than its form."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    width: int = Field(gt=0, le=MOST_PIXELS)
    height: int = Field(gt=0, le=MOST_PIXELS)
    taken: str = Field("", max_length=19)
    taken_offset: str = Field("", max_length=6)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    served: int = Field(gt=0)
    thumbnail: int = Field(gt=0)


async def develop(content: bytes, *, seconds: float = SECONDS) -> Picture:
    """Decode a picture and encode its copies, in a process that ends with it.

    Raises: PictureFault: not a picture or cut short, too many pixels, or beyond memory and time (`seconds` of it).
    """
    async with _slots:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_WORKER), str(MOST_PIXELS)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
            cwd="/",
        )
        try:
            async with asyncio.timeout(seconds):
                out = await _talk(worker, content)
        except TimeoutError:
            raise _fault("TOO_HARD") from None
        finally:
            with suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    return _read(out)


async def _talk(worker: asyncio.subprocess.Process, content: bytes) -> bytes:
    """Send the picture and take the answer, as much of it as an honest worker would give."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    sending = asyncio.create_task(_send(worker.stdin, content))
    out = bytearray()
    try:
        while len(out) <= MOST_OUT and (part := await worker.stdout.read(1 << 16)):
            out += part
    finally:
        sending.cancel()
    return bytes(out)


async def _send(stdin: asyncio.StreamWriter, content: bytes) -> None:
    with suppress(ConnectionError):
        stdin.write(content)
        await stdin.drain()
        stdin.close()


def _read(out: bytes) -> Picture:
    line, _, rest = out.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(line)
        if "fault" in said:
            raise _fault(str(said["fault"]))
        told = _Told.model_validate(said)
    except (ValueError, TypeError, ValidationError):
        raise _fault("TOO_HARD") from None
    served, thumbnail = rest[: told.served], rest[told.served :]
    if len(thumbnail) != told.thumbnail or not (served.startswith(_JPEG) and thumbnail.startswith(_JPEG)):
        raise _fault("TOO_HARD")
    return Picture(told.width, told.height, _moment(told), told.lon, told.lat, served, thumbnail)


def _fault(name: str) -> Problem:
    code = {"TOO_MANY_PIXELS": "too_many_pixels", "NOT_A_PICTURE": "not_a_picture"}.get(name, "too_hard")
    return PictureFault(f"picture.{code}", limit=MOST_PIXELS // 1_000_000)


def _moment(told: _Told) -> datetime | None:
    with suppress(ValueError, OverflowError):
        plain = datetime.strptime(told.taken, "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        with suppress(ValueError):
            zoned = datetime.strptime(f"{told.taken}{told.taken_offset}", "%Y:%m:%d %H:%M:%S%z")
            return zoned.astimezone(UTC)
        return plain.astimezone(UTC)
    return None
