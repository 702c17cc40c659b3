"""Sealed columns, blind indexes and links (security.md §2.3)."""

import base64
import json
import stat
from pathlib import Path

import pytest

from casework.kit.crypto import BrokenSeal, Keyring, KeyringError, UnknownKey, digest


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    Keyring.create_file(path)
    return path


@pytest.fixture
def keyring(key_file: Path) -> Keyring:
    return Keyring.load(key_file)


def _rotated(key_file: Path, *, keep_old: bool) -> Keyring:
    held = json.loads(key_file.read_text())
    for part in (held, held["index"]):
        fresh = {"new": base64.b64encode(bytes(range(32))).decode()}
        part["keys"] = {**part["keys"], **fresh} if keep_old else fresh
        part["current"] = "new"
    key_file.write_text(json.dumps(held))
    return Keyring.load(key_file)


@pytest.mark.parametrize("text", ["", "13812345678", "武侯祠大街", "😀" * 500])
def test_what_is_sealed_opens_again(keyring: Keyring, text: str) -> None:
    assert keyring.open(keyring.seal(text, "request.phone"), "request.phone") == text


def test_sealed_bytes_open_as_bytes_and_not_as_a_text_that_they_are_not(keyring: Keyring) -> None:
    blob = keyring.seal_bytes(b"\xff\x00", "inbox.body")
    assert keyring.open_bytes(blob, "inbox.body") == b"\xff\x00"
    with pytest.raises(BrokenSeal):
        keyring.open(blob, "inbox.body")


def test_the_clear_text_is_nowhere_in_the_blob_and_two_seals_differ(keyring: Keyring) -> None:
    first, second = (keyring.seal("13812345678", "request.phone") for _ in range(2))
    assert b"13812345678" not in first
    assert first != second


def test_a_blob_moved_to_another_column_does_not_open(keyring: Keyring) -> None:
    with pytest.raises(BrokenSeal):
        keyring.open(keyring.seal("张三", "request.name"), "request.phone")


def test_no_altered_byte_goes_unseen(keyring: Keyring) -> None:
    blob = keyring.seal("张三", "request.name")
    for place in range(len(blob)):
        altered = bytearray(blob)
        altered[place] ^= 1
        with pytest.raises((BrokenSeal, UnknownKey)):
            keyring.open(bytes(altered), "request.name")


def test_no_cut_blob_opens(keyring: Keyring) -> None:
    blob = keyring.seal("张三", "request.name")
    for length in range(len(blob)):
        with pytest.raises((BrokenSeal, UnknownKey)):
            keyring.open(blob[:length], "request.name")


def test_after_a_rotation_old_rows_open_and_new_ones_use_the_new_key(key_file: Path, keyring: Keyring) -> None:
    old = keyring.seal("张三", "request.name")
    rotated = _rotated(key_file, keep_old=True)
    assert rotated.open(old, "request.name") == "张三"
    assert b"new" in rotated.seal("李四", "request.name")[:5]


def test_without_its_key_a_row_is_told_apart_from_an_altered_one(key_file: Path, keyring: Keyring) -> None:
    old = keyring.seal("张三", "request.name")
    with pytest.raises(UnknownKey):
        _rotated(key_file, keep_old=False).open(old, "request.name")


def test_equal_values_share_an_index_only_within_a_purpose(keyring: Keyring) -> None:
    index = keyring.blind_index("+8613812345678", "request.phone")
    assert len(index) == 16
    assert keyring.blind_index("+8613812345678", "request.phone") == index
    assert keyring.blind_index("+8613812345679", "request.phone") != index
    assert keyring.blind_index("+8613812345678", "staff.phone") != index


def test_while_index_keys_rotate_a_search_finds_old_rows(key_file: Path, keyring: Keyring) -> None:
    written_before = keyring.blind_index("+8613812345678", "request.phone")
    rotated = _rotated(key_file, keep_old=True)
    candidates = rotated.blind_indexes("+8613812345678", "request.phone")
    assert candidates[0] == rotated.blind_index("+8613812345678", "request.phone") != written_before
    assert written_before in candidates


def test_a_link_is_the_same_for_a_subject_and_another_installation_cannot_make_it(
    keyring: Keyring, tmp_path: Path
) -> None:
    other_file = tmp_path / "other.json"
    Keyring.create_file(other_file)
    token = keyring.link_token("case:1:1")
    assert len(base64.urlsafe_b64decode(token + "==")) == 16
    assert keyring.link_token("case:1:1") == token
    assert keyring.link_token("case:1:2") != token
    assert Keyring.load(other_file).link_token("case:1:1") != token


def test_a_new_key_file_is_private_and_never_overwritten(key_file: Path) -> None:
    before = key_file.read_bytes()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        Keyring.create_file(key_file)
    assert key_file.read_bytes() == before
    assert [path.name for path in key_file.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"current":"k1","keys":{"k1":"AAAA"},"index":{"current":"i1","keys":{"i1":"AAAA"}},"link":"AAAA"}',
        '{"current":"k1","keys":{"k1":"*"},"index":{"current":"i1","keys":{}},"link":"*"}',
        '{"current":"k1","keys":3,"index":{"current":"i1","keys":{}},"link":"*"}',
    ],
)
def test_a_wrong_key_file_is_refused_at_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(KeyringError):
        Keyring.load(path)


def test_a_current_key_that_is_not_held_is_refused(key_file: Path) -> None:
    key_file.write_text(key_file.read_text().replace('"current": "k1"', '"current": "k9"'))
    with pytest.raises(KeyringError):
        Keyring.load(key_file)


def test_a_missing_key_file_is_refused_without_a_new_one_being_made(tmp_path: Path) -> None:
    with pytest.raises(KeyringError):
        Keyring.load(tmp_path / "keys.json")
    assert not list(tmp_path.iterdir())


def test_a_digest_is_sha256_of_text_or_bytes() -> None:
    assert digest("abc") == digest(b"abc")
    assert digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
