"""Masking 脱敏: what may be listed and searched of a text, and how a phone or a name is shown (domain.md §7.2).

A free Chinese text is scanned once for runs that could hold a number; only those runs are looked at closely, after
full-width characters have been read as plain ones. Amounts, dates, house numbers, hotlines and case numbers stay.
"""

import re
from collections.abc import Sequence

import phonenumbers

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_RUN = re.compile(rf"[0-9０-９{_PROVINCES}][0-9０-９A-Za-zＡ-Ｚａ-ｚ \-.·•()－—　（）]{{5,}}[挂学警港澳领使]?")
_WIDE = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), *map(ord, "－（）"))
_PLAIN = {code: code - 0xFEE0 for code in _WIDE} | {ord("—"): "-", ord("　"): " ", ord("•"): "·"}

_DAY = r"(?:0[1-9]|1[0-2])[ \-]?(?:0[1-9]|[12]\d|3[01])"
_FOUND = re.compile(
    rf"""
    (?P<plate>[{_PROVINCES}][ ]?[A-Za-z][ ·.\-]?(?=(?:[A-Za-z]*\d){{3}})
        (?: [A-Za-z]\w\d{{4}} | \d{{5}}[A-Za-z] | [A-Za-z0-9]{{5}} | [A-Za-z0-9]{{4}}[挂学警港澳领使] )(?![A-Za-z0-9])
    )
  | (?<!\d)(?:
      (?P<id> [1-8]\d{{5}}[ \-]?(?:18|19|20)\d\d[ \-]?{_DAY}[ \-]?\d{{3}}[ \-]?[\dXx] | [1-8]\d{{7}}{_DAY}\d{{3}} )
    | (?P<card> [3-69]\d{{15,18}}
        | [3-69]\d{{3}}(?P<gap>[ \-])\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}(?:(?P=gap)\d{{1,3}})? )
    | (?P<mobiles> (?:1[3-9]\d{{9}}){{2,3}} )
    | (?:(?:00)?86[ \-)]{{0,2}}|0)?(?P<mobile>
        1[3-9]\d[ \-.()]{{0,2}}\d{{4}}[ \-.()]{{0,2}}\d{{4}} | 1[3-9]\d[ \-.()]{{0,2}}\d{{3}}[ \-.()]{{0,2}}\d{{5}}
      | 1[3-9]\d\d[ \-.]{{1,2}}\d{{3}}[ \-.]{{1,2}}\d{{4}} | 1[3-9]\d\d[ \-.]{{0,2}}\d{{4}}[ \-.]{{0,2}}\d{{3}}
      | 1[3-9]\d(?:[ \-.]{{1,2}}\d\d){{4}} | 1[ \-.]{{1,2}}[3-9](?:[ \-.]{{1,2}}\d){{9}} )
    | (?P<area> 0(?:10|2\d) )[)]?[ \-]{{0,2}}[2-9]\d{{3}}[ \-]?\d{{4}}
    | (?P<far> 0[3-9]\d\d )[)]?[ \-]{{0,2}}[2-9]\d{{2,3}}[ \-]?\d{{4}}
    )(?!\d)
    """,
    re.VERBOSE | re.ASCII,
)
_PHONE_WORD = re.compile(r"(?:电话|座机|固话|传真|致电|拨打|联系方式)(?:号码|号)?[是为：:\s]{0,3}\Z")
_LOCAL = re.compile(r"(?!(?:19|20)\d\d(?:0[1-9]|1[0-2]))[2-8]\d{2,3}[ \-]?\d{4}(?!\d)")
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+\-]{0,63}[@＠]([A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4})")
_ELEVEN = re.compile(r"\d{11}")
_LANDLINE = frozenset({"area", "far"})
_NO_DIGIT = re.compile(r"[^0-9]+")

