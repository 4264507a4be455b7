"""Access: network rules, policies, access points, client keys and capsules, through the gate in memory."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, pkcs12

from bitting.core import faults
from bitting.core.model.access import ClientCertificate
from bitting.core.model.identity import AccessPolicy, ApplicationAccessPoint, ClientKey, NetworkRule, Statement
from bitting.core.model.key import KeyRef
from bitting.core.usecases.access import (
    application_access_points,
    capsule_access,
    capsules,
    client_key_setup,
    client_keys,
)

PASSWORD = "a-Password-1"
by_id = KeyRef.by_id
ByName = application_access_points.ByName


def point(session: Any, name: str = "p") -> ApplicationAccessPoint:
    session.run(
        application_access_points.create_access_policy,
        application_access_points.CreateAccessPolicy(f"{name}-policy", ["x"], ["key/*"]),
    )
    made: ApplicationAccessPoint = session.run(
        application_access_points.create_access_point,
        application_access_points.CreateAccessPoint(name, [f"{name}-policy"]),
    )
    return made


class TestNetworkRules:
    def test_the_whole_life(self, session: Any) -> None:
        order = application_access_points.CreateNetworkRule("net", ["10.0.0.0/8", "::1", "10.0.0.0/8"], description="d")
        made = session.run(application_access_points.create_network_rule, order)
        assert (made.name, made.kind, made.sources, made.description) == (
            "net",
            "Private",
            ("10.0.0.0/8", "::1", "10.0.0.0/8"),
            "d",
        )
        assert session.run(application_access_points.describe_network_rule, ByName("net")) == made
        changed = session.run(
            application_access_points.update_network_rule,
            application_access_points.UpdateNetworkRule("net", ["192.0.2.1"]),
        )
        assert (changed.sources, changed.description) == (("192.0.2.1",), "d")
        changed = session.run(
            application_access_points.update_network_rule,
            application_access_points.UpdateNetworkRule("net", description="e"),
        )
        assert (changed.sources, changed.description) == (("192.0.2.1",), "e")
        page = session.run(application_access_points.list_network_rules, application_access_points.ListNamed())
        assert (list(page.items), page.total) == ([changed], 1)
        assert session.run(application_access_points.delete_network_rule, ByName("net")) == changed
        assert session.all(NetworkRule) == []

    @pytest.mark.parametrize("source", ["", "10.0.0.256", "10.0.0.0/33", "example.com", "::1/129"])
    def test_sources_that_are_none(self, session: Any, source: str) -> None:
        order = application_access_points.CreateNetworkRule("net", ["10.0.0.1", source])
        assert (
            session.fails(faults.InvalidParameter, application_access_points.create_network_rule, order).parameter
            == "sources"
        )
        session.run(application_access_points.create_network_rule, application_access_points.CreateNetworkRule("net"))
        change = application_access_points.UpdateNetworkRule("net", [source])
        assert (
            session.fails(faults.InvalidParameter, application_access_points.update_network_rule, change).parameter
            == "sources"
        )

    def test_a_name_is_had_once(self, session: Any) -> None:
        session.run(application_access_points.create_network_rule, application_access_points.CreateNetworkRule("net"))
        with pytest.raises(faults.ResourceExists):
            session.run(
                application_access_points.create_network_rule, application_access_points.CreateNetworkRule("net")
            )


class TestPolicies:
    def test_the_whole_life(self, session: Any) -> None:
        session.run(application_access_points.create_network_rule, application_access_points.CreateNetworkRule("net"))
        order = application_access_points.CreateAccessPolicy(
            "pol", ["a", "b", "a"], ["key/*", "key/*"], network_rules=["net", "net"]
        )
        made = session.run(application_access_points.create_access_policy, order)
        assert (made.permissions, made.resources, made.network_rules) == (
            ("a", "b", "a"),
            ("key/*", "key/*"),
            ("net", "net"),
        )
        assert made.instance_id == session.runtime.founded.instance.id
        change = application_access_points.UpdateAccessPolicy("pol", resources=["secret/*"])
        changed = session.run(application_access_points.update_access_policy, change)
        assert changed == replace(made, resources=("secret/*",))
        assert session.run(application_access_points.describe_access_policy, ByName("pol")) == changed
        page = session.run(
            application_access_points.list_access_policies, application_access_points.ListNamed(offset=1)
        )
        assert ([policy.name for policy in page.items], page.total) == (["pol"], 2)
        session.run(application_access_points.delete_access_policy, ByName("pol"))
        assert [policy.name for policy in session.all(AccessPolicy)] == ["default"]

    def test_of_an_instance_that_is_not_there(self, session: Any) -> None:
        order = application_access_points.CreateAccessPolicy("pol", ["a"], ["key/*"], instance_id="kst-none")
        session.fails(faults.ResourceNotFound, application_access_points.create_access_policy, order)

    def test_shared_keys_need_no_instance(self, session: Any) -> None:
        order = application_access_points.CreateAccessPolicy("pol", ["a"], ["key/*"], application_access_points.SHARED)
        assert (
            session.run(application_access_points.create_access_policy, order).instance_id
            == application_access_points.SHARED
        )


class TestAccessPoints:
    def test_the_whole_life(self, session: Any) -> None:
        made = point(session)
        assert (made.name, made.method, made.policies) == ("p", "ClientKey", ("p-policy",))
        assert session.run(application_access_points.describe_access_point, ByName("p")) == made
        changed = session.run(
            application_access_points.update_access_point,
            application_access_points.UpdateAccessPoint("p", description="d"),
        )
        assert changed == replace(made, description="d")
        page = session.run(application_access_points.list_access_points, application_access_points.ListNamed())
        assert [found.name for found in page.items] == ["default", "p"]

    @pytest.mark.parametrize("policies", [[], ["a", "b", "c", "d"]])
    def test_one_to_three_policies(self, session: Any, policies: list[str]) -> None:
        order = application_access_points.CreateAccessPoint("p", policies)
        assert (
            session.fails(faults.InvalidParameter, application_access_points.create_access_point, order).parameter
            == "policies"
        )

    def test_policies_may_come_later(self, session: Any) -> None:
        order = application_access_points.CreateAccessPoint("p", ["later", "later"])
        made = session.run(application_access_points.create_access_point, order)
        assert made.policies == ("later", "later")

    def test_it_goes_with_its_client_keys(self, session: Any) -> None:
        point(session)
        session.run(client_keys.create, client_keys.CreateClientKey("p", PASSWORD))
        session.run(application_access_points.delete_access_point, ByName("p"))
        assert (session.all(ClientKey), session.all(ClientCertificate)) == ([], [])


@pytest.mark.parametrize(
    ("use", "command", "resource"),
    [
        (application_access_points.describe_network_rule, ByName("none"), "network"),
        (application_access_points.update_network_rule, application_access_points.UpdateNetworkRule("none"), "network"),
        (application_access_points.delete_network_rule, ByName("none"), "network"),
        (application_access_points.describe_access_policy, ByName("none"), "policy"),
        (
            application_access_points.update_access_policy,
            application_access_points.UpdateAccessPolicy("none"),
            "policy",
        ),
        (application_access_points.delete_access_policy, ByName("none"), "policy"),
        (application_access_points.describe_access_point, ByName("none"), "applicationaccesspoint"),
        (
            application_access_points.update_access_point,
            application_access_points.UpdateAccessPoint("none"),
            "applicationaccesspoint",
        ),
        (application_access_points.delete_access_point, ByName("none"), "applicationaccesspoint"),
    ],
)
def test_what_is_not_there_and_who_may_ask_for_it(session: Any, use: Any, command: Any, resource: str) -> None:
    assert session.fails(faults.ResourceNotFound, use, command).resource == "none"
    allowed = session.limited(Statement((use.action,), (f"{resource}/none",)))
    session.fails(faults.ResourceNotFound, use, command, allowed)
    elsewhere = session.limited(Statement((use.action,), (f"{resource}/other",)))
    assert session.fails(faults.PermissionDenied, use, command, elsewhere).resource == f"{resource}/none"


class TestClientKeys:
    def test_the_file_opens_with_the_password_alone(self, session: Any) -> None:
        made = session.run(client_keys.create, client_keys.CreateClientKey("default", PASSWORD))
        file = json.loads(made.file())
        assert file["KeyId"] == made.record.id
        assert made.record.id.startswith("KAAP.")
        data = base64.b64decode(file["PrivateKeyData"])
        private, certificate, _ = pkcs12.load_key_and_certificates(data, PASSWORD.encode())
        assert private is not None
        assert certificate is not None
        with pytest.raises(ValueError, match=r"password|PKCS12"):
            pkcs12.load_key_and_certificates(data, b"another-Password-1")
        seen = session.run(client_keys.describe, client_keys.ClientKeyById(made.record.id))
        assert seen.record == made.record
        assert "BEGIN CERTIFICATE" in seen.public_text

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("short1-", "length"),
            ("a" * 63 + "1-", "length"),
            ("onlyletters", "format"),
            ("123456789", "format"),
            ("with space 1", "format"),
            ("näme-12345", "format"),
        ],
    )
    def test_passwords_of_two_kinds_of_letters(self, session: Any, password: str, reason: str) -> None:
        order = client_keys.CreateClientKey("default", password)
        fault = session.fails(faults.InvalidParameter, client_keys.create, order)
        assert (fault.parameter, fault.reason) == ("password", reason)
        assert password not in str(fault)

    @pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 1), (2, 1), (1, 2)])
    def test_validity_has_two_ends_in_order_and_ahead(self, session: Any, before: int, after: int) -> None:
        order = client_keys.CreateClientKey("default", PASSWORD, before, after)
        assert session.fails(faults.InvalidParameter, client_keys.create, order).parameter == "not_after_ms"

    def test_three_a_point(self, session: Any) -> None:
        order = client_keys.CreateClientKey("default", PASSWORD)
        made = [session.run(client_keys.create, order).record.id for _ in range(3)]
        assert session.fails(faults.QuotaExceeded, client_keys.create, order).limit == "client_keys"
        session.run(client_keys.delete, client_keys.ClientKeyById(made[0]))
        now = session.clock.now_ms()
        made[0] = session.run(client_keys.create, replace(order, not_before_ms=now, not_after_ms=now + 1)).record.id
        listed = session.run(client_keys.list_, client_keys.ListClientKeys("default"))
        assert {seen.record.id for seen in listed} == set(made)
        assert len(session.run(client_keys.list_, client_keys.ListClientKeys())) == 3

    def test_points_and_keys_that_are_not_there(self, session: Any) -> None:
        session.fails(faults.ResourceNotFound, client_keys.create, client_keys.CreateClientKey("none", PASSWORD))
        session.fails(faults.ResourceNotFound, client_keys.list_, client_keys.ListClientKeys("none"))
        for use in (client_keys.describe, client_keys.delete):
            session.fails(faults.ResourceNotFound, use, client_keys.ClientKeyById("KAAP.none"))
        made = session.run(client_keys.create, client_keys.CreateClientKey("default", PASSWORD))
        other = session.other_account()
        for use in (client_keys.describe, client_keys.delete):
            session.fails(faults.ResourceNotFound, use, client_keys.ClientKeyById(made.record.id), other)


class TestClientKeySetup:
    def order(self, session: Any, **more: Any) -> client_key_setup.SetUpClientKey:
        return client_key_setup.SetUpClientKey(session.principal.account_id, PASSWORD, **more)

    def test_a_key_of_the_point_that_is_there(self, session: Any) -> None:
        made = session.operate(client_key_setup.set_up, self.order(session))
        assert made.record.access_point == "default"
        account = client_key_setup.ClientKeysOf(session.principal.account_id)
        assert session.operate(client_key_setup.list_client_keys, account) == [made.record]
        by_domain = client_key_setup.ClientKeysOf(session.principal.domain_id)
        assert session.operate(client_key_setup.list_client_keys, by_domain) == [made.record]
        assert [found.name for found in session.operate(client_key_setup.list_access_points, account)] == ["default"]
        revoked = session.operate(client_key_setup.revoke, client_key_setup.ClientKeyById(made.record.id))
        assert revoked == made.record
        assert session.operate(client_key_setup.list_client_keys, account) == []

    def test_a_new_point_with_policy_and_rule(self, session: Any) -> None:
        order = self.order(session, access_point="app", resources=["key/*", "secret/db"], networks=["10.0.0.0/8"])
        assert session.operate(client_key_setup.set_up, order).record.access_point == "app"
        policy = session.run(application_access_points.describe_access_policy, ByName("app"))
        assert (policy.resources, policy.network_rules) == (("key/*", "secret/db"), ("app",))
        assert session.run(application_access_points.describe_network_rule, ByName("app")).sources == ("10.0.0.0/8",)
        with pytest.raises(faults.ResourceExists):
            session.operate(client_key_setup.set_up, order)

    @pytest.mark.parametrize(
        ("change", "parameter"),
        [
            ({"access_point": "a b"}, "access_point"),
            ({"access_point": "ä"}, "access_point"),
            ({"resources": ["other/x"]}, "resources"),
            ({"resources": ["key/"]}, "resources"),
            ({"resources": ["key/a*b"]}, "resources"),
            ({"resources": ["key/x"] * 101}, "resources"),
            ({"networks": ["x"]}, "networks"),
            ({"networks": ["10.0.0.0/8"] * 101}, "networks"),
            ({"password": "short"}, "password"),
        ],
    )
    def test_refused(self, session: Any, change: dict[str, Any], parameter: str) -> None:
        order = replace(self.order(session, access_point="app", resources=["key/*"]), **change)
        with pytest.raises(faults.InvalidParameter) as caught:
            session.operate(client_key_setup.set_up, order)
        assert caught.value.parameter == parameter
        assert [found.name for found in session.all(ApplicationAccessPoint)] == ["default"]

    def test_not_found(self, session: Any) -> None:
        for use, command in (
            (client_key_setup.set_up, self.order(session, access_point="none")),
            (client_key_setup.set_up, replace(self.order(session), account_id="none")),
            (client_key_setup.list_client_keys, client_key_setup.ClientKeysOf("none")),
            (client_key_setup.list_access_points, client_key_setup.ClientKeysOf("none")),
            (client_key_setup.revoke, client_key_setup.ClientKeyById("none")),
        ):
            with pytest.raises(faults.ResourceNotFound):
                session.operate(use, command)


SPACE = "11111111-1111-4111-8111-111111111111"


class TestCapsulePolicies:
    def custom(self, session: Any, name: str = "app") -> Any:
        return session.run(
            capsule_access.create_capsule_access_point, capsule_access.CreateCapsuleAccessPoint(SPACE, name, "custom")
        )

    def test_points(self, session: Any) -> None:
        made = self.custom(session)
        assert (made.name, made.kind, made.enabled) == ("app", "custom", True)
        named = capsule_access.CapsuleAccessPointById(made.id)
        assert session.run(capsule_access.disable_capsule_access_point, named).enabled is False
        assert session.run(capsule_access.enable_capsule_access_point, named).enabled is True
        half = session.run(capsule_access.private_key, named)
        assert load_der_private_key(half.der, None)
        assert half.der.hex() not in repr(half)
        assert session.fails(faults.UnsupportedOperation, capsule_access.private_key, named).feature == "private_key"
        page = session.run(capsule_access.list_capsule_access_points, capsule_access.ListInKeySpace(SPACE))
        assert ([found.id for found in page.items], page.next) == ([made.id], "")
        session.run(capsule_access.delete_capsule_access_point, named)
        for use in (
            capsule_access.delete_capsule_access_point,
            capsule_access.enable_capsule_access_point,
            capsule_access.private_key,
        ):
            assert session.fails(faults.ResourceNotFound, use, named).kind == "access_point"

    def test_pages(self, session: Any) -> None:
        order = capsule_access.CreateCapsuleAccessPoint(SPACE, "a", "ecs", "machine")
        ids = sorted(
            session.run(capsule_access.create_capsule_access_point, replace(order, name=name)).id for name in "abc"
        )
        page = session.run(capsule_access.list_capsule_access_points, capsule_access.ListInKeySpace(SPACE, 2))
        assert ([found.id for found in page.items], page.next) == (ids[:2], ids[1])
        page = session.run(
            capsule_access.list_capsule_access_points, capsule_access.ListInKeySpace(SPACE, 2, page.next)
        )
        assert ([found.id for found in page.items], page.next) == (ids[2:], "")

    def test_machines_have_an_identity_and_no_private_key(self, session: Any) -> None:
        order = capsule_access.CreateCapsuleAccessPoint(SPACE, "vm", "ecs")
        assert (
            session.fails(faults.MissingParameter, capsule_access.create_capsule_access_point, order).parameter
            == "identity"
        )
        made = session.run(capsule_access.create_capsule_access_point, replace(order, identity="i-1"))
        named = capsule_access.CapsuleAccessPointById(made.id)
        session.fails(faults.UnsupportedOperation, capsule_access.private_key, named)
        fault = session.fails(
            faults.ResourceExists, capsule_access.create_capsule_access_point, replace(order, identity="i-2")
        )
        assert fault.kind == "space"

    def test_a_space_holds_so_many(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(capsule_access, "PER_SPACE_MAX", 1)
        session.run(capsule_access.create_capsule_policy, capsule_access.CreateCapsulePolicy(SPACE, "a", "{}"))
        order = capsule_access.CreateCapsulePolicy(SPACE, "b", "{}")
        assert session.fails(faults.QuotaExceeded, capsule_access.create_capsule_policy, order).limit == "key space"

    def test_policies(self, session: Any) -> None:
        order = capsule_access.CreateCapsulePolicy(SPACE, "pol", "{}", "d")
        made = session.run(capsule_access.create_capsule_policy, order)
        text = json.dumps({"version": "2.0", "allowedAccessPoint": ["x"]})
        changed = session.run(capsule_access.update_capsule_policy, capsule_access.UpdateCapsulePolicy(made.id, text))
        assert (changed.text, changed.description) == (text, "d")
        named = capsule_access.CapsulePolicyById(made.id)
        assert session.run(capsule_access.describe_capsule_policy, named) == changed
        page = session.run(capsule_access.list_capsule_policies, capsule_access.ListInKeySpace(SPACE))
        assert list(page.items) == [changed]
        session.run(capsule_access.delete_capsule_policy, named)
        assert (
            session.fails(faults.ResourceNotFound, capsule_access.describe_capsule_policy, named).kind == "key_policy"
        )

    @pytest.mark.parametrize(
        ("found", "parameter"),
        [
            ("", "policy"),
            ("[]", "policy"),
            ("{", "policy"),
            ("[" * 100_000, "policy"),
            ('{"validityPeriod": 3}', "policy"),
            ('{"validityPeriod": {"startTime": "soon"}}', "policy"),
            ('{"validity_period": {"end_time": 5}}', "policy"),
            ('{"allowedAccessPoint": "x"}', "policy"),
            ('{"allowedAccessPoint": [1]}', "policy"),
            (
                '{"validityPeriod": {"startTime": "2026-01-02T00:00:00Z", "endTime": "2026-01-01T00:00:00Z"}}',
                "end_time",
            ),
        ],
    )
    def test_texts_that_are_no_policies(self, found: str, parameter: str) -> None:
        with pytest.raises(faults.InvalidParameter) as caught:
            capsule_access.read_policy(found)
        assert caught.value.parameter == parameter

    def test_when_and_whom_it_allows(self, session: Any) -> None:
        made = self.custom(session)
        text = json.dumps(
            {
                "validityPeriod": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-02T00:00:00Z"},
                "allowedAccessPoint": [made.id],
            }
        )
        policy = capsule_access.read_policy(text)
        start, end = 1_767_225_600_000, 1_767_312_000_000
        assert (policy.start_ms, policy.end_ms) == (start, end)
        assert [policy.allows(made, now) for now in (start - 1, start, end - 1, end)] == [False, True, True, False]
        assert not policy.allows(replace(made, id="x"), start)


class TestCapsules:
    @pytest.fixture
    def app(self, session: Any) -> Any:
        return session.run(
            capsule_access.create_capsule_access_point, capsule_access.CreateCapsuleAccessPoint(SPACE, "app", "custom")
        )

    @pytest.fixture
    def private(self, session: Any, app: Any) -> Any:
        """The private half, which is handed out once."""
        half = session.run(capsule_access.private_key, capsule_access.CapsuleAccessPointById(app.id))
        return load_der_private_key(half.der, None)

    def proof(self, session: Any, app: Any, private: Any, capsule: str, ahead_s: int = 60) -> capsules.Proof:
        expires_ms = session.clock.now_ms() + ahead_s * 1000
        signature = private.sign(f"{expires_ms}\n{capsule}".encode(), PKCS1v15(), SHA256())
        return capsules.Proof(signature, app.public, expires_ms, str(expires_ms))

    def test_opened_by_the_point_that_the_policy_names(self, session: Any, app: Any, private: Any) -> None:
        ref = by_id(session.key().id)
        order = capsules.CreateCapsule(ref, 32, policy=json.dumps({"allowedAccessPoint": [app.id]}))
        made = session.run(capsules.create_capsule, order)
        assert len(made.plaintext) == 32
        assert made.plaintext.hex() not in repr(made)
        opening = capsules.OpenCapsule(ref, made.capsule, self.proof(session, app, private, made.capsule))
        opened = session.run(capsules.open_capsule, opening)
        assert (opened.plaintext, opened.instance_id) == (made.plaintext, app.id)

    def test_refused_to_all_others(self, session: Any, app: Any, private: Any) -> None:
        ref = by_id(session.key().id)
        order = capsules.CreateCapsule(ref, 32, policy=json.dumps({"allowedAccessPoint": ["another"]}))
        capsule = session.run(capsules.create_capsule, order).capsule
        opening = capsules.OpenCapsule(ref, capsule, self.proof(session, app, private, capsule))
        session.fails(faults.KeyPermissionDenied, capsules.open_capsule, opening)
        late = replace(opening, proof=self.proof(session, app, private, capsule, 0))
        session.fails(faults.KeyPermissionDenied, capsules.open_capsule, late)
        wrong = replace(opening, proof=replace(self.proof(session, app, private, capsule), expires_text="1"))
        session.fails(faults.KeyPermissionDenied, capsules.open_capsule, wrong)
        assert (
            session.fails(faults.Unavailable, capsules.open_capsule, replace(opening, proof=None)).missing
            == "enclave_root"
        )

    def test_a_named_policy_may_change_and_go(self, session: Any, app: Any, private: Any) -> None:
        ref = by_id(session.key().id)
        text = json.dumps({"allowedAccessPoint": [app.id]})
        policy = session.run(
            capsule_access.create_capsule_policy, capsule_access.CreateCapsulePolicy(SPACE, "pol", text)
        )
        made = session.run(capsules.create_capsule, capsules.CreateCapsule(ref, 16, policy_id=policy.id))
        opening = capsules.OpenCapsule(ref, made.capsule, self.proof(session, app, private, made.capsule))
        assert session.run(capsules.open_capsule, opening).plaintext == made.plaintext
        session.run(capsule_access.update_capsule_policy, capsule_access.UpdateCapsulePolicy(policy.id, "{}"))
        session.fails(faults.KeyPermissionDenied, capsules.open_capsule, opening)
        session.run(capsule_access.delete_capsule_policy, capsule_access.CapsulePolicyById(policy.id))
        session.fails(faults.KeyPermissionDenied, capsules.open_capsule, opening)

    @pytest.mark.parametrize("change", [{}, {"policy": "{}", "policy_id": "x"}], ids=["neither", "both"])
    def test_one_policy(self, session: Any, change: dict[str, str]) -> None:
        order = capsules.CreateCapsule(by_id(session.key().id), 32, **change)
        assert session.fails(faults.MissingParameter, capsules.create_capsule, order).parameter == "policy_id"

    def test_symmetric_keys_only(self, session: Any) -> None:
        order = capsules.CreateCapsule(by_id(session.key(spec="EC_P256").id), 32, policy="{}")
        session.fails(faults.SymmetricKeyRequired, capsules.create_capsule, order)

    @pytest.mark.parametrize("bent", ["", "AAAA", "e30=", base64.b64encode(b"[]").decode(),
                                      base64.b64encode(b'{"key": 1}').decode(),
                                      base64.b64encode(b'{"key": "AAAA", "policy": 1}').decode()])  # fmt: skip
    def test_texts_that_are_no_capsules(self, session: Any, bent: str) -> None:
        opening = capsules.OpenCapsule(by_id(session.key().id), bent, None)
        session.fails(faults.InvalidCiphertext, capsules.open_capsule, opening)

    def test_the_policy_is_bound(self, session: Any, app: Any, private: Any) -> None:
        ref = by_id(session.key().id)
        made = session.run(capsules.create_capsule, capsules.CreateCapsule(ref, 32, policy="{}"))
        whole = json.loads(base64.b64decode(made.capsule))
        whole["policy"] = json.dumps({"allowedAccessPoint": [app.id]})
        bent = base64.b64encode(json.dumps(whole).encode()).decode()
        opening = capsules.OpenCapsule(ref, bent, self.proof(session, app, private, bent))
        with pytest.raises(faults.InvalidCiphertext):
            session.run(capsules.open_capsule, opening)
