"""What the shell answers on Instance API requests: protobuf ``Error`` or nothing, and a body limit that holds."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from instance_wire import LIMIT, PROTOBUF, Answer, Signer, connect, head, message, read, request, send
from live import Live

from bitting.dialects.alibaba_instance import api_pb2

BODY = message("GenerateRandom", Length=8)
DIGEST = (400, "InvalidParam", "The Param Content-SHA256 is invalid.")
METHOD = (405, "UnsupportedHTTPMethod", "This http method is not supported.")
EMPTY = ""


@pytest.fixture(scope="module")
def signer(live: Live) -> Signer:
    return Signer.of(live)


def operate(live: Live, method: str, path: str, fields: dict[str, Any]) -> Any:
    """A call of the native API."""
    token = (live.directory / "operator.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    order = urllib.request.Request(f"http://{live.http}/bitting/v1/{path}", json.dumps(fields).encode(), headers)
    order.method = method
    with urllib.request.urlopen(order, timeout=10) as answer:
        return json.loads(answer.read())


def rss_mib(live: Live) -> float:
    """Resident memory of all workers."""
    assert live.process is not None
    children = Path(f"/proc/{live.process.pid}/task/{live.process.pid}/children").read_text().split()
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in children) / (1 << 20)


def works(live: Live, signer: Signer) -> bool:
    answer = send(live, request(signer.headers("GenerateRandom", BODY), BODY))
    return answer.status == 200 and len(api_pb2.GenerateRandomResponse.FromString(answer.body).Random) == 8


# ── lines and headers ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("GET / HTTP/1.1", METHOD),
        ("PUT / HTTP/1.1", METHOD),
        ("OPTIONS * HTTP/1.1", METHOD),
        ("CONNECT somewhere:1 HTTP/1.1", METHOD),
        ("FROB / HTTP/1.1", METHOD),
        ("POST /other HTTP/1.1", (404, "InvalidApiName", 'The ApiName "/other" is invalid.')),
        ("POST /%ff HTTP/1.1", (404, "InvalidApiName", 'The ApiName "/�" is invalid.')),
        ("POST / HTTP/9.0", (400, EMPTY, EMPTY)),
    ],
)
def test_request_line(live: Live, signer: Signer, line: str, wanted: tuple[int, str, str]) -> None:
    answer = send(live, request(signer.headers("GenerateRandom", BODY), BODY, line))
    assert answer.error() == wanted


def test_head_has_no_body(live: Live, signer: Signer) -> None:
    with connect(live) as wire:
        wire.sendall(
            request({**signer.headers("GenerateRandom", BODY), "connection": "close"}, BODY, "HEAD / HTTP/1.1")
        )
        data = b"".join(iter(lambda: wire.recv(65536), b""))
    assert data.startswith(b"HTTP/1.1 405 ")
    assert data.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("header", "value", "wanted"),
    [
        ("content-type", "text/html", (415, "InvalidContentType", 'Content-Type "text/html" is unsupported.')),
        ("x-kms-apiname", "Nothing", (400, "InvalidApiName", 'The ApiName "Nothing" is invalid.')),
        ("x-kms-apiname", b"\xff\xfe", (400, "InvalidApiName", 'The ApiName "" is invalid.')),
        ("date", b"\xff", (400, "InvalidParam", "The Param Date is invalid.")),
        ("authorization", b"Bearer \xff", (400, "InvalidParam", "The Param Authorization is invalid.")),
        ("x-kms-other", "unsigned", (401, "SignatureNotMatch", "Signature is not matched.")),
        ("x-kms-other", b"a\x00b", (400, EMPTY, EMPTY)),
        ("x-filler", "x" * 200_000, (431, EMPTY, EMPTY)),
    ],
)
def test_header(live: Live, signer: Signer, header: str, value: str | bytes, wanted: tuple[int, str, str]) -> None:
    headers: dict[str, str | bytes] = {**signer.headers("GenerateRandom", BODY), header: value}
    assert send(live, request(headers, BODY)).error() == wanted


@pytest.mark.parametrize("length", ["abc", "-1", "+2", "99999999999999999999999", "2, 3"])
def test_content_length_that_is_none(live: Live, signer: Signer, length: str) -> None:
    answer = send(live, head({**signer.headers("GenerateRandom", BODY), "content-length": length}) + BODY)
    assert answer.error() == (400, EMPTY, EMPTY)


def test_chunked_upload(live: Live, signer: Signer) -> None:
    start = head({**signer.headers("GenerateRandom", BODY), "transfer-encoding": "chunked"})
    assert send(live, start + b"1\r\n" + BODY[:1] + b"\r\n1\r\n" + BODY[1:] + b"\r\n0\r\n\r\n").status == 200
    assert send(live, start + b"zz\r\n").error() == DIGEST


def test_expect_100_continue(live: Live, signer: Signer) -> None:
    with connect(live) as wire:
        wire.sendall(head({**signer.headers("GenerateRandom", BODY), "expect": "100-continue", "content-length": "2"}))
        assert read(wire).status == 100
        wire.sendall(BODY)
        assert read(wire).status == 200


def test_a_connection_is_kept_after_a_refusal(live: Live, signer: Signer) -> None:
    with connect(live) as wire:
        for name, status in (("GenerateRandom", 200), ("Nothing", 400), ("GenerateRandom", 200)):
            wire.sendall(request(signer.headers(name, BODY), BODY))
            assert read(wire).status == status


# ── the body limit ────────────────────────────────────────────────────────────


def exactly(size: int) -> bytes:
    """An EncryptRequest of ``size`` bytes for a key that is not there."""
    plain = size - 5 - len(message("Encrypt", KeyId="alias/x"))
    body = message("Encrypt", KeyId="alias/x", Plaintext=bytes(plain))
    assert len(body) == size
    return body


def test_the_limit_is_3_mib(live: Live, signer: Signer) -> None:
    for size, status in ((LIMIT, 404), (LIMIT + 1, 413)):
        body = exactly(size)
        answer = send(live, request(signer.headers("Encrypt", body), body))
        assert answer.status == status
        assert bool(answer.body) is (status == 404)


def pour(live: Live, start: bytes, total: int, *, chunked: bool) -> Answer:
    """Send ``total`` bytes after ``start``, as far as the server takes them, and read its answer."""
    block = bytes(65536)
    frame = b"10000\r\n" + block + b"\r\n" if chunked else block
    with connect(live) as wire:
        wire.sendall(start)
        try:
            for _ in range(total // len(block)):
                wire.sendall(frame)
            if chunked:
                wire.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer came early and may still be read
        return read(wire)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_an_oversized_body_is_not_kept_in_memory(live: Live, signer: Signer, *, chunked: bool) -> None:
    """Eight uploads of 12 MiB at once: answered with 413, and memory grows by no more than the limit for each."""
    assert works(live, signer)
    total, answers, peak = 12 << 20, [], [0.0]
    headers = signer.headers("Encrypt", b"")
    framing = {"transfer-encoding": "chunked"} if chunked else {"content-length": str(total)}
    start, before = head({**headers, **framing}), rss_mib(live)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], rss_mib(live))

    def upload() -> None:
        answers.append(pour(live, start, total, chunked=chunked))

    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=upload) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    assert [(answer.status, answer.body) for answer in answers] == [(413, b"")] * 8
    assert peak[0] - before < 8 * 3 + 24, (before, peak[0])
    assert works(live, signer)


def test_a_body_without_end_is_cut_off(live: Live, signer: Signer) -> None:
    """Past 16 MiB nobody listens any more: the answer is there to read, or the connection is gone."""
    headers = {**signer.headers("Encrypt", b""), "content-length": str(1 << 40)}
    before = rss_mib(live)
    try:
        answer = pour(live, head(headers), 128 << 20, chunked=False)
        assert (answer.status, answer.body) == (413, b"")
    except (ConnectionResetError, BrokenPipeError):
        pass
    assert rss_mib(live) - before < 24
    assert works(live, signer)


# ── callers that leave, or never come to the point ────────────────────────────


@pytest.mark.parametrize("cut", [10, 200, -40, -1])
def test_hanging_up_early_harms_nobody_else(live: Live, signer: Signer, cut: int) -> None:
    body = exactly(3_000_000)
    data = request(signer.headers("Encrypt", body), body)
    for _ in range(20):
        with connect(live) as wire:
            wire.sendall(data[:cut])
    assert works(live, signer)
    assert "Traceback" not in live.output()


def test_hanging_up_before_the_answer_harms_nobody_else(live: Live, signer: Signer) -> None:
    data = request(signer.headers("GenerateRandom", BODY), BODY)
    for _ in range(50):
        with connect(live) as wire:
            wire.sendall(data)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not a farewell
    assert works(live, signer)
    assert "Traceback" not in live.output()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One thread, nobody may wait for it, and a body must be there within a second."""
    settings = {"BITTING_THREADS": "1", "BITTING_PENDING_MAX": "0", "BITTING_BODY_SECONDS": "1"}
    server = Live(tmp_path_factory.mktemp("narrow") / "data", workers=1, **settings)
    server.start()
    yield server
    assert server.stop() == 0, server.output()