_ORDINARY_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_DRESSING = re.compile(r"[\s\-.()]+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#).*\Z", re.IGNORECASE | re.DOTALL)
_COMPOUND = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容"
    "|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|壤驷|公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕"
    "|令狐|段干|百里|呼延|东郭|南门|羊舌|微生|梁丘|左丘|东门|西门|第五"
)


def mask_text(text: str, names: Sequence[str] = (), *, landlines: bool = True) -> str:
    """The working text of what a citizen said: no phone, id, bank card, plate, e-mail, nor any of `names`.

    Masks mainland mobiles, landlines (with area code, or right after a word such as 电话), ids of 18 and 15 digits,
    bank cards (16 to 19 digits that pass Luhn), licence plates. Masking what is masked changes nothing.
    `landlines=False` leaves landlines: in what an office tells a citizen they are the offices' own.
    """
    masked = _RUN.sub(_mask_run if landlines else _mask_run_but_landlines, text)
    if "@" in masked or "＠" in masked:
        masked = _EMAIL.sub(r"\1***@\2", masked)
    for name in names:
        if len(name) > 1 and name in masked:
            masked = masked.replace(name, mask_name(name))
    return masked


def mask_phone(phone: str) -> str:
    """How a phone is shown: "138****5678", "028****3210"; of shorter numbers only the last two, of E.164 no +86."""
    digits = _NO_DIGIT.sub("", phone.translate(_PLAIN).removeprefix("+86"))
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 9 else f"****{digits[-2:]}"


def mask_name(name: str) -> str:
    """How a person's name is shown: "张*", with a compound surname "欧阳**"; the length of the rest is not told."""
    name = name.strip()
    if len(name) > 2 and _COMPOUND.match(name):
        return f"{name[:2]}**"
    return f"{name[:1]}*" if name else ""


def normal_phone(raw: str) -> str | None:
    """The E.164 form ("+8613812345678") that a blind index is taken of; None when it is no valid number.

    China is taken where no country is given; an extension (转, 分机) is left off.
    """
    plain = _DRESSING.sub("", raw.translate(_PLAIN).replace("＋", "+"))
    ordinary = _ORDINARY_MOBILE.fullmatch(plain)
    if ordinary:
        return f"+86{ordinary[1]}"
    try:
        number = phonenumbers.parse(_EXTENSION.sub("", plain), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _mask_run(run: re.Match[str]) -> str:
    plain = run[0].translate(_PLAIN)
    local = _LOCAL.match(plain)
    if local and _PHONE_WORD.search(run.string, max(0, run.start() - 12), run.start()):
        masked = mask_phone(local[0]) + _FOUND.sub(_mask_found, plain[local.end() :])
    else:
        masked = _FOUND.sub(_mask_found, plain)
    return run[0] if masked == plain else masked


def _mask_run_but_landlines(run: re.Match[str]) -> str:
    plain = run[0].translate(_PLAIN)
    masked = _FOUND.sub(lambda f: f[0] if f.lastgroup in _LANDLINE else _mask_found(f), plain)
    return run[0] if masked == plain else masked


def _mask_found(found: re.Match[str]) -> str:
    kind, whole = found.lastgroup, found[0]
    if kind == "mobiles":
        return _ELEVEN.sub(lambda one: mask_phone(one[0]), whole)
    if kind == "plate":
        return f"{whole[:2]}***{whole[-2:]}"
    if kind in _LANDLINE:
        return f"{found[kind]}****{whole[-4:]}"
    if kind == "mobile":
        return whole[: found.start(kind) - found.start()] + mask_phone(found[kind])
    bare = whole.replace(" ", "").replace("-", "")
    if kind == "card" and not _passes_luhn(bare):
        return whole
    return f"{bare[:4]}{'*' * (len(bare) - 8)}{bare[-4:]}"


def _passes_luhn(digits: str) -> bool:
    ones, twos = digits[-1::-2], digits[-2::-2]
    return sum(map(int, ones + "".join(str(2 * int(two)) for two in twos))) % 10 == 0
