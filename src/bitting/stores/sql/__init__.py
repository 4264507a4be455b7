"""Records in SQLite or PostgreSQL, through SQLAlchemy Core.

::

    schema.py      migrate(url): bring the database to this program's tables   (migrations/)
    tables.py      one Table per kind of record, and the store's own
    mapping.py     record <-> row, and each table's prepared statements
    engines.py     everything in which SQLite and PostgreSQL differ
    edge.py        the databases' exceptions -> faults
    work.py        UnitOfWork and Collection on one connection
    journal.py     the change log
    pulse.py       poll(): has anything been committed?
    store.py       SqlStore: puts these together, per process
"""
