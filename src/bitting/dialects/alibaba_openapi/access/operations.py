"""Rows of network rules, access policies, application access points and client keys.

Source: KMS API reference 2016-01-20, "application access points". Where the reference gives a list as a string, the
string holds JSON; DescribePolicy alone answers lists.
"""

from __future__ import annotations

from typing import Any

from bitting.core.gate import UseCase
from bitting.core.usecases.access import application_access_points, client_keys
from bitting.dialects.alibaba_openapi.access.codecs import (
    AccessControlRules,
    description,
    instance_id,
    name,
    names,
    no_permissions,
    permissions,
    plain_id,
    resources,
    sources,
)
from bitting.dialects.alibaba_openapi.rows import (
    PAGE_NUMBER,
    PAGE_SIZE_ACCESS,
    TOTAL,
    Rpc,
    given,
    page_size,
)
from bitting.dialects.base.codecs import Choice, EncodeOnly, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record

_TEXT, _MOMENT = Text(), Moment()
_NAME = given("Name", name, "name", required=True)
_DESCRIPTION = Field("Description", description, to="description", empty=True)
_ANSWERED_NAME = Field("Name", _TEXT, of="name")
_ANSWERED_DESCRIPTION = Field("Description", _TEXT, of="description")
_ALGORITHM = Field("KeyAlgorithm", EncodeOnly(lambda _: "RSA_2048"))


def _arn(region: str, label: str) -> Field:
    return Field("Arn", EncodeOnly(lambda record: f"acs:kms:{region}:{record.account_id}:{label}/{record.name}"))


def _list(action: str, use: UseCase[Any, Any], wrapper: str, *shown: Field) -> Rpc:
    """A page of 20 by default, as all lists of this group."""
    many, one = wrapper.split("/")
    return Rpc(
        name=action,
        use=use,
        page_size=PAGE_SIZE_ACCESS,
        request=(PAGE_NUMBER, page_size(1, 100)),
        response=(Field(many, Items(Record(*shown), wrap=one), of="items"), TOTAL),
    )


def _rules(region: str) -> tuple[Rpc, ...]:
    kind = Choice({"Private": "Private"})
    described = (
        _arn(region, "network"),
        Field("Type", kind, of="kind"),
        Field("SourcePrivateIp", sources, of="sources"),
        _ANSWERED_DESCRIPTION,
    )
    source = Field("SourcePrivateIp", sources, to="sources", empty=True)
    return (
        Rpc(
            name="CreateNetworkRule",
            use=application_access_points.create_network_rule,
            request=(_NAME, given("Type", kind, "kind", required=True), source, _DESCRIPTION),
            response=(_ANSWERED_NAME, *described),
        ),
        Rpc(
            name="DescribeNetworkRule",
            use=application_access_points.describe_network_rule,
            request=(_NAME,),
            response=described,
        ),
        Rpc(
            name="UpdateNetworkRule",
            use=application_access_points.update_network_rule,
            request=(_NAME, source, _DESCRIPTION),
        ),
        Rpc(name="DeleteNetworkRule", use=application_access_points.delete_network_rule, request=(_NAME,)),
        _list(
            "ListNetworkRules",
            application_access_points.list_network_rules,
            "NetworkRules/NetworkRule",
            _ANSWERED_NAME,
            Field("Type", kind, of="kind"),
        ),
    )


def _policies(region: str) -> tuple[Rpc, ...]:
    rules = AccessControlRules()
    fields = (Field("AccessControlRules", rules, to="network_rules", empty=True), _DESCRIPTION)
    described = (
        _ANSWERED_NAME,
        _arn(region, "policy"),
        Field("KmsInstance", _TEXT, of="instance_id"),
        Field("AccessControlRules", rules, of="network_rules"),
        _ANSWERED_DESCRIPTION,
    )
    lists = (
        Field("Permissions", Items(_TEXT), of="permissions"),
        Field("Resources", Items(_TEXT), of="resources"),
    )
    texts = (Field("Permissions", permissions, of="permissions"), Field("Resources", resources, of="resources"))
    return (
        Rpc(
            name="CreatePolicy",
            use=application_access_points.create_access_policy,
            request=(
                _NAME,
                given("Permissions", permissions, "permissions", required=True),
                given("Resources", resources, "resources", required=True),
                given("KmsInstance", instance_id, "instance_id"),
                *fields,
            ),
            response=(*described, *texts),
        ),
        Rpc(
            name="DescribePolicy",
            use=application_access_points.describe_access_policy,
            request=(_NAME,),
            response=(*described, *lists),
        ),
        Rpc(
            name="UpdatePolicy",
            use=application_access_points.update_access_policy,
            request=(
                _NAME,
                Field("Permissions", no_permissions, to="permissions", empty=True),
                given("Resources", resources, "resources"),
                *fields,
            ),
        ),
        Rpc(name="DeletePolicy", use=application_access_points.delete_access_policy, request=(_NAME,)),
        _list("ListPolicies", application_access_points.list_access_policies, "Policies/Policy", _ANSWERED_NAME),
    )


