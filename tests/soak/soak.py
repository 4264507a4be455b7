"""``make soak``: a password rotates every 5 s while 8 clients with the official cache client keep logging in.

::

    PostgreSQL (thrown away) <── rotation ── bitting serve (2 workers) <── RotateSecret every 5 s
         ^────────── logins ── 8 x cache client, a secret lives 1 s in each

Bounded: 600 s by default (``python tests/soak/soak.py SECONDS``). Ends with 1 if one login failed, or too few rotations
happened to mean anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
for folder in ("rotators", "server", "sdk"):
    sys.path.insert(0, str(HERE.parent / folder))

from database_servers import ROOT, PostgresqlServer  # noqa: E402
from environments import Environments  # noqa: E402
from live import Live  # noqa: E402

CLIENTS, EVERY_SECONDS = 8, 5.0
ACCOUNTS = (("soak_a", "first-password-a"), ("soak_b", "first-password-b"))


def target(live: Live, server: PostgresqlServer) -> None:
    """Tell the service where the database is and who may change passwords there."""
    held, token = live.credentials, (live.directory / "operator.token").read_text().strip()
    body = {"name": "soak", "engine": "postgresql", "host": "127.0.0.1", "port": server.port}
    body |= {"admin": ROOT[0], "password": ROOT[1]}
    request = urllib.request.Request(
        f"http://{live.http}/bitting/v1/accounts/{held['account_id']}/targets",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {token}", "content-type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def start(python: Path, given: dict[str, object]) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([str(python), str(HERE / "client.py")], text=True, **pipes)
    assert process.stdin is not None
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    process.stdin = None
    return process


def soak(seconds: float) -> int:
    python = Environments().python("alibaba-secrets-v2")
    server = PostgresqlServer()
    live = Live(Path(tempfile.mkdtemp(prefix="bitting-soak-")) / "data", workers=2)
    try:
        for account in ACCOUNTS:
            server.user(*account)
        live.start()
        target(live, server)
        held = live.credentials
        given = {
            "server": live.http,
            "keys": [held["access_key_id"], held["access_key_secret"]],
            "region": held["region"],
            "port": server.port,
            "accounts": ACCOUNTS,
            "seconds": seconds,
            "every": EVERY_SECONDS,
        }
        start(python, {**given, "mode": "create"}).communicate(timeout=60)
        readers = [start(python, {**given, "mode": "read"}) for _ in range(CLIENTS)]
        rotating = start(python, {**given, "mode": "rotate"})
        told = [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in (*readers, rotating)]
    finally:
        live.stop()
        server.remove()
    return report(told[:-1], told[-1]["rotations"], seconds)


def report(readers: list[dict[str, object]], rotations: int, seconds: float) -> int:
    logins = sum(reader["logins"] for reader in readers)
    failed = [line for reader in readers for line in reader["failed"]]
    users = sorted({user for reader in readers for user in reader["users"]})
    who = f"{len(readers)} clients as {users}"
    print(f"{seconds:.0f} s: {rotations} rotations, {logins} logins of {who}, {len(failed)} failed")
    for line in failed[:5]:
        print("  " + line)
    meant = rotations >= seconds / EVERY_SECONDS / 2 and len(users) == 2
    return 0 if meant and not failed else 1


if __name__ == "__main__":
    sys.exit(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 600))
