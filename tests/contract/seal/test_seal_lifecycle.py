"""A server that starts sealed: unavailable everywhere, unsealed and sealed again while it runs, all processes alike."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from bitting.core.faults import InvalidParameter, Unavailable
from bitting.core.material import KeyMaterial
from bitting.core.ports import UNSEALED, OperatedSeal, Seal, SealStatus
from bitting.core.reveal import reveal
from bitting.dialects.base.http import Request
from bitting.seals.file import FileSeal
from bitting.seals.registry import SEALS
from bitting.seals.shared import SharedRootKey
from bitting.settings import Settings, SettingsError, load
from bitting.wiring import Runtime, build, open_seal, prepare

ROOT = bytes(range(32))


class SplitSeal:
    """A seal of two shares of 32 bytes; the root key is their exclusive or. What real ones do, without their care."""

    def __init__(self) -> None:
        self._shared = SharedRootKey()
        self._shares: list[bytes] = []

    def root_key(self) -> KeyMaterial:
        key = self._shared.current()
        if key is None:
            raise Unavailable(reason=self.status().reason)
        return key

    def status(self) -> SealStatus:
        if self._shared.current() is not None:
            return UNSEALED
        return SealStatus(sealed=True, reason=f"{2 - len(self._shares)} of 2 shares are missing")

    def unseal(self, share: KeyMaterial) -> SealStatus:
        if len(share) != 32:
            raise InvalidParameter(parameter="share", reason="length")
        self._shares.append(reveal(share))
        if len(self._shares) == 2:
            one, other = self._shares
            self._shared.publish(KeyMaterial(bytes(a ^ b for a, b in zip(one, other, strict=True))))
        return self.status()

    def seal(self) -> None:
        self._shares.clear()
        self._shared.clear()


SHARES = (bytes(32), ROOT)


def opened(seal: SplitSeal) -> SplitSeal:
    for share in SHARES:
        seal.unseal(KeyMaterial(share))
    return seal


def in_child(work: Callable[[], object]) -> bool:
    """Whether ``work`` gives something true in a process forked from this one."""
    pid = os.fork()
    if not pid:
        code = 2
        try:
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_ports_fit() -> None:
    assert isinstance(SplitSeal(), OperatedSeal)
    assert not isinstance(FileSeal("root.key", create=False), OperatedSeal)


def test_a_share_at_a_time() -> None:
    seal = SplitSeal()
    assert seal.status() == SealStatus(sealed=True, reason="2 of 2 shares are missing")
    assert seal.unseal(KeyMaterial(SHARES[0])).reason == "1 of 2 shares are missing"
    with pytest.raises(Unavailable):
        seal.root_key()
    assert seal.unseal(KeyMaterial(SHARES[1])) == UNSEALED
    assert reveal(seal.root_key()) == ROOT
    assert seal.root_key() is seal.root_key(), "the same box until the key changes"
    seal.seal()
    assert seal.status().sealed


def test_every_process_sees_it_whoever_does_it() -> None:
    seal = SplitSeal()
    assert in_child(lambda: seal.status().sealed)
    assert in_child(lambda: not opened(seal).status().sealed)
    assert reveal(seal.root_key()) == ROOT, "a child unsealed it"
    assert in_child(lambda: reveal(seal.root_key()) == ROOT)
    assert in_child(lambda: seal.seal() is None and seal.status().sealed)
    assert seal.status().sealed, "a child sealed it again"


class TestSharedRootKey:
    def test_refuses_what_is_no_root_key(self) -> None:
        with pytest.raises(Unavailable):
            SharedRootKey().publish(KeyMaterial(bytes(31)))

    def test_is_not_pickled_and_shows_nothing(self) -> None:
        shared = SharedRootKey()
        shared.publish(KeyMaterial(b"k" * 32))
        assert "kkk" not in repr(shared)
        with pytest.raises(TypeError):
            pickle.dumps(shared)

    def test_a_writer_that_died_half_way_leaves_it_sealed(self) -> None:
        shared = SharedRootKey()
        shared.publish(KeyMaterial(ROOT))
        assert in_child(lambda: shared._page.__setitem__(0, shared._page[0] | 1) is None)
        assert shared.current() is None
        shared.publish(KeyMaterial(ROOT))
        assert shared.current() is not None

    def test_readers_never_see_half_a_key(self) -> None:
        shared, stop, wrong = SharedRootKey(), threading.Event(), []

        def read() -> None:
            while not stop.is_set():
                key = shared.current()
                if key is not None and len(set(reveal(key))) != 1:
                    wrong.append(key)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        assert in_child(lambda: [shared.publish(KeyMaterial(bytes([n]) * 32)) for n in range(1, 200)])
        for number in range(200):
            shared.publish(KeyMaterial(bytes([number]) * 32))
        stop.set()
        for reader in readers:
            reader.join()
        assert wrong == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"data_dir": str(tmp_path / "data"), "http": "127.0.0.1:1", "https": "", "workers": 1}, {})


@pytest.fixture
def sealed(settings: Settings) -> Iterator[tuple[Runtime, SplitSeal]]:
    """A server over a prepared directory whose seal waits for its shares."""
    prepare(settings, opened(SplitSeal()))
    seal = SplitSeal()
    prepare(settings, seal)  # the second start: sealed, and that is enough
    runtime = build(settings, seal=seal)
    yield runtime, seal
    runtime.close()


def ask(runtime: Runtime, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    given = {name.replace("_", "-"): value for name, value in {"host": "127.0.0.1:1", **headers}.items()}
    request = Request(method, path, "", given, body, "127.0.0.1", "http")
    return asyncio.run(runtime.app.handle(runtime.app.dialect(request), request))


#: One request of each API, with what its catalogue says of ``Unavailable``.
RPC = (
    b"Action=ListKeys&Version=2016-01-20&Format=JSON&AccessKeyId=a&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0"
    b"&SignatureNonce=n&Timestamp=2026-11-21T12:00:00Z&Signature=c2lnbmVk"
)
PROJECT = "0123456789abcdef0123456789abcdef"
REQUESTS: dict[str, tuple[str, str, bytes, dict[str, str]]] = {
    "alibaba_openapi": ("POST", "/", RPC, {"content_type": "application/x-www-form-urlencoded"}),
    "alibaba_instance": (
        "POST",
        "/",
        b"",
        {
            "content_type": "application/x-protobuf",
            "content_sha256": hashlib.sha256().hexdigest().upper(),
            "date": formatdate(usegmt=True),
            "x_kms_acccesskeyid": "KAAP.nobody",
            "x_kms_apiname": "GenerateRandom",
            "x_kms_apiversion": "dkms-gcs-0.2",
            "x_kms_signaturemethod": "RSA_PKCS1_SHA_256",
            "authorization": "TOKEN c2lnbmVk",
        },
    ),
    "huawei": (
        "POST",
        f"/v1.0/{PROJECT}/kms/list-keys",
        b"{}",
        {"content_type": "application/json", "x_auth_token": "t"},
    ),
    "csms": ("GET", f"/v1/{PROJECT}/secrets", b"", {"x_auth_token": "t"}),
    "iam": ("GET", "/v3/projects", b"", {"x_auth_token": "t"}),
    "native": ("GET", "/bitting/v1/switches", b"", {"authorization": "Bearer t"}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_while_sealed_every_api_answers_its_row_for_unavailable(sealed: Any, name: str) -> None:
    runtime, seal = sealed
    method, path, body, headers = REQUESTS[name]
    row = 500 if name == "csms" else 503  # CSMS documents no 503: CSMS.0001 says it
    answer = ask(runtime, method, path, body, **headers)
    assert answer.status == row, answer.body
    opened(seal)
    assert ask(runtime, method, path, body, **headers).status < 500


def test_ready_says_sealed_and_why_until_it_is_not(sealed: Any) -> None:
    runtime, seal = sealed
    answer = ask(runtime, "GET", "/readyz")
    assert (answer.status, answer.body) == (503, b"sealed: 2 of 2 shares are missing\n")
    assert ask(runtime, "GET", "/healthz").status == 200
    seal.unseal(KeyMaterial(SHARES[0]))
    assert ask(runtime, "GET", "/readyz").body == b"sealed: 1 of 2 shares are missing\n"
    seal.unseal(KeyMaterial(SHARES[1]))
    assert (ask(runtime, "GET", "/readyz").status, ask(runtime, "GET", "/readyz").body) == (200, b"ready\n")
    seal.seal()
    assert ask(runtime, "GET", "/readyz").status == 503


def test_while_sealed_no_job_is_done(sealed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime, seal = sealed
    jobs = runtime.scheduler._scheduler
    looked: list[str] = []
    monkeypatch.setattr(jobs, "_due", lambda: looked.append("looked") or [])
    assert (jobs.run_due(), looked) == (0, [])
    opened(seal)
    assert (jobs.run_due(), looked) == (0, ["looked"])


def test_a_first_start_needs_the_root_key(settings: Settings) -> None:
    with pytest.raises(Unavailable) as refused:
        prepare(settings, SplitSeal())
    assert refused.value.reason == "2 of 2 shares are missing"


def test_the_setting_chooses_the_seal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_seal(settings), FileSeal)
    with pytest.raises(SettingsError, match="there is no seal 'paper'; the seals are file"):
        open_seal(load({"seal": "paper"}, {}))
    seals: dict[str, Callable[[Path, bool], Seal]] = {**SEALS, "split": lambda _directory, _first: SplitSeal()}
    monkeypatch.setattr("bitting.wiring.SEALS", seals)
    assert isinstance(open_seal(load({"seal": "split"}, {})), SplitSeal)
    with pytest.raises(SettingsError, match="developer mode is refused"):
        load({"seal": "split", "dev": True}, {})
