"""The secret checker: how strong a value is, and whether weak ones are refused.

The documents give checking_secret_strength one sentence, "whether the strength check of secrets is on", and no error
of its own. Once it is on, create-secret, batch-import-secrets and create-secret-version refuse a weak value with
CSMS.0002: of the codes these operations document it is the one for a value that cannot be taken, and CSMS.0004 is for
bodies of the wrong form. Values stored before stay readable; uploaded blobs and rotation bring values back or make
strong ones, and are not checked.

check-secrets documents neither types nor data: any type is taken, every text in the data is examined, and each gets
its strength under its own name.
"""

from __future__ import annotations

from bitting.core.usecases.secrets import strength
from bitting.dialects.base.codecs import Flag, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets.answer_codecs import AnyValue, ByName
from bitting.dialects.huawei.secrets.rows import COUNT, SECRETS, TEXT, row

_SWITCH = "checking_secret_strength"


def checker_rows() -> list[Row]:
    """All three rows."""
    base = SECRETS + "/checker"
    estimate = Record(Field("strength", TEXT, of="level"), Field("bits", COUNT, of="bits"))
    config = (Field(_SWITCH, Flag(), of="result.enabled"),)
    return [
        row(
            "check-secrets",
            "POST",
            base + "/check",
            use=strength.check,
            request=(
                Field("type", Text(1, 64), to="type", required=True),
                Field("data", AnyValue(wrap="value"), to="values", required=True),
            ),
            response=(
                Field("type", TEXT, of="result.type"),
                Field("data", ByName(estimate), of="result.estimates"),
            ),
        ),
        row("show-secrets-config", "GET", base + "/config", use=strength.show_config, response=config),
        row(
            "update-secrets-config",
            "POST",
            base + "/config",
            use=strength.set_config,
            request=(Field(_SWITCH, Flag(), to="enabled"),),
            response=config,
        ),
    ]
