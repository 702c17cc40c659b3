"""数字城管 codes: a part 部件 has sixteen digits, an event 事件 or a class ten (domain.md §3.2, GB/T 30428.2).

`320582 01 02 048188`: county (6), big class 大类 (2), small class 小类 (2) and, of a part alone, its serial number (6).
"""

from dataclasses import dataclass

CLASS_DIGITS, PART_DIGITS = 10, 16
STANDARD_BIG, OWN_BIG_FROM = 5, 21
"""Big classes 01 to 05 are the standard's, those from 21 on a city's own; none lies between."""


class BadUrbanCode(ValueError):
    """No such code; `code` names the sentence that the person reads."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class UrbanCode:
    """A code in its parts. `serial`: the part's own number; None for an event or a class."""

    county: str
    big: str
    small: str
    serial: str | None = None

    @classmethod
    def parse(cls, text: str) -> "UrbanCode":
        """The code, spaces between its parts left out. Raises BadUrbanCode."""
        digits = "".join(text.split())
        if not digits.isascii() or not digits.isdigit() or len(digits) not in (CLASS_DIGITS, PART_DIGITS):
            raise BadUrbanCode("URBAN_CODE_FORM")
        serial = digits[CLASS_DIGITS:] or None
        if digits[6:8] == "00" or digits[8:10] == "00" or STANDARD_BIG < int(digits[6:8]) < OWN_BIG_FROM:
            raise BadUrbanCode("URBAN_CODE_CLASS")
        if serial is not None and int(serial) == 0:
            raise BadUrbanCode("URBAN_CODE_SERIAL")
        return cls(digits[:6], digits[6:8], digits[8:10], serial)

    @property
    def is_part(self) -> bool:
        """A single part, with its serial number."""
        return self.serial is not None

    @property
    def small_class(self) -> str:
        """大类 and 小类 together: four digits."""
        return self.big + self.small

    def __str__(self) -> str:
        return f"{self.county}{self.big}{self.small}{self.serial or ''}"

    def shown(self) -> str:
        """As people read it: `320582 01 02 048188`."""
        return " ".join(part for part in (self.county, self.big, self.small, self.serial) if part)
