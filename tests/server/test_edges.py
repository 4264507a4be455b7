"""The edges of the server: whose address it is, where the native API is let in, how many bytes are held."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from live import Live

from bitting.server.addresses import FORWARDED, X_FORWARDED_FOR, is_loopback, parse, peer_of, trusted_proxies
from bitting.server.body_budget import BodyBudget
from bitting.server.native_door import NativeDoor, door_names


@pytest.mark.parametrize(
    ("client", "source"),
    [
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[::1]:4711", "::1"),
        ("::1:4711", "::1"),
        ("[::ffff:192.0.2.7]:1", "192.0.2.7"),
        ("[fe80::1%eth0]:1", "fe80::1"),
        ("[2001:DB8:0::1]:1", "2001:db8::1"),
    ],
)
def test_sources_are_canonical_addresses(client: str, source: str) -> None:
    assert peer_of(client) == source


@pytest.mark.parametrize(
    ("header", "peer", "headers", "source", "scheme"),
    [
        (X_FORWARDED_FOR, "198.51.100.9", [("x-forwarded-for", "10.0.0.1")], "198.51.100.9", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-for", "203.0.113.5")], "203.0.113.5", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-for", "1.1.1.1, 203.0.113.5, 10.1.0.2")], "203.0.113.5", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-for", "8.8.8.8"), ("x-forwarded-for", "9.9.9.9")], "9.9.9.9", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-for", "203.0.113.5, unknown")], "10.1.0.1", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("forwarded", "for=203.0.113.5")], "10.1.0.1", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-proto", "http, https")], "10.1.0.1", "https"),
        (X_FORWARDED_FOR, "198.51.100.9", [("x-forwarded-proto", "https")], "198.51.100.9", ""),
        (X_FORWARDED_FOR, "10.1.0.1", [("x-forwarded-proto", 'x" y')], "10.1.0.1", ""),
        (FORWARDED, "10.1.0.1", [("forwarded", 'for="[2001:db8::1]:47";proto=https')], "2001:db8::1", "https"),
        (FORWARDED, "10.1.0.1", [("forwarded", "for=1.2.3.4, for=203.0.113.5;by=x")], "203.0.113.5", ""),
        (FORWARDED, "10.1.0.1", [("x-forwarded-for", "203.0.113.5")], "10.1.0.1", ""),
        (X_FORWARDED_FOR, "::ffff:10.1.0.1", [("x-forwarded-for", "::ffff:203.0.113.5")], "203.0.113.5", ""),
    ],
)
def test_only_trusted_proxies_say_who_called(
    header: str, peer: str, headers: list[tuple[str, str]], source: str, scheme: str
) -> None:
    origin = trusted_proxies("10.1.0.0/16, 2001:db8:1::/48", header).origin(peer, headers)
    assert (origin.source, origin.scheme) == (source, scheme)


def test_settings_of_proxies_that_cannot_be_read_are_refused() -> None:
    for trusted, header in (("10.0.0.0/33", X_FORWARDED_FOR), ("x", FORWARDED), ("", "x-real-ip")):
        with pytest.raises(ValueError, match=r"."):
            trusted_proxies(trusted, header)
    assert parse("garbage") is None
    assert is_loopback("::ffff:127.0.0.1")


@pytest.mark.parametrize(
    ("door", "peer", "headers", "admitted"),
    [
        (NativeDoor(), "127.0.0.1", {"host": "127.0.0.1:8750"}, True),
        (NativeDoor(), "::1", {"host": "[::1]:8750"}, True),
        (NativeDoor(), "127.0.0.1", {"host": "localhost"}, True),
        (NativeDoor(), "192.0.2.7", {"host": "localhost"}, False),
        (NativeDoor(), "127.0.0.1", {"host": "evil.example"}, False),
        (NativeDoor(), "127.0.0.1", {}, False),
        (NativeDoor(), "127.0.0.1", {"host": "localhost", "x-forwarded-for": "192.0.2.7"}, False),
        (NativeDoor(), "127.0.0.1", {"host": "localhost", "forwarded": "for=x"}, False),
        (NativeDoor(names=door_names(["KMS.example", ""])), "127.0.0.1", {"host": "kms.example:1"}, True),
        (NativeDoor(elsewhere=True), "127.0.0.1", {"host": "localhost"}, False),
        (NativeDoor(admin=True), "192.0.2.7", {"host": "admin.example"}, True),
    ],
)
def test_where_the_native_api_is_let_in(door: NativeDoor, peer: str, headers: dict[str, str], admitted: bool) -> None:
    assert door.admits(peer, headers) is admitted


def test_a_budget_is_held_until_it_is_released() -> None:
    budget = BodyBudget(10)
    assert budget.take(6)
    assert not budget.take(5)
    assert budget.take(4)
    budget.release(10)
    assert budget.held == 0


def asked(
    address: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes]:
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_echo_is_not_served(live: Live) -> None:
    status, content = asked(live.http, "POST", "/echo", body=b"x" * 100)
    assert (status, content != b"x" * 100) == (404, True)


def test_a_host_that_is_none_is_not_repeated(live: Live) -> None:
    host, _, port = live.http.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(b'GET /v3/projects HTTP/1.1\r\nhost: x" y="z\r\nconnection: close\r\n\r\n')
        answer = wire.makefile("rb").read()
    assert b'y="z' not in answer


def test_another_host_does_not_reach_the_native_api(live: Live) -> None:
    token = (live.directory / "operator.token").read_text().strip()
    bearer = {"authorization": f"Bearer {token}"}
    assert asked(live.http, "GET", "/bitting/v1/accounts", bearer)[0] == 200
    assert asked(live.http, "GET", "/bitting/v1/accounts", {**bearer, "host": "evil.example"})[0] == 404
    assert asked(live.http, "GET", "/bitting/v1/accounts", {**bearer, "x-forwarded-for": "127.0.0.1"})[0] == 404


def test_ipv6_an_own_native_listener_and_the_budget(tmp_path: Path) -> None:
    """One server for three settings: starts take longest."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            port = probe.getsockname()[1]
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        admin = f"127.0.0.1:{probe.getsockname()[1]}"
    server = Live(
        tmp_path / "data", BITTING_ADMIN_HTTP=admin, BITTING_BODIES_MAX_MIB="2", BITTING_TRUSTED_PROXIES="127.0.0.1"
    )
    server.https = f"[::1]:{port}"
    server.start()
    try:
        token = (server.directory / "operator.token").read_text().strip()
        bearer = {"authorization": f"Bearer {token}"}
        assert server.credentials["admin_http"] == f"http://{admin}"
        assert asked(server.http, "GET", "/bitting/v1/accounts", bearer)[0] == 404
        assert asked(admin, "GET", "/bitting/v1/accounts", bearer)[0] == 200
        _fill_and_refuse(server)
        asked(server.http, "GET", "/v1.0/x/kms/list-keys", {"x-forwarded-for": "2001:DB8::7"})
        with socket.create_connection(("::1", port), timeout=10) as plain:
            plain.close()
        _ask_over_tls(port, server.credentials["ca_cert"])
    finally:
        assert server.stop() == 0, server.output()
    lines = [line for file in (server.directory / "audit").glob("*.jsonl") for line in file.read_text().splitlines()]
    sources = [record["source"] for record in map(json.loads, lines) if "source" in record]
    assert "2001:db8::7" in sources
    assert "::1" in sources
    assert not [source for source in sources if "[" in source]


