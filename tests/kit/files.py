"""Files of a test, made here: pictures with what a phone writes into them, recordings, a PDF."""

import io
import struct
import zlib

from PIL import Image
from pillow_heif import register_heif_opener

register_heif_opener()

TAKEN, ZONE = "2026:11:20 10:00:00", "+08:00"
LON, LAT = 104.0817, 30.6571


def exif(lon: float | None = LON, lat: float | None = LAT, *, taken: str = TAKEN, zone: str = ZONE) -> Image.Exif:
    """What a phone's camera writes: where, when, which phone, turned by 90 degrees."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "PhoneMaker", "Phone X", 6
    if lon is not None and lat is not None:
        found[0x8825] = {1: "NS"[lat < 0], 2: _sexagesimal(abs(lat)), 3: "EW"[lon < 0], 4: _sexagesimal(abs(lon))}
    inner = found.get_ifd(0x8769)
    inner[0x9003] = taken
    if zone:
        inner[0x9011] = zone
    return found


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)


def picture(
    form: str = "JPEG", size: tuple[int, int] = (640, 480), about: Image.Exif | None = None, colour: str = "teal"
) -> bytes:
    """A picture, with the EXIF of a phone unless another is given."""
    out = io.BytesIO()
    about = exif() if about is None else about
    Image.new("RGB", size, colour).save(out, form, exif=about.tobytes() if form == "HEIF" else about)
    return out.getvalue()


def pixel_bomb(width: int, height: int) -> bytes:
    """A small PNG that says it has that many pixels, and means it: one bit each, all alike."""
    row = b"\x00" + bytes((width + 7) // 8)
    squeeze = zlib.compressobj(9)
    body = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def iso_media(*handlers: bytes, brand: bytes = b"mp42") -> bytes:
    """An ISO file (m4a, mp4) whose tracks have these handlers."""
    tracks = b"".join(_box(b"hdlr", bytes(8) + handler + bytes(13)) for handler in handlers)
    return _box(b"ftyp", brand + bytes(4) + brand) + _box(b"moov", tracks)


MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 3
WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(28)
AMR = b"#!AMR\n" + bytes(64)
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(20)
M4A = iso_media(b"soun")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
