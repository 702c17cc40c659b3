"""Labels 文件标签: a file's name from outside, as a text to show. It never names a file on a disk."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 100
NAMELESS = "file"
_LAST = re.compile(r"[^/\\]*$")


def clean_label(name: str) -> str:
    """The last part of the name without paths, control and direction characters; at most 100, its ending kept."""
    plain = unicodedata.normalize("NFC", name)
    whole = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")
    last = _LAST.search(whole)
    label = " ".join((last[0] if last else "").split()).strip(" .")
    if len(label) > LONGEST:
        stem, dot, ending = label.rpartition(".")
        keep = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
        label = label[: LONGEST - len(keep)] + keep
    return label or NAMELESS


def disposition(kind: str, label: str, extension: str) -> str:
    """The Content-Disposition of a file: `inline` or `attachment`, its label in UTF-8 and the ending that is true."""
    stem = label.rpartition(".")[0] or label
    return f"{kind}; filename=\"file.{extension}\"; filename*=UTF-8''{quote(f'{stem}.{extension}', safe='')}"
