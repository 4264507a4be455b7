"""Requests of the Instance API, bent in every way, against a live server. ``make fuzz`` runs 100,000 of them.

::

    19 operations ─ fields ─ bytes ─ headers ─ raw   ->  server  ->  200 Response | Error | empty
    seeded: the same seed and count send the same requests (but for dates, Ivs and key ids)

What must hold, for each answer and at the end:

1. A 200 holds the operation's Response; anything else is protobuf ``Error`` or has no body.
2. A 500 is ``InternalFailure`` of an operation that decrypts; the log has no "request failed": nothing unforeseen
   hides behind it.
3. No connection breaks without an answer while the request is whole.
4. The same worker is alive, ready, answers a good request, and has not grown by more than 64 MiB.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from instance_wire import PROTOBUF, Answer, Signer, connect, message, read, request
from live import Live

from bitting.bench.signers import sdk_hmac
from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.alibaba_instance.operations import OPERATIONS

DECRYPTS = {"Decrypt", "AdvanceDecrypt", "KmsDecrypt"}
GROWTH_MIB = 64
#: Making an RSA pair takes as long as a thousand other requests; most of the time EC ones will do.
_PAIR_SPECS = ["EC_P256", "EC_P256K"] * 20 + ["RSA_2048", "RSA_1024", "", "AES_256", "\u0000"]
_TEXTS = [
    "",
    "a",
    "x" * 40,
    "ü" * 36,
    "\u0000",
    "alias/",
    "alias/x",
    "key/*",
    "../..",
    "%s%n",
    "\U0010ffff",
    "9" * 5000,
]
_SIZES = [0, 1, 11, 12, 13, 15, 16, 17, 31, 32, 33, 36, 48, 51, 52, 64, 67, 4096, 8192, 8193]
_NUMBERS = [0, 1, -1, 16, 32, 64, 65, 1024, 1025, 2**31 - 1, -(2**31)]
_ALGORITHMS = [
    *("", "AES_GCM", "AES_CBC", "AES_ECB", "SM4_GCM", "RSAES_OAEP_SHA_256", "SM2PKE", "RSA_PSS_SHA_256"),
    *("RSA_PKCS1_SHA_256", "ECDSA_SHA_256", "ECIES_DH_SHA_1_XOR_HMAC", "SHA_256", "SM3", "aes_gcm"),
]
_WORDS = {
    "Algorithm": _ALGORITHMS,
    "PaddingMode": ["", "PKCS7_PADDING", "NO_PADDING", "OAEP"],
    "MessageType": ["", "RAW", "DIGEST", "raw"],
    "KeyFormat": ["PEM", "DER", "", "JSON"],
    "KeyPairSpec": _PAIR_SPECS,
    "VersionStage": ["", "ACSCurrent", "ACSPrevious"],
}
#: Values with which an operation may well succeed.
_GOOD = {
    "Plaintext": b"plain",
    "Message": bytes(32),
    "NumberOfBytes": 32,
    "Length": 16,
    "KeyFormat": "DER",
    "KeyPairSpec": "EC_P256",
    "Aad": b"aad",
    "Signature": bytes(64),
}
#: Which of the keys fits.
_FITTING = {"Sign": 2, "Verify": 2, "GetPublicKey": 3}
_VALUES: list[str | bytes] = [
    "",
    " ",
    "0",
    "-1",
    "x" * 9000,
    "ü",
    b"\xff\xfe",
    "a,b",
    "a;b=c",
    "\t",
    '"',
    "KAAP.",
    "Bearer ",
    "TOKEN",
]
_LINES = ["GET / HTTP/1.1", "POST /x HTTP/1.1", "POST /?a=%ff HTTP/1.1", "PATCH / HTTP/1.1", "POST /%2e%2e/ HTTP/1.1"]


@dataclass
class Report:
    """What came back. ``failures``: what must not happen, with the request's number."""

    seed: int
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    growth_mib: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.answers.values())

    def line(self) -> str:
        """One line for people."""
        kinds = ", ".join(f"{kind} x {count}" for kind, count in sorted(self.answers.items()))
        verdict = f"{len(self.failures)} FAILURES" if self.failures else "no failure"
        return (
            f"fuzz: {self.count} requests in {self.seconds:.0f} s, seed {self.seed}, {self.growth_mib:+.0f} MiB, "
            f"{verdict}; {kinds}"
        )


