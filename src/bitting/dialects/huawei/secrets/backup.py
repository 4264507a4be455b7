"""A secret as one opaque blob: download it, and bring it back."""

from __future__ import annotations

from bitting.core.usecases.secrets import backup
from bitting.dialects.base.codecs import Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets.rows import NAME, ONE_SECRET, SECRETS, TEXT, row

BLOB_CHARACTERS = 5_242_880
BLOB_BODY = BLOB_CHARACTERS + 1024


def backup_rows() -> list[Row]:
    """Both rows."""
    return [
        row(
            "download-secret-blob",
            "POST",
            SECRETS + "/{secret_name}/backup",
            use=backup.back_up,
            request=(NAME,),
            response=(Field("secret_blob", TEXT, of="result"),),
        ),
        row(
            "upload-secret-blob",
            "POST",
            SECRETS + "/restore",
            use=backup.restore_backup,
            request=(Field("secret_blob", Text(1, BLOB_CHARACTERS), to="blob", required=True),),
            response=ONE_SECRET,
            max_body=BLOB_BODY,
        ),
    ]