@pytest.mark.parametrize("framing", [{"content-length": "2"}, {"transfer-encoding": "chunked"}], ids=str)
def test_a_body_that_does_not_come_in_time(narrow: Live, framing: dict[str, str]) -> None:
    signer = Signer.of(narrow)
    with connect(narrow) as wire:
        wire.sendall(head({**signer.headers("GenerateRandom", BODY), **framing}))
        began = time.monotonic()
        assert read(wire).error() == (503, "ServiceUnavailableTemporary", "Service Unavailable Temporary.")
        assert 0.9 < time.monotonic() - began < 5
    assert works(narrow, signer)


def test_too_many_at_once(narrow: Live) -> None:
    """Refused as temporarily unavailable, which the SDKs know how to take."""
    signer, answers = Signer.of(narrow), []
    body = message("GenerateDataKeyPair", KeyId="alias/x", KeyPairSpec="RSA_2048", KeyFormat="PEM")
    data = request(signer.headers("GenerateDataKeyPair", body), body)
    with ExitStack() as wires:
        opened = [wires.enter_context(connect(narrow)) for _ in range(40)]
        for wire in opened:
            wire.sendall(data)
        answers = [read(wire).error() for wire in opened]
    missing = (404, "Forbidden.KeyNotFound", "The Key ID or Alias does not exist in the system.")
    busy = (503, "ServiceUnavailableTemporary", "Service Unavailable Temporary.")
    assert set(answers) == {missing, busy}


