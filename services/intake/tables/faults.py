"""Why a table cannot be read 读表失败: a code whose sentence lies in the locale files under `import.file`."""

from typing import Any


class TableRefused(Exception):
    """The file as a whole cannot be used; nothing of it was kept."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)
