"""What is sent is read or refused: contexts as maps, names that are nearly known, empty texts, lists, formats."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bitting.dialects.alibaba_openapi.lookalikes import BINDING

INVALID = (400, "InvalidParameter")
RULE = {"Name": "office", "Type": "Private", "SourcePrivateIp": '["10.0.0.0/8"]'}
USER = "RbacPermission/Template/CryptoServiceKeyUser"
POLICY = {"Name": "p", "Permissions": json.dumps([USER]), "Resources": '["key/*"]'}


class TestContexts:
    def test_a_map_binds_as_its_json_does(self, api: Any) -> None:
        key_id = api.key()
        spread = {"EncryptionContext.a": "1", "EncryptionContext.z.y": "ü"}
        made = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "eA==", **spread})["CiphertextBlob"]
        whole = json.dumps({"z.y": "ü", "a": "1"})
        assert api.ok("Decrypt", {"CiphertextBlob": made, **spread})["Plaintext"] == "eA=="
        assert api.ok("Decrypt", {"CiphertextBlob": made, "EncryptionContext": whole})["Plaintext"] == "eA=="
        assert api.code("Decrypt", {"CiphertextBlob": made}) == INVALID
        assert api.code("Decrypt", {"CiphertextBlob": made, "EncryptionContext.a": "1"}) == INVALID

    @pytest.mark.parametrize("action", ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
    def test_of_data_keys(self, api: Any, action: str) -> None:
        made = api.ok(action, {"KeyId": api.key(), "EncryptionContext.a": "1"})["CiphertextBlob"]
        assert api.code("Decrypt", {"CiphertextBlob": made}) == INVALID
        api.ok("Decrypt", {"CiphertextBlob": made, "EncryptionContext": '{"a":"1"}'})

    def test_of_both_sides_of_a_re_encryption(self, api: Any) -> None:
        key_id = api.key()
        made = api.ok("Encrypt", {"KeyId": key_id, "Plaintext": "x", "EncryptionContext.a": "1"})["CiphertextBlob"]
        order = {"CiphertextBlob": made, "DestinationKeyId": key_id, "DestinationEncryptionContext.b": "2"}
        assert api.code("ReEncrypt", order) == INVALID
        moved = api.ok("ReEncrypt", {**order, "SourceEncryptionContext.a": "1"})["CiphertextBlob"]
        assert api.code("Decrypt", {"CiphertextBlob": moved}) == INVALID
        assert api.ok("Decrypt", {"CiphertextBlob": moved, "EncryptionContext.b": "2"})["Plaintext"] == "x"

    def test_not_in_both_forms(self, api: Any) -> None:
        both = {"EncryptionContext": '{"a":"1"}', "EncryptionContext.a": "1"}
        assert api.code("Encrypt", {"KeyId": api.key(), "Plaintext": "x", **both}) == INVALID


class TestLookalikes:
    @pytest.mark.parametrize(
        "name",
        [
            "encryptionContext",
            "encryptioncontext.a",
            "encryption_context",
            "EncryptionContexts",
            "EncyptionContext",
            "DryRun.x",
            "dryrun",
            "DryRuns",
            "keyid",
            "Plaintext.1",
            "Policy",
            "Recipients",
            "SourceEncryptionContext",
        ],
    )
    def test_refused_and_named(self, api: Any, name: str) -> None:
        status, body = api.ask("Encrypt", {"KeyId": api.key(), "Plaintext": "x", name: "true"})
        assert status == 400
        assert body["Message"].lower() == f'the specified parameter "{name.lower()}" is not valid.'

    @pytest.mark.parametrize("name", ["Foo", "ClientToken", "Tenant.1", "OwnerAccount"])
    def test_strangers_are_ignored(self, api: Any, name: str) -> None:
        api.ok("Encrypt", {"KeyId": api.key(), "Plaintext": "x", name: "true"})

    def test_no_operation_ignores_a_dry_run(self, api: Any) -> None:
        """Where there is none, something would be done that was only to be tried."""
        for name, row in api.dialect.operations.items():
            known = {field.name for field in row.request}
            for binding in set(BINDING) - known:
                assert api.code(name, {binding: "true"})[0] >= 400, (name, binding)
        alias = {"KeyId": api.key(), "AliasName": "alias/a"}
        assert api.code("CreateAlias", {**alias, "DryRun": "true"}) == INVALID
        api.ok("CreateAlias", alias)

    def test_a_gap_in_a_list_is_refused(self, api: Any) -> None:
        order = {"ResourceType": "key", "RegionId": "cn-hangzhou", "ResourceId.1": api.key()}
        assert api.code("TagResources", {**order, "Tag.1.Key": "a", "Tag.3.Key": "b"}) == INVALID


class TestLists:
    def test_what_is_named_need_not_be_there_and_opens_nothing(self, api: Any) -> None:
        api.ok("CreatePolicy", {**POLICY, "AccessControlRules": '{"NetworkRules":["none"]}'})
        order = {"Name": "point", "AuthenticationMethod": "ClientKey", "Policies": '["later","p"]'}
        assert json.loads(api.ok("CreateApplicationAccessPoint", order)["Policies"]) == ["later", "p"]
        assert api.code("DescribePolicy", {"Name": "later"})[0] == 404

    def test_duplicates_stay(self, api: Any) -> None:
        made = api.ok("CreatePolicy", {**POLICY, "Resources": '["key/*","key/*"]'})
        assert json.loads(made["Resources"]) == ["key/*", "key/*"]

    @pytest.mark.parametrize("nothing", ["", "[]"])
    def test_an_update_may_take_every_permission_away(self, api: Any, nothing: str) -> None:
        api.ok("CreatePolicy", POLICY)
        assert api.code("CreatePolicy", {**POLICY, "Name": "q", "Permissions": "[]"}) == INVALID
        api.ok("UpdatePolicy", {"Name": "p", "Permissions": nothing})
        assert api.ok("DescribePolicy", {"Name": "p"})["Permissions"] == []


class TestEmptyTexts:
    def test_an_empty_text_clears_and_an_absent_one_does_not(self, api: Any) -> None:
        api.ok("CreatePolicy", {**POLICY, "Description": "text", "AccessControlRules": '{"NetworkRules":["office"]}'})
        api.ok("CreateNetworkRule", {**RULE, "Description": "text"})
        api.ok("CreateApplicationAccessPoint", {"Name": "a", "Policies": '["p"]', "Description": "text"})
        secret = {"SecretName": "s", "VersionId": "v", "SecretData": "x", "Description": "text"}
        api.ok("CreateSecret", secret)
        for kind, name in (
            ("Policy", {"Name": "p"}),
            ("NetworkRule", {"Name": "office"}),
            ("ApplicationAccessPoint", {"Name": "a"}),
            ("Secret", {"SecretName": "s"}),
        ):
            api.ok(f"Update{kind}", name)
            assert api.ok(f"Describe{kind}", name)["Description"] == "text"
            api.ok(f"Update{kind}", {**name, "Description": ""})
            assert api.ok(f"Describe{kind}", name)["Description"] == ""
        api.ok("UpdatePolicy", {"Name": "p", "AccessControlRules": ""})
        assert api.ok("DescribePolicy", {"Name": "p"})["AccessControlRules"] == ""
        api.ok("UpdateNetworkRule", {"Name": "office", "SourcePrivateIp": ""})
        assert api.ok("DescribeNetworkRule", {"Name": "office"})["SourcePrivateIp"] == "[]"


class TestSecrets:
    def test_the_default_key_is_not_shown(self, api: Any) -> None:
        """Terraform would otherwise make the secret again with every apply."""
        key_id = api.key()
        value = {"VersionId": "v", "SecretData": "x"}
        api.ok("CreateSecret", {"SecretName": "plain", **value})
        api.ok("CreateSecret", {"SecretName": "chosen", "EncryptionKeyId": key_id, **value})
        assert "EncryptionKeyId" not in api.ok("DescribeSecret", {"SecretName": "plain"})
        assert api.ok("DescribeSecret", {"SecretName": "chosen"})["EncryptionKeyId"] == key_id

    @pytest.mark.parametrize("data", ["no base64", "YQ", "YQ==\n"])
    def test_binary_values_are_base64(self, api: Any, data: str) -> None:
        order = {"SecretName": "s", "VersionId": "v", "SecretDataType": "binary"}
        status, body = api.ask("CreateSecret", {**order, "SecretData": data})
        assert (status, body["Message"]) == (400, 'The specified parameter "SecretData" is not valid.')
        api.ok("CreateSecret", {**order, "SecretData": "YQ=="})
        assert api.code("PutSecretValue", {**order, "VersionId": "w", "SecretData": data}) == INVALID
        api.ok("PutSecretValue", {**order, "VersionId": "w", "SecretData": base64.b64encode(b"b").decode()})


def test_hardware_is_not_answered_with_software(api: Any) -> None:
    order = {"ProtectionLevel": "HSM", "DKMSInstanceId": api.runtime.founded.instance.id}
    assert api.code("CreateKey", order)[0] == 400
