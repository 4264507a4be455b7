"""Settings: which source wins, and the former names that are still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitting.settings import RENAMED, Settings, SettingsError, load


def test_former_names_are_read_with_a_line_that_says_the_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text('names = "kms.example"\n')
    found = load({}, {"BITTING_CONFIG": str(tmp_path / "own.toml"), "BITTING_BODY_SECONDS": "7"})
    assert (found.tls_server_names, found.body_timeout_s) == ("kms.example", 7)
    assert capsys.readouterr().err == (
        "bitting: the setting names is now called tls_server_names\n"
        "bitting: the setting BITTING_BODY_SECONDS is now called BITTING_BODY_TIMEOUT_S\n"
    )


def test_present_names_say_nothing_and_win_over_former_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load({}, {"BITTING_BODY_TIMEOUT_S": "5"}).body_timeout_s == 5
    assert capsys.readouterr().err == ""
    both = {"BITTING_BODY_TIMEOUT_S": "5", "BITTING_BODY_SECONDS": "7"}
    assert load({}, both).body_timeout_s == 5
    (tmp_path / "own.toml").write_text("body_timeout_s = 9\n")
    later = {"BITTING_CONFIG": str(tmp_path / "own.toml"), "BITTING_BODY_SECONDS": "7"}
    assert load({}, later).body_timeout_s == 7, "the environment wins over the file, whatever it calls it"


def test_a_former_name_is_never_a_present_one() -> None:
    assert not RENAMED.keys() & set(Settings.__struct_fields__)
    assert set(RENAMED.values()) <= set(Settings.__struct_fields__)


def test_an_unknown_setting_is_refused_with_the_choices(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("bodytimeout = 9\n")
    with pytest.raises(SettingsError, match="unknown setting bodytimeout; the settings are data_dir"):
        load({}, {"BITTING_CONFIG": str(tmp_path / "own.toml")})