def test_maintenance(live: Live, signer: Signer) -> None:
    operate(live, "PUT", "switches", {"values": {"maintenance": "moving house"}})
    try:
        answer = send(live, request(signer.headers("GenerateRandom", BODY), BODY))
        assert answer.error() == (503, "ServiceUnavailableTemporary", "Service Unavailable Temporary.")
    finally:
        operate(live, "PUT", "switches", {"values": {"maintenance": ""}})
    assert works(live, signer)


def test_rates_of_the_cloud(live: Live, signer: Signer) -> None:
    """200 asymmetric requests a second, an account and worker: more than that meets 429."""
    body = message("Sign", KeyId="alias/nobody", Message=b"x")
    data = request(signer.headers("Sign", body), body)
    operate(live, "PUT", "switches", {"values": {"rates": "cloud"}})
    seen = set()
    try:
        with connect(live) as wire:
            for _ in range(60):
                wire.sendall(data * 20)
                left = b""
                for _ in range(20):
                    answer, left = following(wire, left)
                    seen.add(answer.error())
                if len(seen) > 1:
                    break
    finally:
        operate(live, "PUT", "switches", {"values": {"rates": "off"}})
    assert (429, "Rejected.Throttling", "QPS Limit Exceeded") in seen


def following(wire: socket.socket, data: bytes) -> tuple[Answer, bytes]:
    """One of several answers in a row, and what has come after it."""
    while b"\r\n\r\n" not in data:
        data += wire.recv(65536)
    top, _, rest = data.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    size = int(headers["content-length"])
    while len(rest) < size:
        rest += wire.recv(65536)
    return Answer(int(lines[0].split()[1]), headers, rest[:size]), rest[size:]


def test_every_answer_says_protobuf(live: Live, signer: Signer) -> None:
    answer = send(live, request(signer.headers("GenerateRandom", BODY), BODY))
    assert answer.headers["content-type"] == PROTOBUF