def make_keys(live: Live) -> list[str]:
    """Keys of the main families, made through another API: the Instance API has no operation for it."""
    facts, made = live.credentials, []
    for spec, usage in (("AES_256", ""), ("RSA_2048", "ENCRYPT_DECRYPT"), ("RSA_2048", "SIGN_VERIFY"), ("EC_P256", "")):
        order = {"key_alias": f"fuzz{len(made)}", "key_spec": spec, **({"key_usage": usage} if usage else {})}
        shot = sdk_hmac("fuzz", facts, facts["project_id"], "create-key", order)
        host, _, port = live.http.partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.request("POST", shot.path, shot.body, dict(shot.headers))
        answer = json.loads(connection.getresponse().read())
        connection.close()
        made.append(answer["key_info"]["key_id"])
    return made


class Bender:
    """Makes requests. Everything random comes from one seeded source."""

    def __init__(self, signer: Signer, keys: list[str], seed: int) -> None:
        self.random = random.Random(seed)
        self.signer = signer
        self.keys = keys
        self.blobs: list[bytes] = [bytes(64)]
        self._names = sorted(OPERATIONS)
        self._signed: dict[str, tuple[dict[str, str], bytes, float]] = {}

    def next(self) -> tuple[str, bytes, bool]:
        """Operation, the request's bytes, and whether it is whole HTTP."""
        name = self.random.choice(self._names)
        kind = self.random.random()
        if kind < 0.45:
            return name, self._with_body(name, self.random_message(name)), True
        if kind < 0.70:
            return name, self._with_body(name, self.bend(self.random_message(name))), True
        if kind < 0.97:
            return name, self._with_headers(name), True
        return name, self.bend(self._with_headers(name)), False

    def _with_body(self, name: str, body: bytes) -> bytes:
        version = {"x_kms_migrationkeyversionid": self.text()} if self.random.random() < 0.05 else {}
        try:
            return request(self.signer.headers(name, body, **version), body)
        except UnicodeError:
            return request(self.signer.headers(name, body), body)

    def _with_headers(self, name: str) -> bytes:
        """A request that was good once, with headers changed after signing or its line bent."""
        held = self._signed.get(name)
        if held is None or held[2] < time.monotonic():
            body = self.random_message(name)
            held = (self.signer.headers(name, body), body, time.monotonic() + 300)
            self._signed[name] = held
        headers: dict[str, str | bytes] = dict(held[0])
        for _ in range(self.random.randint(1, 3)):
            chosen = self.random.choice(list(headers) or ["date"])
            act = self.random.randrange(5)
            if act == 0:
                headers.pop(chosen, None)
            elif act == 1:
                headers[chosen] = self.random.choice(_VALUES)
            elif act == 2:
                headers[chosen.title()] = self.random.choice(_VALUES)
            elif act == 3:
                value = headers.get(chosen, "")
                data = bytearray(value if isinstance(value, bytes) else value.encode())
                if data:
                    data[self.random.randrange(len(data))] = self.random.choice(b"\t !~aZ09\x80\xff")
                headers[chosen] = bytes(data)
            else:
                headers[f"x-kms-{self.random.randrange(9)}"] = self.random.choice(_VALUES)
        line = self.random.choice(_LINES) if self.random.random() < 0.1 else "POST / HTTP/1.1"
        return request(headers, held[1], line)

    def text(self) -> str:
        return self.random.choice([*_TEXTS, *self.keys, "".join(self.random.choices("0123456789abcdef-", k=36))])

    def blob(self) -> bytes:
        """Random bytes, or a ciphertext seen before, whole or damaged."""
        chance = self.random.random()
        if chance < 0.4:
            return self.random.randbytes(self.random.choice(_SIZES))
        held = self.random.choice(self.blobs)
        return held if chance < 0.7 else self.bend(held)

    def random_message(self, name: str) -> bytes:
        """A well-formed request with fields of every kind, about half of them sensible."""
        descriptor = getattr(api_pb2, f"{name}Request").DESCRIPTOR
        if self.random.random() < 0.5:
            return self._good_message(name, descriptor)
        fields: dict[str, Any] = {}
        for item in descriptor.fields:
            if self.random.random() < 0.15:
                continue
            if item.name in _WORDS:
                fields[item.name] = self.random.choice(_WORDS[item.name])
            elif item.name == "KeyId":
                fields[item.name] = self.random.choice(self.keys) if self.random.random() < 0.8 else self.text()
            elif item.type == item.TYPE_STRING:
                fields[item.name] = self.text()
            elif item.type == item.TYPE_BYTES:
                fields[item.name] = self.blob()
            elif item.type == item.TYPE_BOOL:
                fields[item.name] = self.random.random() < 0.5
            else:
                fields[item.name] = self.random.choice(_NUMBERS)
        return message(name, **fields)

    def _good_message(self, name: str, descriptor: Any) -> bytes:
        fields: dict[str, Any] = {item.name: _GOOD[item.name] for item in descriptor.fields if item.name in _GOOD}
        if "KeyId" in descriptor.fields_by_name and name != "AdvanceDecrypt":
            fields["KeyId"] = self.keys[_FITTING.get(name, 0)]
        if "CiphertextBlob" in descriptor.fields_by_name:
            fields["CiphertextBlob"] = self.random.choice(self.blobs)
        return message(name, **fields)

    def bend(self, data: bytes) -> bytes:
        """Bytes with one to four changes."""
        bent = bytearray(data)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(bent) + 1)
            act = self.random.randrange(7)
            if act == 0 and bent:
                bent[at - 1] ^= 1 << self.random.randrange(8)
            elif act == 1:
                del bent[at:]
            elif act == 2:
                bent[at:at] = self.random.randbytes(self.random.choice((1, 2, 8, 64)))
            elif act == 3:
                bent[at:at] = bent[: self.random.randrange(len(bent) + 1)][:1000]
            elif act == 4:
                bent[at:at] = b"\xff" * self.random.choice((1, 5, 10))
            elif act == 5:
                bent[at:at] = self.random.choice((b"\x0b", b"\x0c", b"\x7b" * 200, b"\x80\x80\x80\x80\x10", b"\x00"))
            else:
                del bent[max(0, at - 3) : at]
        return bytes(bent)


