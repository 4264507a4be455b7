"""Throw-away PostgreSQL and MariaDB servers on loopback, with passwords; None where the machine has no programs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
import pymysql

ROOT = ("root_admin", "root-pw")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user(*names: str) -> str | None:
    """Who runs the server: ourselves, unless we are root, which servers refuse."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in names if name in known)


def _found(program: str, *folders: str) -> str | None:
    if found := shutil.which(program):
        return str(Path(found).resolve())
    kept = [path for folder in folders for path in sorted(Path("/").glob(f"{folder}/{program}"))]
    return str(kept[-1]) if kept else None


class PostgresqlServer:
    engine = "postgresql"
    database = "postgres"

    def __init__(self) -> None:
        initdb = _found("initdb", "usr/lib/postgresql/*/bin")
        assert initdb is not None
        self._bin = Path(initdb).parent
        self._user = _user("postgres", "nobody")
        self.folder = Path(tempfile.mkdtemp(prefix="bitting-rot-pg-"))
        self.folder.chmod(0o755)
        if self._user:
            shutil.chown(self.folder, self._user)
        self.port = free_port()
        words = self.folder / "pw"
        words.write_text(ROOT[1])
        words.chmod(0o644)
        data = str(self.folder / "data")
        auth = ("-A", "scram-sha-256", f"--pwfile={words}", "--no-locale", "--no-sync")
        self._run("initdb", "-D", data, "-U", ROOT[0], *auth)
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-o", options, "-w", "start")

    @staticmethod
    def there() -> bool:
        return _found("initdb", "usr/lib/postgresql/*/bin") is not None

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        subprocess.run(command, user=self._user, cwd="/", check=True, stdout=subprocess.DEVNULL, timeout=60)

    def admin(self, *statements: str) -> None:
        with psycopg.connect(**self._where(*ROOT), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def user(self, name: str, password: str) -> None:
        self.admin(f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")

    def _where(self, user: str, password: str) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "dbname": "postgres", "user": user, "password": password}

    def lets_in(self, user: str, password: str) -> bool:
        try:
            psycopg.connect(**self._where(user, password)).close()
        except psycopg.OperationalError:
            return False
        return True

    def remove(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class MariadbServer:
    engine = "mysql"
    database = ""

    def __init__(self) -> None:
        server, install = _found("mariadbd", "usr/sbin"), _found("mariadb-install-db", "usr/bin")
        assert server is not None
        assert install is not None
        user = _user("mysql", "nobody")
        self.folder = Path(tempfile.mkdtemp(prefix="bitting-rot-my-"))
        self.folder.chmod(0o755)
        if user:
            shutil.chown(self.folder, user)
        self.port = free_port()
        data = f"--datadir={self.folder}/data"
        own = ["--no-defaults", data, f"--user={user}"] if user else ["--no-defaults", data]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([install, *own, "--skip-test-db"], check=True, timeout=120, **quiet)
        socket_file = self.folder / "socket"
        listen = ["--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={socket_file}"]
        small = ["--innodb-buffer-pool-size=8M", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]
        pid = f"--pid-file={self.folder}/pid"
        self._process = subprocess.Popen([server, *own, *listen, *small, pid], **quiet)
        self._wait(str(socket_file))
        with pymysql.connect(unix_socket=str(socket_file), user="root", autocommit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", ROOT)
            cursor.execute("GRANT ALL ON *.* TO %s@'%%' WITH GRANT OPTION", ROOT[:1])

    @staticmethod
    def there() -> bool:
        return bool(_found("mariadbd", "usr/sbin") and _found("mariadb-install-db", "usr/bin"))

    def _wait(self, socket_file: str) -> None:
        for _ in range(600):
            try:
                pymysql.connect(unix_socket=socket_file, user="root").close()
            except pymysql.MySQLError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("MariaDB does not answer")

    def admin(self, *statements: str) -> None:
        where = {"host": "127.0.0.1", "port": self.port, "user": ROOT[0], "password": ROOT[1], "autocommit": True}
        with pymysql.connect(**where) as connection:
            for statement in statements:
                connection.cursor().execute(statement)

    def user(self, name: str, password: str) -> None:
        where = {"host": "127.0.0.1", "port": self.port, "user": ROOT[0], "password": ROOT[1], "autocommit": True}
        with pymysql.connect(**where) as connection:
            cursor = connection.cursor()
            cursor.execute("DROP USER IF EXISTS %s@'%%'", (name,))
            cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (name, password))
            cursor.execute("GRANT SELECT ON `mysql`.* TO %s@'%%'", (name,))

    def lets_in(self, user: str, password: str) -> bool:
        try:
            pymysql.connect(host="127.0.0.1", port=self.port, user=user, password=password.encode()).close()
        except pymysql.MySQLError:
            return False
        return True

    def remove(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)
