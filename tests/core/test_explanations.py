"""Why something is allowed, and the operator's token, through the gate."""

from __future__ import annotations

from typing import Any

import pytest

from bitting.core import faults
from bitting.core.usecases.iam import explanations, operators, user_statements


def test_the_statement_that_decides_is_named(session: Any) -> None:
    account, key = session.principal.account_id, session.key()
    session.operate(user_statements.create_user, user_statements.CreateUser(account, "reader"))
    order = user_statements.AddStatement(account, "reader", ("key:encrypt",), (f"key/{key.id}",))
    made = session.operate(user_statements.add_statement, order)
    question = explanations.Explain(account, "reader", "key:encrypt", f"key/{key.id}")
    found = session.operate(explanations.explain, question)
    assert (found.allowed, found.why, found.effect) == (True, "allowed", "allow")
    assert found.origin == f"statement {made.id} of the user"
    every = session.operate(explanations.explain, explanations.Explain(account, "reader", "key:list"))
    assert (every.allowed, every.why) == (False, "none")


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "g" * 64])
def test_what_is_no_digest_is_no_token(session: Any, digest: str) -> None:
    with pytest.raises(faults.InvalidParameter):
        session.operate(operators.rotate_token, operators.RotateToken(digest))
