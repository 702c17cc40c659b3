"""Encryption 加密 of personal data: sealed columns, blind indexes for exact search, links that cannot be guessed.

AES-256-GCM with key versions and an HMAC-SHA256 index under keys of its own (security.md §2.3; PIPL §51).
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
NONCE_BYTES = 12
KEY_BYTES = 32
INDEX_BYTES = 16
LINK_BYTES = 16
IDENTITY = "identity-"
"""How the names of the identity keys begin."""


class CryptoError(Exception):
    """Base of everything that can go wrong here; texts never hold a key or a clear text."""


class KeyringError(CryptoError):
    """The key file is missing, unreadable or wrong."""


class UnknownKey(CryptoError):
    """The blob was sealed with a key that this keyring does not hold."""


class BrokenSeal(CryptoError):
    """The blob is cut short, altered, or was sealed for another purpose."""


class Keyring:
    """The keys of one installation 密钥环: the current key seals, every key opens.

    Keys are 32 bytes each. Rotating is adding a key to the file and naming it current; old rows still open.
    The identity keys (举报人身份密钥) are a family of their own in a file of their own: nothing that they sealed opens
    with the ordinary ones, and `open` never tries them; whoever needs them says so by `of` or `identity`.
    """

    def __init__(
        self, *, current: str, keys: Mapping[str, bytes], index_current: str, index: Mapping[str, bytes], link: bytes
    ) -> None:
        """Raises: KeyringError: a key is not 32 bytes, or a current id names no key."""
        for key_id, key in (*keys.items(), *index.items(), ("link", link)):
            if len(key) != KEY_BYTES or not 0 < len(key_id.encode()) < 256:
                raise KeyringError(f"key {key_id!r} must be {KEY_BYTES} bytes")
        if current not in keys or index_current not in index:
            raise KeyringError("the current key is not among the keys")
        self._ciphers = {key_id.encode(): AESGCM(key) for key_id, key in keys.items()}
        self._cipher = self._ciphers[current.encode()]
        self._head = bytes((FORMAT, len(current.encode()))) + current.encode()
        self._index = (index[index_current], *(key for key_id, key in index.items() if key_id != index_current))
        self._link = link
        self._identity: Keyring | None = None

    @property
    def identity(self) -> "Keyring":
        """举报人身份密钥. Raises: KeyringError: this process was not given them."""
        if self._identity is None:
            raise KeyringError("the identity keys are not held")
        return self._identity

    def of(self, guarded: bool) -> "Keyring":
        """The family that a request's personal data is sealed with. Raises: KeyringError."""
        return self.identity if guarded else self

    @classmethod
    def load(cls, path: Path, identity: Path | None = None) -> "Keyring":
        """Read the key file, and beside it, where it is named, that of the identity keys.

        Raises: KeyringError: one is missing, unreadable, not of the right form, or the two share a key's name.
        """
        held = cls._read(path)
        if identity is not None:
            held._identity = cls._read(identity)
            if held._ciphers.keys() & held._identity._ciphers.keys():
                raise KeyringError("the identity keys need names of their own")
        return held

    @classmethod
    def _read(cls, path: Path) -> "Keyring":
        try:
            held: dict[str, Any] = json.loads(path.read_text("utf-8"))
            index = held["index"]
            return cls(
                current=held["current"],
                keys=_decoded(held["keys"]),
                index_current=index["current"],
                index=_decoded(index["keys"]),
                link=_decode(held["link"]),
            )
        except OSError as error:
            raise KeyringError(f"the key file cannot be read ({type(error).__name__})") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyringError(f"the key file is not of the right form ({type(error).__name__})") from error

    @staticmethod
    def create_file(path: Path, family: str = "") -> None:
        """Write new random keys to `path`, mode 0600, whole or not at all; `family` begins each key's name.

        Raises: FileExistsError: there is a file already; it is left as it is, for without it nothing opens again.
        """
        fresh = {
            "current": f"{family}k1",
            "keys": {f"{family}k1": _new_key()},
            "index": {"current": f"{family}i1", "keys": {f"{family}i1": _new_key()}},
            "link": _new_key(),
        }
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(fresh, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            os.unlink(draft)

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt under the current key. The same text seals differently each time.

        `purpose` says what the column is ("request.phone"): a blob moved to another column does not open there.
        """
        return self.seal_bytes(text.encode(), purpose)

    def seal_bytes(self, content: bytes, purpose: str) -> bytes:
        """As `seal`, for bytes that need not be a text."""
        nonce = os.urandom(NONCE_BYTES)
        return self._head + nonce + self._cipher.encrypt(nonce, content, purpose.encode())

    def open(self, blob: bytes, purpose: str) -> str:
        """Decrypt what `seal` made with the same purpose, under whichever key it names.

        Raises: UnknownKey: the key is gone. BrokenSeal: altered, cut short or for another purpose.
        """
        try:
            return self.open_bytes(blob, purpose).decode()
        except UnicodeDecodeError as error:
            raise BrokenSeal("sealed bytes are no text") from error

    def open_bytes(self, blob: bytes, purpose: str) -> bytes:
        """As `open`, for what `seal_bytes` made."""
        if len(blob) < 2 or blob[0] != FORMAT:
            raise BrokenSeal("not a sealed text")
        start = 2 + blob[1]
        cipher = self._ciphers.get(bytes(blob[2:start]))
        if cipher is None:
            raise UnknownKey("sealed with a key that is not held")
        nonce, sealed = blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal("altered, cut short or sealed for another purpose") from error

    def blind_index(self, value: str, purpose: str) -> bytes:
        """16 bytes that equal values share, under the current index key: what is written and searched 盲索引."""
        return _indexed(self._index[0], value, purpose)

    def blind_indexes(self, value: str, purpose: str) -> tuple[bytes, ...]:
        """The index under every key held, current first: what a search compares while index keys rotate."""
        return tuple(_indexed(key, value, purpose) for key in self._index)

    def link_token(self, subject: str) -> str:
        """22 url-safe characters (128 bits) that only this installation can derive from `subject`; always the same."""
        mac = hmac.digest(self._link, subject.encode(), "sha256")[:LINK_BYTES]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def digest(content: str | bytes) -> bytes:
    """SHA-256, 32 bytes: to recognise a body or a token again, never to hide a guessable value."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).digest()


def _indexed(key: bytes, value: str, purpose: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{value}".encode(), "sha256")[:INDEX_BYTES]


def _new_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise KeyringError("a key is not base64") from error


def _decoded(keys: Mapping[str, str]) -> dict[str, bytes]:
    return {key_id: _decode(text) for key_id, text in keys.items()}