class Fuzzer:
    """Sends what the bender makes, and judges what comes back."""

    def __init__(self, live: Live, seed: int) -> None:
        self.live = live
        self.report = Report(seed)
        self.signer = Signer.of(live)
        self.bender = Bender(self.signer, make_keys(live), seed)
        self._wire: socket.socket | None = None

    def run(self, iterations: int, seconds: float) -> Report:
        """Up to ``iterations`` requests, for at most ``seconds``."""
        workers = self._workers()
        for _ in range(200):  # caches and pools are filled before memory counts
            self._one()
        began, before = time.monotonic(), self._rss_mib()
        while self.report.count < iterations and time.monotonic() - began < seconds:
            self._one()
        self.report.seconds = time.monotonic() - began
        self.report.growth_mib = self._rss_mib() - before
        self._hang_up()
        self._check_health(workers)
        return self.report

    def _one(self) -> None:
        name, data, whole = self.bender.next()
        number = self.report.count
        try:
            answer = self._exchange(data, whole=whole)
        except OSError as error:
            self._hang_up()
            self.report.answers["hung up" if not whole else "broken"] += 1
            if whole:
                self._fail(number, name, f"no answer: {error!r}", data)
            return
        self.report.answers[str(answer.status)] += 1
        problem = self._judge(name, answer, whole=whole)
        if problem:
            self._fail(number, name, problem, data)

    def _exchange(self, data: bytes, *, whole: bool) -> Answer:
        if not whole:
            with connect(self.live, 5) as wire:
                wire.sendall(data)
                wire.shutdown(socket.SHUT_WR)  # or a server would rightly wait for what the length promises
                return read(wire)
        if self._wire is None:
            self._wire = connect(self.live, 60)
        self._wire.sendall(data)
        answer = read(self._wire)
        if answer.headers.get("connection") == "close":
            self._hang_up()
        return answer

    def _hang_up(self) -> None:
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.close()
        self._wire = None

    def _judge(self, name: str, answer: Answer, *, whole: bool) -> str:
        """What is wrong with the answer, or nothing."""
        if answer.status == 200:
            return "" if not whole else self._keep(name, answer)
        if answer.headers.get("content-type", PROTOBUF) != PROTOBUF and not whole:
            return ""  # the line or the headers were bent into another API's
        try:
            status, code, _ = answer.error()
        except Exception as error:  # noqa: BLE001 - reported with its request
            return f"{answer.status} is no Error: {error!r}"
        if status >= 500 and (code != "InternalFailure" or name not in DECRYPTS) and whole:
            return f"{status} {code}"
        return ""

    def _keep(self, name: str, answer: Answer) -> str:
        if answer.headers.get("content-type") != PROTOBUF:
            return f"200 with {answer.headers.get('content-type')}"
        held = getattr(api_pb2, f"{name}Response").FromString(answer.body)
        if len(held.RequestId) != 36:
            return "200 without RequestId"
        for part in ("CiphertextBlob", "PrivateKeyCiphertextBlob", "Signature"):
            blob = getattr(held, part, b"")
            if blob and len(self.bender.blobs) < 200:
                self.bender.blobs.append(blob)
        return ""

    def _fail(self, number: int, name: str, problem: str, data: bytes) -> None:
        if len(self.report.failures) < 20:
            self.report.failures.append(f"request {number} ({name}): {problem}; {data[:300]!r}")

    def _workers(self) -> list[str]:
        assert self.live.process is not None
        pid = self.live.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def _rss_mib(self) -> float:
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._workers()]
        return sum(pages) * 4096 / (1 << 20)

    def _check_health(self, workers: list[str]) -> None:
        checks: Mapping[str, Callable[[], bool]] = {
            "the worker is another one": lambda: self._workers() == workers,
            "it is not ready": lambda: self.live.get("/readyz")[0] == 200,
            "a good request is not answered": self._works,
            "the log has an unforeseen failure": lambda: "request failed" not in self.live.output(),
            "the log has a traceback": lambda: "Traceback" not in self.live.output(),
            f"it has grown by {self.report.growth_mib:.0f} MiB": lambda: self.report.growth_mib < GROWTH_MIB,
        }
        self.report.failures += [problem for problem, holds in checks.items() if not holds()]

    def _works(self) -> bool:
        body = message("GenerateRandom", Length=8)
        with connect(self.live) as wire:
            wire.sendall(request(self.signer.headers("GenerateRandom", body), body))
            return read(wire).status == 200


def main(arguments: list[str] | None = None) -> int:
    """Start a server, fuzz it, print the line. 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--iterations", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=900.0, help="stop after so long, whatever was reached")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bitting-fuzz-") as folder:
        live = Live(Path(folder) / "data")
        live.start()
        try:
            report = Fuzzer(live, given.seed).run(given.iterations, given.seconds)
        finally:
            live.stop()
        if report.failures:
            print(live.output()[-3000:], file=sys.stderr)
    for failure in report.failures:
        print(failure, file=sys.stderr)
    print(report.line())
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
