"""The operator's own certificate is used as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitting.server import tls
from bitting.settings import Settings, SettingsError, load
from bitting.wiring import prepare, prepared_directory


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tls.TlsFiles:
    return tls.ensure(tmp_path_factory.mktemp("own"), ["kms.example"])


def test_own_files_are_read_and_never_written(made: tls.TlsFiles, tmp_path: Path) -> None:
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in (made.certificate, made.key)]
    settings = Settings(data_dir=str(tmp_path / "data"), tls_cert=str(made.certificate), tls_key=str(made.key))
    prepared = prepare(settings)
    assert prepared.tls == prepared_directory(settings).tls == tls.own(str(made.certificate), str(made.key))
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in (made.certificate, made.key)] == before
    assert not (settings.directory / "tls").exists()


def test_files_that_are_no_pair_are_refused(made: tls.TlsFiles, tmp_path: Path) -> None:
    other = tls.ensure(tmp_path / "other", [])
    for certificate, key in ((made.certificate, other.key), (made.key, made.key), (tmp_path / "none", made.key)):
        settings = Settings(data_dir=str(tmp_path / "data"), tls_cert=str(certificate), tls_key=str(key))
        with pytest.raises(SettingsError):
            prepare(settings)
    with pytest.raises(SettingsError):
        load({"tls_cert": "x"}, {})
