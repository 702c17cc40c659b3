"""A file as it arrives 上传: taken out of its form part by part, never whole, never on a disk."""

from collections.abc import AsyncIterator

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from casework.kit.errors import BadRequest, TooLarge, UnsupportedType
from services.intake.tables.bounds import FILE_MB

MOST = FILE_MB * 2**20
WRAPPING = 2**20
"""Bytes that a form may have beside its file."""
FIELD = "file"


class Upload:
    """The part named `file` of a multipart/form-data request. `name` is known once the first part of it came."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise UnsupportedType(expected="multipart/form-data")
        length = request.headers.get("content-length", "0")
        self._check(int(length) - WRAPPING if length.isdigit() else 0)
        self.name = ""
        self._request = request
        self._size = self._all = 0
        self._found = self._inside = False
        self._parts: list[bytes] = []
        self._head: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._head[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._head[1].extend(data[start:end]),
                "on_header_end": self._header,
                "on_part_data": self._data,
            },
        )

    async def parts(self) -> AsyncIterator[bytes]:
        """The file's bytes. Raises TooLarge beyond 100 MB, BadRequest for a broken form or one without a file."""
        async for part in self._request.stream():
            self._all += len(part)
            self._check(self._all - WRAPPING)
            try:
                self._parser.write(part)
            except MultipartParseError:
                raise BadRequest("import.form_broken") from None
            for found in self._parts:
                self._size += len(found)
                self._check(self._size)
                yield found
            self._parts.clear()
        if not self._found:
            raise BadRequest("import.no_file")

    def _check(self, size: int) -> None:
        if size > MOST:
            raise TooLarge("import.file.too_large", limit=FILE_MB)

    def _begin(self) -> None:
        self._inside = False

    def _header(self) -> None:
        field, value = bytes(self._head[0]).lower(), bytes(self._head[1])
        self._head = (bytearray(), bytearray())
        if field != b"content-disposition":
            return
        _, options = parse_options_header(value)
        if options.get(b"name") == FIELD.encode() and b"filename" in options and not self._found:
            self._inside = self._found = True
            self.name = options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._parts.append(data[start:end])