def _points(region: str) -> tuple[Rpc, ...]:
    method = Choice({"ClientKey": "ClientKey"})
    described = (
        _ANSWERED_NAME,
        _arn(region, "applicationaccesspoint"),
        Field("AuthenticationMethod", method, of="method"),
        Field("Policies", names, of="policies"),
        _ANSWERED_DESCRIPTION,
    )
    return (
        Rpc(
            name="CreateApplicationAccessPoint",
            use=application_access_points.create_access_point,
            request=(
                _NAME,
                given("Policies", names, "policies", required=True),
                given("AuthenticationMethod", method, "method"),
                _DESCRIPTION,
            ),
            response=described,
        ),
        Rpc(
            name="DescribeApplicationAccessPoint",
            use=application_access_points.describe_access_point,
            request=(_NAME,),
            response=described,
        ),
        Rpc(
            name="UpdateApplicationAccessPoint",
            use=application_access_points.update_access_point,
            request=(_NAME, given("Policies", names, "policies"), _DESCRIPTION),
        ),
        Rpc(name="DeleteApplicationAccessPoint", use=application_access_points.delete_access_point, request=(_NAME,)),
        _list(
            "ListApplicationAccessPoints",
            application_access_points.list_access_points,
            "ApplicationAccessPoints/ApplicationAccessPoint",
            _ANSWERED_NAME,
            Field("AuthenticationMethod", method, of="method"),
        ),
    )


_VALIDITY = (
    Field("NotBefore", _MOMENT, of="record.not_before_ms"),
    Field("NotAfter", _MOMENT, of="record.not_after_ms"),
)
_CLIENT_KEY = (
    Field("ClientKeyId", _TEXT, of="record.id"),
    Field("AapName", _TEXT, of="record.access_point"),
    Field("CreateTime", _MOMENT, of="record.created_ms"),
    _ALGORITHM,
    Field("KeyOrigin", EncodeOnly(lambda _: "KMS_PROVIDED")),
    *_VALIDITY,
    # The certificate that is in the client key's file, as the reference's example has it.
    Field("PublicKeyData", _TEXT, of="public_text"),
)
_CLIENT_KEY_ID = given("ClientKeyId", plain_id, "client_key_id", required=True)

_CLIENT_KEYS = (
    Rpc(
        name="CreateClientKey",
        use=client_keys.create,
        request=(
            given("AapName", name, "access_point", required=True),
            given("Password", Text(), "password", required=True),
            given("NotBefore", _MOMENT, "not_before_ms"),
            given("NotAfter", _MOMENT, "not_after_ms"),
        ),
        response=(
            Field("ClientKeyId", _TEXT, of="record.id"),
            _ALGORITHM,
            *_VALIDITY,
            Field("PrivateKeyData", _TEXT, of="private_key_data"),
        ),
    ),
    Rpc(name="GetClientKey", use=client_keys.describe, request=(_CLIENT_KEY_ID,), response=_CLIENT_KEY),
    Rpc(
        name="ListClientKeys",
        use=client_keys.list_,
        request=(given("AapName", name, "access_point"),),
        response=(Field("ClientKeys", Items(Record(*_CLIENT_KEY))),),
    ),
    Rpc(name="DeleteClientKey", use=client_keys.delete, request=(_CLIENT_KEY_ID,)),
)


def rows(region: str) -> tuple[Rpc, ...]:
    """The group's rows; ``region`` is in the ARNs."""
    return (*_rules(region), *_policies(region), *_points(region), *_CLIENT_KEYS)
