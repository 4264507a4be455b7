"""A request for any row of any dialect, made from the row itself.

::

    required fields -> a value: by the field's name, else the first of CANDIDATES that its codec reads
    holes of a path -> the same
    (dialect, values) -> a form, a JSON body, a query or a protobuf message, and the signature of whoever asks

A new operation is in the matrix by being a row. One whose required fields no candidate fits is named by
:class:`Unbuildable`, and the matrix demands a reason for it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bitting.dialects.alibaba_instance import api_pb2
from bitting.dialects.base.codecs import InvalidWireValue
from bitting.dialects.base.http import Request
from bitting.dialects.base.operation import Field

UUID = "00000000-0000-4000-8000-000000000000"
DOCUMENT = '{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"acs:ram::1:*"},"Action":"kms:*",'
#: Tried in this order on a field that no name is known for.
CANDIDATES: tuple[Any, ...] = (
    "a", "7", 7, "eA==", UUID, "true", True, "Enabled", [], ["a"], "[]", '["a"]', "{}", {}, "[{}]", [{"key": "a"}],
    '[{"TagKey":"a","TagValue":"b"}]', "2027-01-01T00:00:00Z", "a" * 64, "0" * 32, "AES_256", "sha256", "256",
    1893456000000, "1893456000000", "32", "64", 32, "512", 512, "DER", "RSA_PSS_SHA_256",
    "RSAES_OAEP_SHA_256", b"x", "https://hook.example/", "10.0.0.0/8", "RSA_2048",
)  # fmt: skip
#: What several dialects call a thing, without case and underscores -> which record of the world it is.
RECORDS = {
    "keyid": "key", "destinationkeyid": "key", "targetkeyid": "key", "resourceid": "key", "kmskeyid": "key",
    "sourcekeyid": "key", "secretname": "secret", "secretid": "secret_id", "userid": "user", "username": "user_name",
    "aliasname": "alias", "alias": "alias_of_huawei", "accountid": "account", "projectid": "project",
    "domainid": "domain", "instanceid": "instance", "kmsinstanceid": "instance", "accesskeyid": "access_key",
    "ciphertextblob": "sealed", "ciphertext": "sealed", "keystoreid": "keystore", "roleid": "role",
    "groupid": "group", "xsubjecttoken": "token", "versionid": "version_name", "keyversionid": "version",
    "keyspaceid": "project", "tenantid": "project", "granteetargetid": "user", "granteeprincipal": "user",
    "granteeuser": "user",
}  # fmt: skip
FIXED: dict[str, Any] = {
    "pendingdays": "7", "pendingwindowindays": "7", "resourcetype": "key", "regionid": "cn-hangzhou",
    "digest": base64.b64encode(bytes(32)).decode(), "value": "AAAA", "mac": "AAAA",
    "resourceinstances": "resource_instances",
    "tag": {"key": "a", "value": "b"}, "tags": '[{"TagKey":"a","TagValue":"b"}]', "tagkeys": '["a"]',
    "policies": '["p"]', "permissions": '["RbacPermission/Template/CryptoServiceKeyUser"]', "type": "Private",
    "resources": '["key/*"]', "aapname": "default", "password": "Passw0rd-1234", "oldpassword": "Passw0rd-1234",
    "policy": DOCUMENT + '"Resource":"*"}]}', "subject": "CN=a,C=CN,O=b,OU=c", "keyspec": "EC_P256",
    "user": {"name": "made", "password": "Passw0rd-1234"}, "group": {"name": "made"}, "operations": ["describe-key"],
    "role": {"display_name": "made", "type": "XA", "description": "x",
             "policy": {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kms:cmk:get"]}]}},
    "kmprovider": "Aliyun", "vpcid": "vpc-1", "vswitchids": '["vsw-1"]', "zoneids": '["zone-a"]', "bindvpcs": "[]",
    "secretslist": '[{"SecretName":"secret"}]', "secretdata": "x", "state": "ENABLED", "wrappingkeyspec": "RSA_2048",
    "rotationinterval": "7d", "credential": {},
    "notification": {"target_type": "SMN", "target_id": "urn:x", "target_name": "t"},
    "eventtypes": ["SECRET_ROTATED"],
}  # fmt: skip
#: Optional fields without which a row is about nothing.
ALSO = {
    "create-secret": ("secret_string",), "create-secret-version": ("secret_string",), "create-tag": ("tag",),
    "delete-grant": ("grantee_user",),
    "create-pin": ("pin_type", "keystore_id"),
    "tags/action": ("tags", "action"), "resource_instances/action": ("action",), "UntagResources": ("All",),
    "UpdateKeyDescription": ("Description",), "UpdateRotationPolicy": ("RotationInterval",),
    "UpdateSecretVersionStage": ("MoveToVersion",), "UpdateSecretRotationPolicy": ("RotationInterval",),
    "POST /v3.0/OS-CREDENTIAL/credentials": ("credential",),
}  # fmt: skip
#: Values of single rows. ``{name}``: a record of the world; None: left out.
BY_ROW: dict[str, dict[str, Any]] = {
    "TagResources": {"Tag.1.Key": "a", "Tag.1.Value": "b", "ResourceId.1": "{key}"},
    "UntagResources": {"TagKey.1": "a", "ResourceId.1": "{key}"},
    "ListTagResources": {"ResourceId": None, "ResourceId.1": "{key}"},
    "create-access-point": {"type": "1"},
    "POST accounts/{account_id}/projects": {"profile": "otc"},
    "PUT accounts/{account_id}/state": {"state": "active"},
    "tags/action": {"action": "create", "tags": [{"key": "a", "value": "b"}]},
    "resource_instances/action": {"action": "filter"},
    "list-resource-instances": {"action": "filter"},
    "batch-create-or-delete-tags": {"action": "create", "tags": [{"key": "a", "value": "b"}]},
    "datakey-capsule/decrypt": {"attestation_document": {"ecs_signature": "x"}},
    "batch-import-secrets": {"secrets": [{"name": "imported", "secret_string": "x"}]},
    "upload-secret-blob": {"secret_blob": "{blob}"},
    "KmsDecrypt": {"CiphertextBlob": "{padded}"},
    "POST /v3.0/OS-CREDENTIAL/credentials": {"credential": {"user_id": "{user}"}},
}


class Unbuildable(Exception):
    """No candidate is read by a required field's codec. The text names the field."""


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def value_of(field: Field, world: Mapping[str, Any]) -> Any:
    """A value that the field's codec reads. Raises ``Unbuildable``."""
    name = plain(field.name)
    named = [world[RECORDS[name]]] if RECORDS.get(name) in world else []
    words = getattr(field.kind, "words", None) or getattr(field.kind, "table", None) or ()
    for candidate in (*named, *([FIXED[name]] if name in FIXED else []), *words, *CANDIDATES):
        try:
            field.kind.decode(candidate)
        except InvalidWireValue:
            continue
        except Exception:  # noqa: BLE001 - codecs of one wire format are not made for another's values
            continue
        return candidate
    raise Unbuildable(field.name)


