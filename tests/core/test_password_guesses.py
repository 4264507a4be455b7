"""Passwords cannot be guessed: after five wrong ones none is looked at for a while."""

from __future__ import annotations

import pytest

from bitting.core import faults
from bitting.core.throttle import PasswordGuesses
from bitting.core.usecases.iam import accounts

MINUTE = 60_000


def wrong(guesses: PasswordGuesses, user: str, source: str, now_ms: int) -> None:
    with pytest.raises(faults.WrongPassword) as caught, guesses.attempt(user, source, now_ms):
        raise faults.WrongPassword
    if isinstance(caught.value, faults.AccountLocked):
        raise caught.value


def test_five_wrong_ones_lock_the_pair_for_fifteen_minutes() -> None:
    guesses = PasswordGuesses()
    for at in range(5):
        wrong(guesses, "anna", "192.0.2.1", at)
    for at in (5, 14 * MINUTE):
        with pytest.raises(faults.AccountLocked), guesses.attempt("anna", "192.0.2.1", at):
            raise AssertionError
    with guesses.attempt("anna", "192.0.2.2", 6):
        pass
    with guesses.attempt("ben", "192.0.2.1", 6):
        pass
    with guesses.attempt("anna", "192.0.2.1", 15 * MINUTE + 5):
        pass


def test_a_user_is_locked_for_all_sources_after_fifty() -> None:
    guesses = PasswordGuesses()
    for at in range(50):
        wrong(guesses, "anna", f"192.0.2.{at}", at)
    with pytest.raises(faults.AccountLocked), guesses.attempt("anna", "198.51.100.1", 50):
        raise AssertionError


def test_a_source_is_locked_for_all_users_after_a_hundred() -> None:
    guesses = PasswordGuesses()
    for at in range(100):
        wrong(guesses, f"user{at}", "192.0.2.1", at)
    with pytest.raises(faults.AccountLocked), guesses.attempt("anna", "192.0.2.1", 100):
        raise AssertionError


def test_a_success_forgets_and_other_faults_do_not_count() -> None:
    guesses = PasswordGuesses(entries=10)
    for round_ in range(20):
        for _ in range(2):
            wrong(guesses, "anna", "192.0.2.1", round_)
        with guesses.attempt("anna", "192.0.2.1", round_):
            pass
        with pytest.raises(faults.StoreFailed), guesses.attempt("anna", "192.0.2.1", round_):
            raise faults.StoreFailed


@pytest.mark.parametrize("bad", ["aaaaaaaa", "12345678", "ABCDEFGH", "anna-maria", "airam-anna"])
def test_passwords_that_are_too_plain_are_refused(bad: str) -> None:
    with pytest.raises(faults.InvalidParameter):
        accounts.require_policy(bad, "Anna-Maria")


def test_passwords_of_two_kinds_are_taken() -> None:
    for good in ("abcdef12", "abcdefgH", "abcdef-g", accounts.password()):
        accounts.require_policy(good, "anna")


def test_a_user_without_a_password_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether somebody has a password is not told by how long it takes to be refused."""
    hashed: list[bytes] = []
    scrypt = accounts._scrypt
    monkeypatch.setattr(accounts, "_scrypt", lambda text, salt: hashed.append(salt) or scrypt(text, salt))
    for record in ("none", "", "scrypt$!!$AA==", accounts.hash_password("x")):
        hashed.clear()
        assert not accounts.password_matches("guess", record)
        assert len(hashed) == 1
