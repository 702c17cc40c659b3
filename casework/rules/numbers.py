"""The request's number 诉求编号: `{region6}{yyyymmdd}{channel2}{seq7}{check1}`, never reused (words.md §1)."""

from datetime import date

from casework.rules.words import Channel

_DOUBLED = str.maketrans("0123456789", "0246813579")


def request_number(region: str, day: date, channel: Channel, sequence: int) -> str:
    """24 characters: region (6, zero-padded on the right), Shanghai day, channel (2), sequence (7), check digit.

    Raises ValueError when the sequence has outgrown seven digits.
    """
    if not 0 < sequence < 10_000_000:
        raise ValueError(f"sequence {sequence} does not fit seven digits")
    body = f"{region[:6]:0<6}{day:%Y%m%d}{channel.number}{sequence:07d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Luhn's digit, so that a mistyped or swapped digit is noticed; a zone's letter counts as 10 to 35."""
    digits = body if body.isdecimal() else "".join(str(int(c, 36)) for c in body)
    doubled = digits[::-2].translate(_DOUBLED)
    return str(-sum(map(int, doubled + digits[-2::-2])) % 10)


def is_request_number(text: str) -> bool:
    """Whether the form and the check digit are right; says nothing of its existence."""
    return len(text) == 24 and text.isascii() and text.isalnum() and check_digit(text[:-1]) == text[-1]


def case_number(request_no: str, place: int) -> str:
    """The first case carries the request's number, later ones `-2`, `-3` (words.md §1)."""
    return request_no if place == 1 else f"{request_no}-{place}"


def dispute_number(region: str, day: date, sequence: int) -> str:
    """22 characters: region (6), Shanghai day, M, sequence (6), check digit; never reused. Raises ValueError."""
    if not 0 < sequence < 1_000_000:
        raise ValueError(f"sequence {sequence} does not fit six digits")
    body = f"{region[:6]:0<6}{day:%Y%m%d}M{sequence:06d}"
    return body + check_digit(body)
