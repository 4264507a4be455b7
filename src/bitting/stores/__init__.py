"""Record stores: one contract (:mod:`bitting.core.ports.store`), two implementations.

::

    record_types.py   which record classes are stored, and their uniqueness rules     (both stores)
    fields.py         which values a field takes, checked before anything is written
    query.py          the arguments of ``find`` and ``count``, checked
    snapshot.py       all records of a store, for the reset of developer mode
    memory.py         MemoryStore: everything in the memory of one process, for fast tests
    sql/              SqlStore: SQLite and PostgreSQL through SQLAlchemy Core
"""
