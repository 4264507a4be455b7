"""Database rotators: they change passwords of database users when a secret is rotated.

::

    postgresql.py   Rotator over psycopg
    mysql.py        Rotator over PyMySQL (MySQL, MariaDB)

Each translates its library's errors into :class:`bitting.core.usecases.secrets.rotation_ports.RotationRefused`; none
keeps a connection open.
"""
