"""The tables on disk: migrations, the file, what a broken database looks like from outside."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, text
from store_samples import key

from bitting.core.faults import ResourceExists, StoreFailed
from bitting.core.model.key import Key
from bitting.stores.record_types import KINDS
from bitting.stores.sql.schema import HEAD, migrate
from bitting.stores.sql.store import SqlStore
from bitting.stores.sql.tables import METADATA


def differences(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    return found


def test_migrations_make_the_tables_of_the_program(shared):
    assert differences(shared.url.replace("postgresql:", "postgresql+psycopg:")) == []


def test_on_sqlite_to_the_letter(sqlite_template, tmp_path):
    direct = create_engine(f"sqlite:///{tmp_path}/direct.db")
    METADATA.create_all(direct)
    direct.dispose()
    assert written(sqlite_template) == written(tmp_path / "direct.db")


def written(path):
    query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
    with sqlite3.connect(path) as connection:
        return {name: " ".join((sql or "").split()) for name, sql in connection.execute(query)}


def test_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", "bitting.stores.sql:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_every_kind_has_its_table_and_nothing_else_has():
    own = {"changes", "sequences", "meta", "spent_proofs", "record_codes"}
    assert {kind.table for kind in KINDS} | own == set(METADATA.tables)


def test_a_second_migration_has_nothing_to_do_and_alembic_stays_out(shared):
    program = (
        "import sys; from bitting.stores.sql.schema import migrate; "
        "print(migrate(sys.argv[1]), 'alembic' in sys.modules, 'sqlalchemy.dialects.postgresql' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, shared.url], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", str(shared.name == "postgresql")]


def test_two_processes_that_start_at_once_migrate_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new/store.db"
    program = "import sys; from bitting.stores.sql.schema import migrate; print(migrate(sys.argv[1]))"
    commands = [
        subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert sorted(command.communicate()[0].strip() for command in commands) == ["False", "False", "True"]


def test_two_threads_migrate_an_empty_server_once(cluster):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS fresh")
        connection.execute("CREATE DATABASE fresh")
    url = cluster.url.replace("/postgres", "/fresh")
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(migrate, [url] * 3)) == [False, False, True]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM meta WHERE name = 'store_id'").fetchone() == (1,)


def test_a_failed_migration_leaves_the_database_as_it_was(tmp_path):
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE tokens (something TEXT)")
    with pytest.raises(StoreFailed):
        migrate(f"sqlite:///{path}")
    assert list(written(path)) == ["tokens"]


def test_a_newer_database_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    assert migrate(url) is True
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreFailed) as refused:
        migrate(url)
    assert "9999" in refused.value.detail("reason")


def test_the_file_is_its_owners_and_fully_synchronous(tmp_path):
    path = tmp_path / "store.db"
    migrate(f"sqlite:///{path}")
    store = SqlStore(f"sqlite:///{path}")
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        modes = {name: oct(Path(f"{path}{name}").stat().st_mode & 0o777) for name in ("", "-wal", "-shm")}
        pragmas = [
            work._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    store.close()
    assert modes == {"": "0o600", "-wal": "0o600", "-shm": "0o600"}
    assert pragmas == ["wal", 2, 1, 10_000]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "sqlite"])
def test_other_urls_are_refused(url):
    with pytest.raises(ValueError, match="URL"):
        SqlStore(url)


def test_any_path_can_hold_the_file(tmp_path):
    path = tmp_path / "a folder? #1 100%25 ä;&" / "store.db"
    url = URL.create("sqlite", database=str(path)).render_as_string()
    migrate(url)
    store = SqlStore(url)
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
    store.poll()
    store.close()
    assert path.stat().st_size > 4096
    assert [found.name for found in tmp_path.iterdir()] == [path.parent.name]


def test_a_password_in_a_url_is_not_repeated():
    with pytest.raises(ValueError, match="URL") as refused:
        SqlStore("postgresql:/user:hunter2@host/db")
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    (tmp_path / "store.db").write_bytes(b"not a database" * 1000)
    store = SqlStore(f"sqlite:///{tmp_path}/store.db")
    with pytest.raises(StoreFailed), store.begin(write=False) as work:
        work.of(Key).count()
    with pytest.raises(StoreFailed):
        migrate(f"sqlite:///{tmp_path}/store.db")


def test_an_unknown_value_in_a_row_is_a_failure_of_the_store(shared):
    store = shared.open()
    with store.begin(write=True) as work:
        work.of(Key).add(key(1))
        work.of(Key).add(key(2))
        work._connection.exec_driver_sql("UPDATE keys SET state = 'molten' WHERE number = 1")
    with store.begin(write=False) as work:
        with pytest.raises(StoreFailed):
            work.of(Key).get(key(1).id)
        assert work.of(Key).get(key(2).id) == key(2)


def test_after_an_error_of_the_database_nothing_is_committed(shared):
    store = shared.open()
    with pytest.raises(StoreFailed), store.begin(write=True) as work:  # noqa: PT012 - the whole unit of work fails
        work.of(Key).add(key(1))
        with pytest.raises(StoreFailed):
            work.read(text("SELECT 1 FROM no_such_table"))
        with pytest.raises(StoreFailed):
            work.of(Key).add(key(2))
    with store.begin(write=False) as work:
        assert work.of(Key).count() == 0


def test_what_a_failed_statement_carried_is_not_in_the_log(shared):
    store = shared.open()
    with pytest.raises(ResourceExists) as refused, store.begin(write=True) as work:  # noqa: PT012 - as above
        work.of(Key).add(key(1))
        mapped = work.of(Key)._mapped
        work.change(mapped.table.insert(), mapped.row(key(1, policy="hunter2")), resource="x")
    assert "INSERT" in str(refused.value.__cause__)
    assert "hunter2" not in str(refused.value.__cause__)


def test_the_databases_own_unique_indexes_stand_behind_the_checks(shared):
    store = shared.open()
    with pytest.raises(ResourceExists) as refused, store.begin(write=True) as work:  # noqa: PT012 - the whole unit of work fails
        work.of(Key).add(key(1))
        work.of(Key).add(key(2))
        mapped = work.of(Key)._mapped
        work.change(mapped.table.update().where(mapped.table.c.number == 2), {"name": key(1).name}, resource=key(2).id)
    assert refused.value.detail("resource") == key(2).id
