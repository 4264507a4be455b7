"""Which answers to SHOW GRANTS make a user privileged; lines as MySQL 8 and MariaDB print them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bitting.rotators.mysql import _grants_are_dangerous


class Cursor:
    """Answers SHOW GRANTS from a table; an unknown statement is an error."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = answers
        self.lines: list[str] = []

    def execute(self, statement: str) -> None:
        self.lines = self.answers[statement]

    def fetchall(self) -> list[tuple[str]]:
        return [(line,) for line in self.lines]


@pytest.mark.parametrize(
    ("lines", "privileged"),
    [
        (
            ["GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*AB'", "GRANT SELECT ON `shop`.* TO `app`@`%`"],
            False,
        ),
        (["GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%` WITH GRANT OPTION"], False),
        (["GRANT SELECT ON `mysql`.* TO `app`@`%`"], False),
        (["GRANT ALL PRIVILEGES ON *.* TO `app`@`%`"], True),
        (["GRANT SELECT, CREATE USER ON *.* TO `app`@`%`"], True),
        (["GRANT SELECT ON *.* TO `app`@`%` WITH GRANT OPTION"], True),
        (["GRANT SET_USER_ID,SYSTEM_USER ON *.* TO `app`@`%`"], True),
        (["GRANT SELECT, FILE ON *.* TO `app`@`%`"], True),
        (["GRANT INSERT, UPDATE ON `mysql`.`user` TO `app`@`%`"], True),
        (["GRANT UPDATE ON mysql.* TO 'app'@'%'"], True),
        (["GRANT `boss`@`%`,`clerk`@`%` TO `app`@`%`"], True),
        (["GRANT `clerk`@`%` TO `app`@`%`"], False),
        (["GRANT `loop`@`%` TO `app`@`%`"], False),
    ],
)
def test_which_users_are_privileged(lines: list[str], privileged: bool) -> None:
    roles = {
        "SHOW GRANTS FOR `boss`@`%`": ["GRANT SUPER ON *.* TO `boss`@`%`"],
        "SHOW GRANTS FOR `clerk`@`%`": ["GRANT SELECT ON `shop`.* TO `clerk`@`%`"],
        "SHOW GRANTS FOR `loop`@`%`": ["GRANT `loop`@`%` TO `loop`@`%`"],
    }
    cursor = cast("Any", Cursor({"SHOW GRANTS": lines, **roles}))
    assert _grants_are_dangerous(cursor, ["SHOW GRANTS"]) is privileged
