"""The account around the secrets: its users, and its agencies.

Agencies answer as the API reference describes: CreateAgency (https://support.huaweicloud.com/intl/en-us/api-dew/
CreateAgency.html) gives name and id of each agency, an error text only for one that could not be created, and
ShowAgency the word ``true`` or ``false``. In the cloud an agency is an object of IAM, where a name is unique in an
account; so creating again gives the same ids, and an agency that two secret types share has one id. Nothing depends on
an agency being there: rotation reaches servers and functions that the operator has registered, not the account.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.secrets import account_users, agencies
from bitting.dialects.base.codecs import Choice, Digits, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import Constant, InList, Negated
from bitting.dialects.huawei.secrets.rows import ACCOUNT, COUNT, TEXT, row

AGENCY_NAMES = ("CSMSAccessFunctionGraph", "FunctionGraphAgencyForRotateRDSByCSMSV3")
_NULL = Constant(None)
_ROTATED_TYPES = Choice({"RDS-FG": "RDS-FG", "GaussDB-FG": "GaussDB-FG"})
_ROTATED_TYPE = Field("secret_type", _ROTATED_TYPES, to="secret_type", required=True)
_ORGANISATION = Record(Field("org_id", TEXT, of="account_id"), Field("relation_type", Constant("0")))


def _user(user: str, disabled: Any, grade: Any, extension: Any) -> tuple[Field, ...]:
    """The fields of a user at ``user``, a path into the result. What this server does not keep is null or empty.

    The list spells ``disabled`` and ``grade`` as text, the single user as a flag and a number; so does the SDK.
    """
    prefix = f"{user}." if user else ""
    return (
        Field("user_id", TEXT, of=prefix + "id"),
        Field("user_name", TEXT, of=prefix + "name"),
        Field("name", TEXT, of=prefix + "name"),
        Field("org_id", TEXT, of=prefix + "account_id"),
        Field("mobile", _NULL),
        Field("email", _NULL),
        Field("pwd_must_modify", Constant(False)),
        Field("pwd_change_at", _NULL),
        Field("created_at", Digits(), of=prefix + "created_ms"),
        Field("updated_at", _NULL),
        Field("disabled", disabled, of=prefix + "enabled"),
        Field("grade", Constant(grade)),
        Field("locked", Constant("false")),
        Field("extension", Constant(extension)),
        Field("user_org_relation_list", InList(_ORGANISATION), of=user),
    )


_LISTED_USER = Record(*_user("", Choice({"true": False, "false": True}), "0", ""))
_WHOLE_USER = (*_user("result", Negated(), 0, {}), Field("domain_id", TEXT, of="principal.domain_id"))
#: ``offset`` counts pages, not users. There is one organisation: the account itself.
_USERS_PAGE = (
    Field("org_id", Text(0, 64), to="organisation"),
    Field("offset", codecs.QueryInteger(0, 999_999), to="page", required=True),
    Field("limit", codecs.QueryInteger(10, 100), to="limit", required=True),
    Field("user_info", Text(0, 64), to="text"),
)


def user_rows() -> list[Row]:
    """Users. list-users alone has the nested envelope."""
    users = ACCOUNT + "/users"
    passwords = (
        Field("password", Text(1, 128), to="new", required=True),
        Field("old_password", Text(1, 128), to="old", required=True),
    )
    return [
        row(
            "list-users",
            "GET",
            users,
            use=account_users.list_users,
            request=_USERS_PAGE,
            response=(
                Field("total", COUNT, of="result.total"),
                Field("users", Items(_LISTED_USER), of="result.users"),
            ),
            nested=True,
        ),
        row(
            "show-user-detail",
            "GET",
            users + "/{user_id}",
            use=account_users.show_user,
            request=(Field("user_id", Text(1, 64), to="user_id", required=True),),
            response=_WHOLE_USER,
        ),
        row(
            "update-user-password",
            "POST",
            users + "/change-password",
            use=account_users.change_password,
            request=passwords,
            hashes_password=True,
            response=(Field("user_id", TEXT, of="result.id"),),
        ),
    ]


def agency_rows() -> list[Row]:
    """Agencies."""
    agency = Record(Field("agency_name", TEXT, of="name"), Field("agency_id", TEXT, of="id"))
    granted = Choice({"true": True, "false": False})
    path = ACCOUNT + "/agencies"
    return [
        row(
            "create-agency",
            "POST",
            path,
            use=agencies.create_agencies,
            request=(_ROTATED_TYPE,),
            response=(Field("agencies", Items(agency), of="result.agencies"),),
            given={"names": AGENCY_NAMES},
        ),
        row(
            "show-agency",
            "GET",
            path,
            use=agencies.show_agencies,
            request=(_ROTATED_TYPE,),
            response=(Field("agency_granted", granted, of="result.granted"),),
        ),
    ]
