"""generate-random-password: a password made to order."""

from __future__ import annotations

from bitting.core.usecases.secrets import passwords
from bitting.dialects.base.codecs import Flag, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets.answer_codecs import Negated
from bitting.dialects.huawei.secrets.rows import CSMS, TEXT, row

_ORDER = (
    # no operation makes or lists password policies; the one there is goes by whatever name is given
    Field("password_policy_name", Text(0, 64), drop=True),
    Field("length", Integer(8, 128), to="length"),
    Field("exclude_characters", Text(0, 128), to="exclude"),
    Field("exclude_lowercase", Negated(), to="lowercase"),
    Field("exclude_uppercase", Negated(), to="uppercase"),
    Field("exclude_numbers", Negated(), to="digits"),
    Field("exclude_punctuation", Negated(), to="punctuation"),
    Field("include_space", Flag(), to="space"),
    Field("require_each_included_type", Flag(), to="each"),
)


def password_rows() -> list[Row]:
    """The one row."""
    return [
        row(
            "generate-random-password",
            "POST",
            CSMS + "/generate-password",
            use=passwords.generate_password,
            request=_ORDER,
            response=(Field("password", TEXT, of="result"),),
            given={"each": False},
        ),
    ]
