"""Hands that reach other servers for rotation: databases, and whoever listens to webhooks.

::

    postgresql.py   Rotator over psycopg        mysql.py    Rotator over PyMySQL (MySQL, MariaDB)
    outlet.py       Outlet over http.client

Each translates its library's errors at its edge into
:class:`bitting.core.usecases.secrets.rotation_ports.RotationRefused`; none keeps a connection.
"""
