"""Grid codes 网格编码: a community's twelve digits and a suffix, by the city's own template (domain.md §3.2).

A code is given once and never again, so that an old case's grid stays what it was.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casework.rules.words import GridKind

_TEMPLATE = re.compile(r"\{area\}(\{kind\})?\{seq\}(\{kind\})?")
_LETTERS = re.compile(r"[0-9A-Z]{0,4}")


@dataclass(frozen=True, slots=True)
class CodeTemplate:
    """编码模板: `template` of {area}, {kind} and {seq}; `digits` of the running number; what stands for each kind."""

    template: str
    digits: int
    kinds: Mapping[GridKind, str]

    def usable(self) -> bool:
        """Whether every code that it makes is a grid's code of its community."""
        letters = all(_LETTERS.fullmatch(self.kinds.get(kind, "")) for kind in GridKind)
        longest = max((len(self.kinds.get(kind, "")) for kind in GridKind), default=0) * self.template.count("{kind}")
        return bool(_TEMPLATE.fullmatch(self.template)) and letters and self.digits >= 2 and longest + self.digits <= 8

    def code(self, area: str, kind: GridKind, number: int) -> str:
        """The code with this running number."""
        return self.template.format(area=area, kind=self.kinds.get(kind, ""), seq=f"{number:0{self.digits}d}")


class CodesUsedUp(Exception):
    """The community has used every running number of its template."""


def new_codes(template: CodeTemplate, area: str, kinds: Sequence[GridKind], taken: Collection[str]) -> list[str]:
    """A code for each new grid of a community, in their order; `taken`: every code that it ever gave.

    Raises CodesUsedUp.
    """
    used, found, number = set(taken), [], 0
    for kind in kinds:
        while True:
            number += 1
            if number >= 10**template.digits:
                raise CodesUsedUp
            code = template.code(area, kind, number)
            if code not in used:
                break
        used.add(code)
        found.append(code)
    return found
