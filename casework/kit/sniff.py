"""What a file is by its own bytes 文件类型识别: never by its name or what the sender says (ASVS 5.2.2).

Only what is taken is known here: pictures, PDF, audio. Anything else, and anything that only pretends, is None.
"""

from collections.abc import Callable

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PDF = "application/pdf"
MP3, M4A, WAV, AMR, OGG = "audio/mpeg", "audio/mp4", "audio/wav", "audio/amr", "audio/ogg"

EXTENSIONS = {
    **{JPEG: "jpg", PNG: "png", WEBP: "webp", HEIC: "heic", PDF: "pdf"},
    **{MP3: "mp3", M4A: "m4a", WAV: "wav", AMR: "amr", OGG: "ogg"},
}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_OGG_AUDIO = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
_MP3_KBPS = {  # by MPEG version bits: 3 is version 1, 2 and 0 are versions 2 and 2.5; layer III
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def sniff(content: bytes) -> str | None:
    """The media type that the bytes are, if it is one that is taken."""
    return next((kind for kind, fits in _FITS if fits(content)), None)


def _begins(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(heads)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda content: content[:4] == b"RIFF" and content[8:12] == form


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def _is_m4a(content: bytes) -> bool:
    """An ISO file with a track of sound and none of pictures: what phones' recorders write under several brands."""
    if content[4:8] != b"ftyp" or content[8:12] in _HEIC_BRANDS:
        return False
    handlers, place = set(), content.find(b"hdlr")
    while place != -1:
        handlers.add(content[place + 12 : place + 16])
        place = content.find(b"hdlr", place + 4)
    return b"soun" in handlers and b"vide" not in handlers


def _is_mp3(content: bytes) -> bool:
    """One frame behind the tag, if there is one, and another where the first one ends."""
    start = 0
    if content[:3] == b"ID3" and len(content) > 10:
        size = 0
        for byte in content[6:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
    length = _mp3_frame(content[start : start + 4])
    return length is not None and _mp3_frame(content[start + length : start + length + 4]) is not None


def _mp3_frame(head: bytes) -> int | None:
    """The bytes of the layer III frame that begins so."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate, hertz = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or hertz == 3:
        return None
    kbps = _MP3_KBPS[3 if version == 3 else 2][rate]
    return (144 if version == 3 else 72) * kbps * 1000 // _MP3_HZ[version][hertz] + (head[2] >> 1 & 1)


def _is_ogg(content: bytes) -> bool:
    return content[:4] == b"OggS" and content[28:].startswith(_OGG_AUDIO)


_FITS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    (JPEG, _begins(b"\xff\xd8\xff")),
    (PNG, _begins(b"\x89PNG\r\n\x1a\n")),
    (WEBP, _riff(b"WEBP")),
    (HEIC, _is_heic),
    (PDF, _begins(b"%PDF-")),
    (WAV, _riff(b"WAVE")),
    (AMR, _begins(b"#!AMR\n", b"#!AMR-WB\n")),
    (OGG, _is_ogg),
    (M4A, _is_m4a),
    (MP3, _is_mp3),
)