def _ask_over_tls(port: int, ca_file: str) -> None:
    import ssl  # noqa: PLC0415

    context = ssl.create_default_context(cafile=ca_file)
    request = urllib.request.Request(f"https://[::1]:{port}/v1.0/x/kms/list-keys", method="POST", data=b"{}")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=10, context=context)


def _fill_and_refuse(server: Live) -> None:
    """Two callers hold nearly 2 MiB; a third one's body is not kept, and is once they are gone."""
    host, _, port = server.http.partition(":")
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 1100000\r\n\r\n"
    held = [socket.create_connection((host, int(port)), timeout=10) for _ in range(2)]
    for wire in held:
        wire.sendall(head + b"x" * 1_000_000)
    time.sleep(0.5)
    body = b"x" * 400_000
    protobuf = {"content-type": "application/x-protobuf"}
    assert asked(server.http, "POST", "/", protobuf, body)[0] == 503
    assert asked(server.http, "POST", "/", protobuf, body[:1000])[0] != 503
    for wire in held:
        wire.close()
    time.sleep(0.3)
    assert asked(server.http, "POST", "/", protobuf, body)[0] != 503


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_dumps_core_and_the_parent_never_had_the_root_key(live: Live) -> None:
    assert live.process is not None
    parent = Path(f"/proc/{live.process.pid}")
    limits = (parent / "limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    root_key = (live.directory / "root.key").read_bytes()
    secret = live.credentials["access_key_secret"].encode()
    try:
        memory = memory_of(live.process.pid)
    except PermissionError:
        return  # nobody but the superuser reads it: that is what was asked for
    assert root_key not in memory
    assert secret not in memory


def memory_of(pid: int) -> bytes:
    """What is written in a process's own memory."""
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                try:
                    parts.append(memory.read(end - start))
                except OSError:
                    continue
    return b"\0".join(parts)
