"""Rotator for PostgreSQL roles.

::

    login_works    log in and disconnect
    is_privileged  superuser, or a member of a role that can become one or make roles
    set_password   ALTER ROLE ... PASSWORD <verifier>     computed here, so that the password is in no log of the server
    ensure_user    CREATE ROLE ... LOGIN IN ROLE <like>   and every session of it acts as <like>
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import pq, sql

from bitting.core.usecases.secrets.rotation_ports import DatabaseServer, Login, RotationRefused

CONNECT_SECONDS = 5
STATEMENT_MS = 4000
_DEFAULT_DATABASE = "postgres"
#: Roles of the server's own with which a user becomes superuser, by programs or files of the server.
_DANGEROUS = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files", "pg_create_subscription")
_PRIVILEGED = """SELECT 1 FROM pg_roles AS login, pg_roles AS held
    WHERE login.rolname = %(user)s AND pg_has_role(login.oid, held.oid, 'MEMBER')
    AND (held.rolsuper OR held.rolcreaterole OR held.rolreplication OR held.rolbypassrls
         OR held.rolname = ANY(%(roles)s))
    LIMIT 1"""


class PostgresqlRotator:
    """``Rotator`` for PostgreSQL 10 and later."""

    def login_works(self, server: DatabaseServer, login: Login) -> bool:
        """Whether the login works. Raises ``RotationRefused`` if the server cannot be reached."""
        parameters = _parameters(server, login)
        try:
            psycopg.connect(**parameters).close()
        except psycopg.OperationalError:
            return _is_login_refused(parameters)
        return True

    def is_privileged(self, server: DatabaseServer, by: Login, user: str) -> bool:
        """See the protocol."""
        with _session(server, by) as connection:
            return connection.execute(_PRIVILEGED, {"user": user, "roles": list(_DANGEROUS)}).fetchone() is not None

    def set_password(self, server: DatabaseServer, by: Login, login: Login) -> None:
        """See the protocol. The change is committed when this returns."""
        with _session(server, by) as connection:
            verifier = connection.pgconn.encrypt_password(login.password.encode(), login.user.encode())
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(login.user), sql.Literal(verifier.decode())
            )
            connection.execute(statement)

    def ensure_user(self, server: DatabaseServer, like: str, login: Login) -> None:
        """See the protocol."""
        if server.admin is None:
            raise RotationRefused("NoWayIn", "There is no administrator to make the second user.", final=True)
        with _session(server, server.admin) as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login.user,)).fetchone()
            if found is None:
                new, base = sql.Identifier(login.user), sql.Identifier(like)
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}").format(new, base))
                connection.execute(sql.SQL("ALTER ROLE {} SET role TO {}").format(new, base))


def _parameters(server: DatabaseServer, login: Login) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "dbname": server.database or _DEFAULT_DATABASE,
        "user": login.user,
        "password": login.password,
        "connect_timeout": CONNECT_SECONDS,
        "sslmode": "require" if server.tls else "prefer",
        "application_name": "bitting",
    }


def _is_login_refused(parameters: dict[str, Any]) -> bool:
    """False if the server is up, so that it was the login it refused.

    libpq keeps the error's code to itself, and its text is in the server's language. A server that is merely full
    counts as refusing too, which the rotation survives: it tries again.
    """
    spoken = psycopg.conninfo.make_conninfo(**{name: parameters[name] for name in ("host", "port", "connect_timeout")})
    if pq.PGconn.ping(spoken.encode()) != pq.Ping.OK:
        raise RotationRefused("ServerUnreachable", "The database server does not answer.")
    return False


@contextmanager
def _session(server: DatabaseServer, login: Login) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(**_parameters(server, login)) as connection:
            connection.execute(sql.SQL("SET statement_timeout = {}").format(sql.Literal(STATEMENT_MS)))
            yield connection
    except psycopg.Error as error:
        raise RotationRefused("ServerRefused", f"The database server refused the change ({error.sqlstate}).") from None