def values_of(row: Any, world: Mapping[str, Any]) -> dict[str, Any]:
    """Values of everything the row demands, and of what makes it about the world's key or secret."""
    found: dict[str, Any] = {}
    extra, subject = BY_ROW.get(row.name, {}), ""
    for field in row.request:
        record = RECORDS.get(plain(field.name), "")
        about = record in {"key", "secret"} and not subject
        subject = subject or (record if about else "")
        if field.name not in extra and (field.required or about or field.name in ALSO.get(row.name, ())):
            found[field.name] = value_of(field, world)
    return found | {name: filled(held, world) for name, held in extra.items() if held is not None}


def filled(held: Any, world: Mapping[str, Any]) -> Any:
    """The value with records of the world in it."""
    if isinstance(held, dict):
        return {name: filled(inner, world) for name, inner in held.items()}
    return held.format(**world) if isinstance(held, str) and held.startswith("{") else held


def rest(row: Any, world: Mapping[str, Any], values: dict[str, Any]) -> Request:
    """A request of a dialect with paths, unsigned."""
    left = dict(values)

    def hole(found: re.Match[str]) -> str:
        name = found[1].rstrip("*")
        own = "user" if "users/{id}" in row.path else "group" if "groups/{id}" in row.path else "role"
        default = world["access_key"] if "credentials/{id}" in row.path else world[own]
        held = left.pop(name, None)
        if held is None or name == "id":
            held = default if name == "id" else world.get(RECORDS.get(plain(name), ""), FIXED.get(plain(name), "a"))
        return str(held)

    path = re.sub(r"\{([^}]+)\}", hole, row.path)
    left = {name: held for name, held in left.items() if not isinstance(held, bytes)}
    subject = left.pop("X-Subject-Token", None)
    headers = {"content-type": "application/json", **({"x-subject-token": subject} if subject else {})}
    if row.method in {"GET", "HEAD"} or (row.method == "DELETE" and row.surface == "csms"):
        return Request(row.method, path, urlencode({n: h for n, h in left.items() if isinstance(h, str)}), headers, b"")
    return Request(row.method, path, "", headers, json.dumps(left).encode())


def message(row: Any, values: Mapping[str, Any]) -> bytes:
    """A protobuf body of the Instance API."""
    kind = getattr(api_pb2, f"{row.name}Request", None) or getattr(api_pb2, f"{row.name.removeprefix('Kms')}Request")
    made = kind()
    for field in made.DESCRIPTOR.fields:
        if field.name in values:
            held = values[field.name]
            if field.type == field.TYPE_BYTES and isinstance(held, str):
                held = base64.b64decode(held + "=" * (-len(held) % 4))
            setattr(made, field.name, int(held) if field.cpp_type in {1, 2, 3, 4} else held)
    body: bytes = made.SerializeToString()
    return body
