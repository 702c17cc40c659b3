"""The one place where a picture from outside is decoded: a process of its own, limited, that lives for one picture.

Run as a script, told how many pixels are taken: the picture on stdin; on stdout one line of JSON, then the copy to
serve and the thumbnail, both freshly encoded JPEG without any of the original's metadata. It imports nothing of ours
and needs no network.
"""

import io
import json
import math
import resource
import sys
import warnings
from typing import Any

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

MEMORY = 1280 * 1024 * 1024  # bytes of address space; 50 megapixels of WebP need two thirds of it
CPU_SECONDS = 20
SERVED_SIDE, THUMBNAIL_SIDE = 4096, 320
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011


def limit_myself() -> None:
    """No more than one picture's worth of memory and time, no file written, no core left behind."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """0 with the copies on stdout; 1 with {"fault": …}: TOO_MANY_PIXELS or NOT_A_PICTURE."""
    limit_myself()
    warnings.simplefilter("ignore")
    try:
        told, served, thumbnail = develop(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Exception as error:
        fault = "TOO_MANY_PIXELS" if "DecompressionBomb" in type(error).__name__ else "NOT_A_PICTURE"
        sys.stdout.write(json.dumps({"fault": "TOO_HARD" if isinstance(error, MemoryError) else fault}) + "\n")
        return 1
    told |= {"served": len(served), "thumbnail": len(thumbnail)}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + served + thumbnail)
    return 0


def develop(content: bytes, most_pixels: int) -> tuple[dict[str, Any], bytes, bytes]:
    """What the picture says of itself, the copy to serve, the thumbnail. Raises whatever the decoders raise."""
    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = most_pixels
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > most_pixels:
            raise Image.DecompressionBombError
        exif = picture.getexif()
        told = {"width": picture.width, "height": picture.height, **_taken(exif), **_place(exif)}
        picture.draft("RGB", (SERVED_SIDE, SERVED_SIDE))
        picture.load()
        upright = _flat(ImageOps.exif_transpose(picture))
    upright.thumbnail((SERVED_SIDE, SERVED_SIDE))
    served = _encoded(upright, quality=85)
    upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return told, served, _encoded(upright, quality=75)


def _flat(picture: Any) -> Any:
    """In plain colours; what was see-through is white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGB", layered.size, "white")
    white.paste(layered, mask=layered.getchannel("A"))
    return white


def _encoded(picture: Any, quality: int) -> bytes:
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _taken(exif: Any) -> dict[str, Any]:
    """When it was taken, as the camera's clock said, and that clock's distance from UTC where it is given."""
    try:
        inner = exif.get_ifd(_EXIF_IFD)
        return {"taken": str(inner.get(_TAKEN) or "")[:19], "taken_offset": str(inner.get(_TAKEN_OFFSET) or "")[:6]}
    except Exception:
        return {}


def _place(exif: Any) -> dict[str, Any]:
    """Where it was taken, in degrees of WGS-84."""
    try:
        gps = exif.get_ifd(_GPS_IFD)
        lat, lon = _degrees(gps[2], gps.get(1), "S"), _degrees(gps[4], gps.get(3), "W")
    except Exception:
        return {}
    known = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return {"lat": lat, "lon": lon} if known else {}


def _degrees(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    found = degrees + minutes / 60 + seconds / 3600
    return -found if str(side).upper().startswith(negative) else found


if __name__ == "__main__":
    sys.exit(main())
