"""Rotator for MySQL and MariaDB. A user is every account of that name, at any host.

::

    login_works    log in and disconnect
    is_privileged  what SHOW GRANTS says of the user and its roles
    set_password   ALTER USER ... IDENTIFIED BY     all accounts of the name; SET PASSWORD by the user itself
    ensure_user    CREATE USER at the hosts of <like>, and its grants again
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from bitting.core.usecases.secrets.rotation_ports import DatabaseServer, Login, RotationRefused

SECONDS = 5
#: Access denied: for the password, for the database, without a password (MySQL error reference).
_DENIED = {1045, 1044, 1698}
#: A privilege on everything with which a user changes other users, or what the server does.
_DANGEROUS = re.compile(
    r"ALL PRIVILEGES|\bSUPER\b|CREATE USER|SYSTEM_USER|CONNECTION[ _]ADMIN|ROLE_ADMIN|SET[ _]USER"
    r"|\bFILE\b|\bRELOAD\b|\bSHUTDOWN\b"
)
#: A privilege on the tables of users with which a user changes other users.
_WRITES = re.compile(r"ALL PRIVILEGES|INSERT|UPDATE|DELETE")
_ROLES_MAX = 50


class MysqlRotator:
    """``Rotator`` for MySQL 5.7 and MariaDB 10.2, and later."""

    def login_works(self, server: DatabaseServer, login: Login) -> bool:
        """Whether the login works. Raises ``RotationRefused`` if the server cannot be reached."""
        try:
            pymysql.connect(**_parameters(server, login)).close()
        except pymysql.MySQLError as error:
            if _code(error) in _DENIED:
                return False
            raise RotationRefused("ServerUnreachable", "The database server does not answer.") from None
        return True

    def is_privileged(self, server: DatabaseServer, by: Login, user: str) -> bool:
        """See the protocol. Without an administrator a user sees its own grants, and no other's."""
        with _session(server, by) as cursor:
            if by.user == user:
                return _grants_are_dangerous(cursor, ["SHOW GRANTS"])
            return any(_grants_are_dangerous(cursor, [_show(cursor, user, host)]) for host in _hosts(cursor, user))

    def set_password(self, server: DatabaseServer, by: Login, login: Login) -> None:
        """See the protocol. The change holds when this returns."""
        with _session(server, by) as cursor:
            if by.user == login.user:
                cursor.execute(_own_password(cursor), (login.password,))
                return
            for host in _hosts(cursor, login.user):
                cursor.execute("ALTER USER %s@%s IDENTIFIED BY %s", (login.user, host, login.password))

    def ensure_user(self, server: DatabaseServer, like: str, login: Login) -> None:
        """See the protocol."""
        if server.admin is None:
            raise RotationRefused("NoWayIn", "There is no administrator to make the second user.", final=True)
        with _session(server, server.admin) as cursor:
            have = set(_hosts(cursor, login.user))
            for host in _hosts(cursor, like):
                if host not in have:
                    cursor.execute("CREATE USER %s@%s IDENTIFIED BY %s", (login.user, host, login.password))
                    _copy_grants(cursor, like, login.user, host)


def _own_password(cursor: Cursor) -> str:
    """How a user without privileges changes its own password; MariaDB and MySQL 8 have different statements."""
    connection: Any = cursor.connection
    if "mariadb" in connection.get_server_info().lower():
        return "SET PASSWORD = PASSWORD(%s)"
    return "ALTER USER USER() IDENTIFIED BY %s"


def _hosts(cursor: Cursor, user: str) -> list[str]:
    cursor.execute("SELECT Host FROM mysql.user WHERE User = %s", (user,))
    return [str(row[0]) for row in cursor.fetchall()]


def _show(cursor: Cursor, user: str, host: str) -> str:
    return f"SHOW GRANTS FOR {cursor.mogrify('%s@%s', (user, host))}"


def _grants_are_dangerous(cursor: Cursor, ask: list[str]) -> bool:
    """Whether a user, or a role it has been given, holds a dangerous privilege. ``ask``: statements that show them."""
    seen: set[str] = set()
    while ask and len(seen) < _ROLES_MAX:
        statement = ask.pop()
        seen.add(statement)
        cursor.execute(statement)
        for (line,) in cursor.fetchall():
            what, _, where = str(line).removeprefix("GRANT ").partition(" ON ")
            if where.startswith("*.*") and (_DANGEROUS.search(what) or "WITH GRANT OPTION" in where):
                return True
            if where.lower().startswith(("`mysql`.", "mysql.")) and _WRITES.search(what):
                return True
            if not where:  # GRANT `role`@`host` TO ...
                roles = what.partition(" TO ")[0].split(",")
                ask.extend(show for role in roles if (show := f"SHOW GRANTS FOR {role.strip()}") not in seen)
    return bool(ask)


def _copy_grants(cursor: Cursor, like: str, user: str, host: str) -> None:
    """Copy the grants that SHOW GRANTS lists from one account to another."""
    cursor.execute("SHOW GRANTS FOR %s@%s", (like, host))
    marks = (f" TO `{like}`@`{host}`", f" TO '{like}'@'{host}'")
    for (line,) in cursor.fetchall():
        what = next((str(line).partition(mark)[0] for mark in marks if mark in str(line)), "")
        if not what or what.startswith("GRANT USAGE ON *.*"):
            continue
        option = " WITH GRANT OPTION" if str(line).endswith("WITH GRANT OPTION") else ""
        # the text comes from the server and is quoted by it; percent signs would be taken for parameters
        cursor.execute(what.replace("%", "%%") + " TO %s@%s" + option, (user, host))


def _parameters(server: DatabaseServer, login: Login) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "user": login.user,
        "password": login.password.encode(),  # the library would take text for Latin-1
        "database": server.database or None,
        "connect_timeout": SECONDS,
        "read_timeout": SECONDS,
        "write_timeout": SECONDS,
        "autocommit": True,
        "ssl": ssl.create_default_context() if server.tls else None,
    }


def _code(error: pymysql.MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


@contextmanager
def _session(server: DatabaseServer, login: Login) -> Iterator[Cursor]:
    try:
        with pymysql.connect(**_parameters(server, login)) as connection, connection.cursor() as cursor:
            yield cursor
    except pymysql.MySQLError as error:
        raise RotationRefused("ServerRefused", f"The database server refused the change ({_code(error)}).") from None
