"""Where records live: one contract (:mod:`bitting.core.ports`), two stores.

::

    kinds.py    which record classes are stored, and what must be unique   (both stores)
    fields.py   which values a field takes, checked before anything is written
    query.py    what ``find`` and ``count`` were asked, checked
    memory.py   MemoryStore: a full store in one process, for the fastest tests
    sql/        SqlStore: SQLite and PostgreSQL through SQLAlchemy Core
"""
