"""Passwords and tokens (ASVS 5.0 6.2; security.md §2.6 lines 4 and 6)."""

import base64

import argon2
import pytest

from casework.kit import passwords
from casework.kit.passwords import (
    hash_password,
    needs_rehash,
    new_password,
    new_token,
    password_faults,
    token_digest,
    verify_password,
)


def test_only_the_right_password_fits_its_hash() -> None:
    stored = hash_password("天府广场东侧的老榕树下见面")
    assert stored.startswith("$argon2id$")
    assert "m=19456,t=2,p=1" in stored
    assert verify_password(stored, "天府广场东侧的老榕树下见面")
    assert not verify_password(stored, "天府广场东侧的老榕树下见")
    assert not verify_password(stored, "")


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$broken"])
def test_a_hash_that_cannot_be_read_fits_nothing(stored: str) -> None:
    assert not verify_password(stored, "whatever it is")


def test_a_login_that_nobody_has_costs_a_whole_check(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    assert not verify_password(None, "whatever it is")
    assert len(checked) == 1
    assert not needs_rehash(checked[0])  # with the parameters of a real one


def test_nothing_of_a_long_password_is_cut_off() -> None:
    stored = hash_password("长" * 128)
    assert not verify_password(stored, "长" * 127)


def test_a_hash_of_other_parameters_is_made_anew() -> None:
    weaker = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("whatever it is")
    assert needs_rehash(weaker)
    assert needs_rehash("plain text")
    assert not needs_rehash(hash_password("whatever it is"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("天府广场东侧的老榕树下见面", None),
        ("correct horse battery", None),
        ("zhangwei-2024-home", None),
        ("wo de mima hen chang", None),
        ("short-one", "password.too_short"),
        ("密码" * 5, "password.too_short"),
        ("长" * 129, "password.too_long"),
        ("password1234!", "password.too_common"),
        ("P@ssw0rd2026", "password.too_common"),
        ("AdminAdmin2026", "password.too_common"),
        ("gridcall12345", "password.too_common"),
        ("chengdu20260101", "password.too_common"),
        ("123456789012", "password.too_common"),
        ("987654321098", "password.too_common"),
        ("qwertyuiop123", "password.too_common"),
        ("1qaz2wsx3edc", "password.too_common"),
        ("aaaaaaaaaaaa", "password.too_common"),
        ("abababababab", "password.too_common"),
        ("zhangwei07-Rain", "password.has_login"),
        ("my ZHANGWEI07 key", "password.has_login"),
    ],
)
def test_a_chosen_password_is_long_and_not_what_everybody_takes(password: str, code: str | None) -> None:
    faults = password_faults(password, login="zhangwei07")
    assert [fault.code for fault in faults] == ([] if code is None else [code])
    assert all(fault.field == "password" for fault in faults)


def test_a_password_that_we_make_may_be_chosen() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert not any(password_faults(password) for password in made)


def test_a_token_has_256_bits_and_the_database_keeps_only_its_digest() -> None:
    token = new_token()
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    assert token != new_token()
    assert len(token_digest(token)) == 32
    assert token.encode() not in token_digest(token)
