"""Pictures from outside: what is read of them, what is left of them, and what a bad one can do: nothing."""

import asyncio
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from casework.kit import pictures
from casework.kit.pictures import PictureFault, develop
from casework.kit.sniff import AMR, HEIC, JPEG, M4A, MP3, OGG, PDF, PNG, WAV, WEBP, sniff
from tests.kit import files

SECRETS = (b"Exif", b"PhoneMaker", b"Phone X", b"GPS", b"http://ns.adobe.com", b"2026:11:20")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_place_and_time_are_read_and_the_copies_hold_none_of_it(form: str) -> None:
    content = files.picture(form)
    found = await develop(content)
    assert (found.lon, found.lat) == pytest.approx((files.LON, files.LAT), abs=1e-6)
    assert found.taken == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert {found.width, found.height} == {640, 480}
    for copy in (found.served, found.thumbnail):
        served = Image.open(io.BytesIO(copy))
        assert served.format == "JPEG"
        assert not dict(served.getexif())
        assert set(served.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert [mark for mark in SECRETS if mark in copy] == []


async def test_the_proof_sees_metadata_that_was_left_in() -> None:
    assert [mark for mark in SECRETS if mark in files.picture()]


@pytest.mark.parametrize("form", ["JPEG", "HEIF"])
async def test_a_picture_is_turned_upright_once(form: str) -> None:
    found = await develop(files.picture(form))  # orientation 6: lying on its side
    assert Image.open(io.BytesIO(found.served)).size == (480, 640)
    assert Image.open(io.BytesIO(found.thumbnail)).size == (240, 320)


async def test_a_camera_without_a_zone_stands_in_china() -> None:
    found = await develop(files.picture(about=files.exif(zone="")))
    assert found.taken == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("taken", ["", "0000:00:00 00:00:00", "yesterday", "2026:13:40 99:00:00"])
async def test_a_senseless_time_is_no_time(taken: str) -> None:
    assert (await develop(files.picture(about=files.exif(taken=taken)))).taken is None


@pytest.mark.parametrize(("lon", "lat"), [(None, None), (0.0, 0.0), (104.0, 91.0), (200.0, 30.0)])
async def test_a_senseless_place_is_no_place(lon: float | None, lat: float | None) -> None:
    found = await develop(files.picture(about=files.exif(lon, lat)))
    assert (found.lon, found.lat) == (None, None)


async def test_south_and_west_are_negative() -> None:
    found = await develop(files.picture(about=files.exif(-70.5, -33.25)))
    assert (found.lon, found.lat) == pytest.approx((-70.5, -33.25))


async def test_what_is_see_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")
    served = Image.open(io.BytesIO((await develop(out.getvalue())).served))
    assert served.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (8000, 6251),  # just over 50 megapixels: Pillow alone would only warn up to 100
        (12_000, 12_000),
        (30_000, 30_000),  # past twice the limit, where Pillow refuses by itself
    ],
)
async def test_a_pixel_bomb_is_an_error(width: int, height: int) -> None:
    with pytest.raises(PictureFault) as refused:
        await develop(files.pixel_bomb(width, height))
    assert refused.value.code == "picture.too_many_pixels"
    assert refused.value.params["limit"] == 50


async def test_fifty_megapixels_are_taken() -> None:
    assert (await develop(files.pixel_bomb(8000, 6250))).width == 8000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture at all",
        b"\xff\xd8\xff" + bytes(100),
        files.picture()[:1500],  # cut short
        files.picture("PNG")[:-200],
        files.picture("HEIF")[:-100],
        b"GIF89a" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
async def test_what_is_no_whole_picture_is_told_so(content: bytes) -> None:
    with pytest.raises(PictureFault) as refused:
        await develop(content)
    assert refused.value.code == "picture.not_a_picture"


@pytest.mark.parametrize(
    "misdeed",
    [
        "import os; os.kill(os.getpid(), 11)",  # a crash in a decoder
        "while True: pass",  # no end
        "x = [bytearray(1 << 20) for _ in range(4000)]",  # all memory
        "import sys; [sys.stdout.buffer.write(bytes(1 << 20)) for _ in range(100)]",  # an endless answer
        'print(\'{"width": 1, "height": 1, "served": 5, "thumbnail": 5}\'); print(\'<script>\')',  # a lie
        "print('[]')",
    ],
)
async def test_a_poisoned_picture_takes_only_its_own_process_along(
    misdeed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a picture had taken the worker over: whatever it does then, we say one sentence and go on."""
    honest = pictures._WORKER
    line = "        told, served, thumbnail = develop"
    text = honest.read_text("utf-8")
    assert line in text
    taken_over = tmp_path / "worker.py"
    taken_over.write_text(text.replace(line, f"        exec({misdeed!r})\n{line}"), "utf-8")
    monkeypatch.setattr(pictures, "_WORKER", taken_over)
    with pytest.raises(PictureFault) as refused:
        await develop(files.picture(), seconds=3)
    assert refused.value.code == "picture.too_hard"
    monkeypatch.setattr(pictures, "_WORKER", honest)
    assert (await develop(files.picture())).width == 640


async def test_the_worker_limits_itself_before_it_reads() -> None:
    script = (
        "import resource as r, runpy\n"
        f"worker = runpy.run_path({str(pictures._WORKER)!r})\n"
        "worker['limit_myself']()\n"
        "print([r.getrlimit(x)[1] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])"
    )
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    out, _ = await worker.communicate()
    assert out.decode().strip() == "[1342177280, 20, 0, 0]"
    main = pictures._WORKER.read_text("utf-8").partition("def main()")[2]
    assert main.index("limit_myself()") < main.index("sys.stdin")


async def test_many_at_once_wait_for_their_turn() -> None:
    found = await asyncio.gather(*(develop(files.picture(size=(64, 48 + n))) for n in range(6)))
    assert [one.height for one in found] == list(range(48, 54))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.picture(), JPEG),
        (files.picture("PNG"), PNG),
        (files.picture("WEBP"), WEBP),
        (files.picture("HEIF"), HEIC),
        (files.PDF, PDF),
        (files.MP3, MP3),
        (b"ID3\x04\x00\x00\x00\x00\x00\x05hello" + files.MP3, MP3),
        (files.M4A, M4A),
        (files.iso_media(b"soun", brand=b"3gp4"), M4A),
        (files.WAV, WAV),
        (files.AMR, AMR),
        (files.OGG, OGG),
        # what only pretends, and what is not taken
        (b"", None),
        (b"MZ" + bytes(200), None),
        (b"PK\x03\x04" + bytes(200), None),
        (b"<html><script>alert(1)</script>", None),
        (b"GIF89a" + bytes(50), None),
        (b"\n%PDF-1.7", None),
        (b"RIFF" + bytes(4) + b"AVI ", None),
        (b"OggS" + bytes(24) + b"\x80theora", None),
        (files.iso_media(b"vide", b"soun"), None),
        (files.iso_media(), None),
        (b"ID3\x04\x00\x00\x00\x00\x00\x05hello" + bytes(900), None),
        (b"\xff\xfb\x90\x00" + bytes(900), None),
        (b"\xff\xf1\x50\x80" + bytes(900), None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert sniff(content) == kind
