"""Records in SQLite or PostgreSQL, through SQLAlchemy Core.

::

    schema.py            migrate(url): bring a database to this program's tables    (migrations/)
    tables*.py           one Table per record type, and the store's own
    mapping.py           record <-> row, and the prepared statements of each table
    engines.py           the differences between SQLite and PostgreSQL
    driver_errors.py     database exceptions -> faults
    unit_of_work.py      UnitOfWork and Collection on one connection
    change_log.py        the change log
    change_detector.py   poll(): has anything been committed?
    store.py             SqlStore: puts these together, per process
"""
