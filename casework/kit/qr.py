"""二维码: a text as a QR code, drawn as SVG (ISO/IEC 18004)."""

import io

import segno

_QUIET = 4
"""Blank modules around it, as the standard asks."""


def qr_svg(text: str) -> bytes:
    """The code as an SVG file of any size, the same each time; a quarter of it may be worn off (level Q)."""
    drawn = io.BytesIO()
    code = segno.make_qr(text, error="q")
    code.save(drawn, kind="svg", border=_QUIET, dark="black", light="white", omitsize=True)
    return drawn.getvalue()
