"""Secrets through the gate: values, versions, stages, deletion, quotas, tags, permissions, what is at rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitting.core import faults
from bitting.core.model.identity import Statement
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.secret import CURRENT, PENDING, PREVIOUS, Secret, SecretState, SecretType, SecretVersion, Stage
from bitting.core.model.service import Quota
from bitting.core.scheduler import Scheduler
from bitting.core.usecases.keys import lifecycle as keys
from bitting.core.usecases.secrets import lifecycle as secrets
from bitting.core.usecases.secrets import listing as secret_lists
from bitting.core.usecases.secrets import stages
from bitting.core.usecases.secrets import versions as secret_versions
from bitting.core.usecases.secrets.passwords import GeneratePassword, generate_password, rotation_password
from bitting.core.usecases.secrets.sweeps import SECRET_SWEEPS


def create(session, name="db", value=b"one", **given):
    return session.run(secrets.create, secrets.CreateSecret(name, value, **given))


def put(session, value, name="db", **given):
    return session.run(secret_versions.put_value, secret_versions.PutValue(name, value, **given))


def get(session, name="db", who=None, **given):
    return session.run(secret_versions.get_value, secret_versions.GetValue(name, **given), who)


def on_stages(session, name="db"):
    page = session.run(secret_versions.list_versions, secret_versions.ListVersions(name))
    return {staged.version.name: set(staged.stages) for staged in page.versions}


def quota(session, name, limit):
    with session.runtime.store.begin(write=True) as uow:
        uow.of(Quota).add(Quota(f"{session.principal.ring}/{name}", session.principal.ring, name, limit))


def test_a_value_comes_back_from_the_current_version(session):
    made = create(session)
    assert made.version.name == "v1"
    assert get(session).value == b"one"
    assert get(session).stages == (CURRENT,)
    put(session, b"two", binary=True)
    value = get(session)
    assert (value.value, value.version.name, value.version.binary) == (b"two", "v2", True)
    assert get(session, version="v1").value == b"one"
    assert get(session, stage=PREVIOUS).value == b"one"


def test_values_are_sealed_at_rest_and_bound_to_their_place(session):
    create(session, value=b"very secret value")
    create(session, "other", b"another secret value")
    first, second = session.all(SecretVersion)
    assert b"very secret" not in first.sealed + first.data_key
    secret = session.all(Secret, name="other")[0]
    with session.runtime.store.begin(write=True) as uow:
        moved = second if second.secret_id == secret.id else first
        source = first if moved is second else second
        uow.of(SecretVersion).put(replace(moved, sealed=source.sealed, data_key=source.data_key))
        uow.of(Secret).put(replace(secret, revision=secret.revision + 1))
    with pytest.raises(faults.ProviderFailed):
        get(session, "other")


def test_equal_values_are_sealed_differently(session):
    create(session)
    put(session, b"one")
    first, second = session.all(SecretVersion)
    assert first.sealed != second.sealed
    assert first.data_key != second.data_key


def test_secrets_without_a_key_share_the_service_key_made_on_first_use(session):
    create(session)
    create(session, "second")
    (key,) = session.all(Key)
    assert (key.name, key.service) == ("csms/default", "csms")
    assert {secret.key_id for secret in session.all(Secret)} == {key.id}


def test_a_key_of_ones_own_protects_and_a_new_one_counts_for_new_versions(session):
    first, second = (session.run(keys.create, keys.CreateKey()) for _ in range(2))
    create(session, key=KeyRef.by_id(first.id))
    session.run(secrets.update, secrets.UpdateSecret("db", key=KeyRef.by_id(second.id)))
    put(session, b"two")
    assert get(session, version="v1").version.key_id == first.id
    assert get(session).version.key_id == second.id
    session.run(keys.disable, keys.KeyCommand(KeyRef.by_id(second.id)))
    with pytest.raises(faults.KeyDisabled):
        get(session)
    with pytest.raises(faults.KeyDisabled):
        put(session, b"three")
    assert get(session, version="v1").value == b"one"


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"spec": "RSA_2048"}, faults.SymmetricKeyRequired), ({"spec": "HMAC_SHA256"}, faults.SymmetricKeyRequired)],
)
def test_unfit_keys_are_refused_before_anything_is_written(session, given, fault):
    key = session.run(keys.create, keys.CreateKey(**given))
    with pytest.raises(fault):
        create(session, key=KeyRef.by_id(key.id))
    assert session.all(Secret) == []


def test_long_values_are_read_from_the_store_each_time(session):
    create(session, value=b"x" * 30_720)
    assert get(session).value == b"x" * 30_720
    assert get(session).value == b"x" * 30_720


def test_the_cache_hears_of_everything(session):
    create(session)
    assert get(session).value == b"one"
    put(session, b"two")
    assert get(session).value == b"two"
    session.run(stages.move_stage, stages.MoveStage("db", CURRENT, "v1"))
    assert get(session).value == b"one"
    session.run(secrets.delete, secrets.SecretCommand("db"))
    with pytest.raises(faults.ResourceNotFound):
        get(session)
    create(session, value=b"again")
    assert get(session).value == b"again"


def test_a_version_given_twice_is_no_news_if_the_value_is_the_same(session):
    create(session, version="a")
    put(session, b"two", version="b")
    assert put(session, b"two", version="b").stages == (CURRENT,)
    assert len(session.all(SecretVersion)) == 2
    with pytest.raises(faults.ResourceExists) as other:
        put(session, b"three", version="b")
    assert other.value.detail("kind") == "version"
    with pytest.raises(faults.ResourceExists):
        put(session, b"two", version="b", binary=True)


def test_numbers_skip_names_that_callers_took(session):
    create(session, version="v2")
    assert [put(session, b"x").version.name for _ in range(2)] == ["v3", "v4"]
    names = {version.name for version in session.all(SecretVersion)}
    assert len(names) == 3


def test_current_leaves_previous_behind(session):
    create(session)
    put(session, b"two")
    put(session, b"three")
    assert on_stages(session) == {"v1": set(), "v2": {PREVIOUS}, "v3": {CURRENT}}


def test_stages_of_ones_own_move_and_go(session):
    create(session)
    put(session, b"two", stages=("blue",))
    assert on_stages(session) == {"v1": {CURRENT}, "v2": {"blue"}}
    session.run(stages.move_stage, stages.MoveStage("db", "blue", "v1"))
    assert on_stages(session)["v1"] == {CURRENT, "blue"}
    session.run(stages.remove_stage, stages.RemoveStage("db", "blue"))
    assert [stage.name for stage in session.all(Stage)] == [CURRENT]


@pytest.mark.parametrize("stage", [CURRENT, PREVIOUS, PENDING])
def test_the_services_own_stages_stay(session, stage):
    create(session)
    with pytest.raises(faults.ResourceInUse) as refused:
        session.run(stages.remove_stage, stages.RemoveStage("db", stage))
    assert refused.value.detail("kind") == "stage"


def test_limits_on_stages(session):
    create(session)
    with pytest.raises(faults.QuotaExceeded) as many:
        put(session, b"two", stages=[f"s{n}" for n in range(13)])
    assert many.value.detail("limit") == "stages_in_request"
    put(session, b"two", stages=[f"s{n}" for n in range(11)])
    with pytest.raises(faults.QuotaExceeded) as full:
        session.run(stages.move_stage, stages.MoveStage("db", "one more", "v1"))
    assert full.value.detail("limit") == "stages"
    with pytest.raises(faults.ResourceExists) as twice:
        put(session, b"three", stages=("a", "a"))
    assert twice.value.detail("kind") == "stage"
    assert len(session.all(SecretVersion)) == 2


def test_the_oldest_unnamed_versions_make_room_and_named_ones_stay(session):
    create(session)
    session.run(stages.move_stage, stages.MoveStage("db", "kept", "v1"))
    for number in range(2, 26):
        put(session, b"%d" % number)
    names = [version.name for version in sorted(session.all(SecretVersion), key=lambda v: v.number)]
    assert names == ["v1", *(f"v{n}" for n in range(7, 26))]


def test_deletion_waits_and_can_be_undone(session):
    create(session)
    session.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    for attempt in (lambda: get(session), lambda: put(session, b"two")):
        with pytest.raises(faults.SecretPendingDeletion) as refused:
            attempt()
        assert refused.value.use == "value"
    with pytest.raises(faults.SecretPendingDeletion) as again:
        session.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    assert again.value.use == ""
    with pytest.raises(faults.ResourceExists):
        create(session)
    session.run(secrets.restore, secrets.SecretCommand("db"))
    assert get(session).value == b"one"
    with pytest.raises(faults.SecretNotPendingDeletion):
        session.run(secrets.restore, secrets.SecretCommand("db"))


def test_when_the_window_is_over_it_is_gone_before_anybody_swept(session):
    create(session)
    session.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    session.clock.advance(days=7)
    with pytest.raises(faults.ResourceNotFound):
        get(session)
    with pytest.raises(faults.ResourceNotFound):
        session.run(secrets.restore, secrets.SecretCommand("db"))
    sweeper = Scheduler(session.runtime.gate, {}, SECRET_SWEEPS, "w", lambda where, error: pytest.fail(str(error)))
    assert sweeper.run_due() == 1
    assert sweeper.run_due() == 0
    assert (session.all(Secret), session.all(SecretVersion), session.all(Stage)) == ([], [], [])


def test_a_name_is_free_again_once_the_window_is_over(session):
    create(session)
    session.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    session.clock.advance(days=7)
    assert create(session, value=b"new").secret.name == "db"
    assert get(session).value == b"new"


@pytest.mark.parametrize("state", [SecretState.DISABLED, SecretState.FROZEN])
def test_a_secret_that_is_not_enabled_keeps_its_values(session, state):
    secret = create(session).secret
    use, order = {
        SecretState.DISABLED: (secrets.disable, secrets.SecretCommand("db")),
        SecretState.FROZEN: (secrets.freeze, secrets.SecretById(secret.id)),
    }[state]
    session.run(use, order, replace(session.principal, operator=True))
    for attempt in (lambda: get(session), lambda: put(session, b"two")):
        with pytest.raises(faults.SecretNotEnabled):
            attempt()
    session.run(secrets.enable, secrets.SecretCommand("db"))
    assert get(session).value == b"one"


def test_quota_of_secrets(session):
    quota(session, "secrets", 1)
    create(session)
    with pytest.raises(faults.QuotaExceeded) as full:
        create(session, "second")
    assert full.value.detail("limit") == "secrets"


@pytest.mark.parametrize("name", ["secrets", "versions", "stages"])
def test_a_withdrawn_quota_is_not_found(session, name):
    create(session)
    quota(session, name, -1)
    attempts = {
        "secrets": lambda: create(session, "second"),
        "versions": lambda: put(session, b"two"),
        "stages": lambda: session.run(stages.move_stage, stages.MoveStage("db", "x", "v1")),
    }
    with pytest.raises(faults.ResourceNotFound) as refused:
        attempts[name]()
    assert refused.value.detail("kind") == f"{name[:-1]}_quota"


def test_rings_are_walls(session):
    create(session)
    other_account = replace(session.principal, ring="another")
    with pytest.raises(faults.ResourceNotFound):
        get(session, who=other_account)


def test_permission_comes_before_existence(session):
    create(session)
    nobody = session.limited(Statement(("secret:*",), ("secret/mine",)))
    for name in ("db", "absent"):
        with pytest.raises(faults.PermissionDenied) as refused:
            get(session, name, nobody)
        assert refused.value.detail("resource") == f"secret/{name}"


def test_reading_needs_the_key_too_unless_it_is_the_services(session):
    key = session.run(keys.create, keys.CreateKey())
    create(session, key=KeyRef.by_id(key.id))
    create(session, "plain")
    reader = session.limited(Statement(("secret:get_value",), ("secret/*",)))
    assert get(session, "plain", reader).value == b"one"
    with pytest.raises(faults.PermissionDenied) as refused:
        get(session, who=reader)
    assert refused.value.detail("resource") == f"key/{key.id}"
    of_key = Statement(("key:decrypt",), (f"key/{key.id}",))
    both = session.limited(Statement(("secret:get_value",), ("secret/*",)), of_key)
    assert get(session, who=both).value == b"one"


def test_managed_secrets_are_read_by_stage_alone_where_an_api_says_so(session):
    create(session, type=SecretType.DATABASE, second=b"other")
    assert get(session, version="nonsense", system_only=True).value == b"one"
    assert get(session, stage=PREVIOUS, system_only=True).value == b"other"


def test_a_version_and_a_stage_must_agree(session):
    create(session)
    assert get(session, version="v1", stage=CURRENT).value == b"one"
    put(session, b"two")
    with pytest.raises(faults.InvalidParameter):
        get(session, version="v1", stage=CURRENT)


def test_lists_filter_and_page(session):
    for name in ("apple", "banana", "cherry"):
        create(session, name, description=f"a {name}", tags=("colour", "red" if name != "banana" else "yellow"))

    def listed(wanted, **given):
        order = secret_lists.ListSecrets(secret_lists.SecretFilter(**wanted), **given)
        return session.run(secret_lists.list_secrets, order)

    assert [secret.name for secret in listed({}).secrets] == ["apple", "banana", "cherry"]
    page = listed({}, limit=1, after="apple")
    assert ([secret.name for secret in page.secrets], page.more, page.total) == (["banana"], True, 3)
    assert [secret.name for secret in listed({"tags": {"colour": ("red",)}}).secrets] == ["apple", "cherry"]
    assert [secret.name for secret in listed({"names": ("AN",)}).secrets] == ["banana"]
    both = listed({"tag_values": ("yellow",), "descriptions": ("ban",)})
    assert [secret.name for secret in both.secrets] == ["banana"]
    assert listed({"types": (SecretType.DATABASE,)}).secrets == []


def test_tags_come_and_go_and_stop_at_twenty(session):
    secret = create(session).secret
    session.run(secret_lists.tag, secret_lists.TagSecret({f"k{n}": "v" for n in range(20)}, secret_id=secret.id))
    with pytest.raises(faults.QuotaExceeded):
        session.run(secret_lists.tag, secret_lists.TagSecret({"k20": "v"}, "db"))
    session.run(secret_lists.tag, secret_lists.TagSecret({"k0": "w"}, "db"))
    session.run(secret_lists.untag, secret_lists.UntagSecret([f"k{n}" for n in range(1, 20)], "db"))
    assert secret_lists.tag_pairs(session.all(Secret)[0]) == {"k0": "w"}
    assert session.run(secret_lists.all_tags, secret_lists.ListAllTags()) == {"k0": ["w"]}


def test_passwords_are_made_to_order(session):
    def make(**given):
        return session.run(generate_password, GeneratePassword(**given))

    assert len(make()) == 32
    assert make(length=64, lowercase=False, uppercase=False, punctuation=False).isdigit()
    for _ in range(50):
        text = make(length=8, exclude="abc")
        assert not set(text) & set("abc")
        assert any(c.isdigit() for c in text)
        assert any(c.isupper() for c in text)
    with pytest.raises(faults.InvalidParameter):
        make(lowercase=False, uppercase=False, digits=False, punctuation=False)
    assert len(rotation_password(session.runtime.entropy)) == 32
