"""What is wrong with the city's data, all of it at once."""

from collections.abc import Sequence


class CatalogError(Exception):
    """A catalogue file cannot be used; `problems` has one line per fault: `file:line: field: what is wrong`.

    Raised only after the whole file was read, so that one run shows every fault.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)
