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


def create(desk, name="db", value=b"one", **given):
    return desk.run(secrets.create, secrets.CreateSecret(name, value, **given))


def put(desk, value, name="db", **given):
    return desk.run(secret_versions.put_value, secret_versions.PutValue(name, value, **given))


def get(desk, name="db", who=None, **given):
    return desk.run(secret_versions.get_value, secret_versions.GetValue(name, **given), who)


def on_stages(desk, name="db"):
    page = desk.run(secret_versions.list_versions, secret_versions.ListVersions(name))
    return {staged.version.name: set(staged.stages) for staged in page.versions}


def quota(desk, name, limit):
    with desk.runtime.store.begin(write=True) as uow:
        uow.of(Quota).add(Quota(f"{desk.principal.ring}/{name}", desk.principal.ring, name, limit))


def test_a_value_comes_back_from_the_current_version(desk):
    made = create(desk)
    assert made.version.name == "v1"
    assert get(desk).value == b"one"
    assert get(desk).stages == (CURRENT,)
    put(desk, b"two", binary=True)
    value = get(desk)
    assert (value.value, value.version.name, value.version.binary) == (b"two", "v2", True)
    assert get(desk, version="v1").value == b"one"
    assert get(desk, stage=PREVIOUS).value == b"one"


def test_values_are_sealed_at_rest_and_bound_to_their_place(desk):
    create(desk, value=b"very secret value")
    create(desk, "other", b"another secret value")
    first, second = desk.all(SecretVersion)
    assert b"very secret" not in first.sealed + first.data_key
    secret = desk.all(Secret, name="other")[0]
    with desk.runtime.store.begin(write=True) as uow:
        moved = second if second.secret_id == secret.id else first
        source = first if moved is second else second
        uow.of(SecretVersion).put(replace(moved, sealed=source.sealed, data_key=source.data_key))
        uow.of(Secret).put(replace(secret, revision=secret.revision + 1))
    with pytest.raises(faults.ProviderFailed):
        get(desk, "other")


def test_equal_values_are_sealed_differently(desk):
    create(desk)
    put(desk, b"one")
    first, second = desk.all(SecretVersion)
    assert first.sealed != second.sealed
    assert first.data_key != second.data_key


def test_secrets_without_a_key_share_the_service_key_made_on_first_use(desk):
    create(desk)
    create(desk, "second")
    (key,) = desk.all(Key)
    assert (key.name, key.service) == ("csms/default", "csms")
    assert {secret.key_id for secret in desk.all(Secret)} == {key.id}


def test_a_key_of_ones_own_protects_and_a_new_one_counts_for_new_versions(desk):
    first, second = (desk.run(keys.create, keys.CreateKey()) for _ in range(2))
    create(desk, key=KeyRef.by_id(first.id))
    desk.run(secrets.update, secrets.UpdateSecret("db", key=KeyRef.by_id(second.id)))
    put(desk, b"two")
    assert get(desk, version="v1").version.key_id == first.id
    assert get(desk).version.key_id == second.id
    desk.run(keys.disable, keys.KeyCommand(KeyRef.by_id(second.id)))
    with pytest.raises(faults.KeyDisabled):
        get(desk)
    with pytest.raises(faults.KeyDisabled):
        put(desk, b"three")
    assert get(desk, version="v1").value == b"one"


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"spec": "RSA_2048"}, faults.SymmetricKeyRequired), ({"spec": "HMAC_SHA256"}, faults.SymmetricKeyRequired)],
)
def test_unfit_keys_are_refused_before_anything_is_written(desk, given, fault):
    key = desk.run(keys.create, keys.CreateKey(**given))
    with pytest.raises(fault):
        create(desk, key=KeyRef.by_id(key.id))
    assert desk.all(Secret) == []


def test_long_values_are_read_from_the_store_each_time(desk):
    create(desk, value=b"x" * 30_720)
    assert get(desk).value == b"x" * 30_720
    assert get(desk).value == b"x" * 30_720


def test_the_cache_hears_of_everything(desk):
    create(desk)
    assert get(desk).value == b"one"
    put(desk, b"two")
    assert get(desk).value == b"two"
    desk.run(stages.move_stage, stages.MoveStage("db", CURRENT, "v1"))
    assert get(desk).value == b"one"
    desk.run(secrets.delete, secrets.SecretCommand("db"))
    with pytest.raises(faults.ResourceNotFound):
        get(desk)
    create(desk, value=b"again")
    assert get(desk).value == b"again"


def test_a_version_given_twice_is_no_news_if_the_value_is_the_same(desk):
    create(desk, version="a")
    put(desk, b"two", version="b")
    assert put(desk, b"two", version="b").stages == (CURRENT,)
    assert len(desk.all(SecretVersion)) == 2
    with pytest.raises(faults.ResourceExists) as other:
        put(desk, b"three", version="b")
    assert other.value.detail("kind") == "version"
    with pytest.raises(faults.ResourceExists):
        put(desk, b"two", version="b", binary=True)


def test_numbers_skip_names_that_callers_took(desk):
    create(desk, version="v2")
    assert [put(desk, b"x").version.name for _ in range(2)] == ["v3", "v4"]
    names = {version.name for version in desk.all(SecretVersion)}
    assert len(names) == 3


def test_current_leaves_previous_behind(desk):
    create(desk)
    put(desk, b"two")
    put(desk, b"three")
    assert on_stages(desk) == {"v1": set(), "v2": {PREVIOUS}, "v3": {CURRENT}}


def test_stages_of_ones_own_move_and_go(desk):
    create(desk)
    put(desk, b"two", stages=("blue",))
    assert on_stages(desk) == {"v1": {CURRENT}, "v2": {"blue"}}
    desk.run(stages.move_stage, stages.MoveStage("db", "blue", "v1"))
    assert on_stages(desk)["v1"] == {CURRENT, "blue"}
    desk.run(stages.remove_stage, stages.RemoveStage("db", "blue"))
    assert [stage.name for stage in desk.all(Stage)] == [CURRENT]


@pytest.mark.parametrize("stage", [CURRENT, PREVIOUS, PENDING])
def test_the_services_own_stages_stay(desk, stage):
    create(desk)
    with pytest.raises(faults.ResourceInUse) as refused:
        desk.run(stages.remove_stage, stages.RemoveStage("db", stage))
    assert refused.value.detail("kind") == "stage"


def test_limits_on_stages(desk):
    create(desk)
    with pytest.raises(faults.QuotaExceeded) as many:
        put(desk, b"two", stages=[f"s{n}" for n in range(13)])
    assert many.value.detail("limit") == "stages_in_request"
    put(desk, b"two", stages=[f"s{n}" for n in range(11)])
    with pytest.raises(faults.QuotaExceeded) as full:
        desk.run(stages.move_stage, stages.MoveStage("db", "one more", "v1"))
    assert full.value.detail("limit") == "stages"
    with pytest.raises(faults.ResourceExists) as twice:
        put(desk, b"three", stages=("a", "a"))
    assert twice.value.detail("kind") == "stage"
    assert len(desk.all(SecretVersion)) == 2


def test_the_oldest_unnamed_versions_make_room_and_named_ones_stay(desk):
    create(desk)
    desk.run(stages.move_stage, stages.MoveStage("db", "kept", "v1"))
    for number in range(2, 26):
        put(desk, b"%d" % number)
    names = [version.name for version in sorted(desk.all(SecretVersion), key=lambda v: v.number)]
    assert names == ["v1", *(f"v{n}" for n in range(7, 26))]


def test_deletion_waits_and_can_be_undone(desk):
    create(desk)
    desk.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    for attempt in (lambda: get(desk), lambda: put(desk, b"two")):
        with pytest.raises(faults.KeyPendingDeletion) as refused:
            attempt()
        assert (refused.value.detail("kind"), refused.value.detail("use")) == ("secret", "value")
    with pytest.raises(faults.KeyPendingDeletion) as again:
        desk.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    assert again.value.detail("use") == ""
    with pytest.raises(faults.ResourceExists):
        create(desk)
    desk.run(secrets.restore, secrets.SecretCommand("db"))
    assert get(desk).value == b"one"
    with pytest.raises(faults.KeyNotPendingDeletion):
        desk.run(secrets.restore, secrets.SecretCommand("db"))


def test_when_the_window_is_over_it_is_gone_before_anybody_swept(desk):
    create(desk)
    desk.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    desk.clock.advance(days=7)
    with pytest.raises(faults.ResourceNotFound):
        get(desk)
    with pytest.raises(faults.ResourceNotFound):
        desk.run(secrets.restore, secrets.SecretCommand("db"))
    sweeper = Scheduler(desk.runtime.gate, {}, SECRET_SWEEPS, "w", lambda where, error: pytest.fail(str(error)))
    assert sweeper.run_due() == 1
    assert sweeper.run_due() == 0
    assert (desk.all(Secret), desk.all(SecretVersion), desk.all(Stage)) == ([], [], [])


def test_a_name_is_free_again_once_the_window_is_over(desk):
    create(desk)
    desk.run(secrets.schedule_deletion, secrets.ScheduleDeletion("db", 7))
    desk.clock.advance(days=7)
    assert create(desk, value=b"new").secret.name == "db"
    assert get(desk).value == b"new"


@pytest.mark.parametrize("state", [SecretState.DISABLED, SecretState.FROZEN])
def test_a_secret_that_is_not_enabled_keeps_its_values(desk, state):
    secret = create(desk).secret
    use, order = {
        SecretState.DISABLED: (secrets.disable, secrets.SecretCommand("db")),
        SecretState.FROZEN: (secrets.freeze, secrets.SecretById(secret.id)),
    }[state]
    desk.run(use, order, replace(desk.principal, operator=True))
    for attempt in (lambda: get(desk), lambda: put(desk, b"two")):
        with pytest.raises(faults.KeyNotEnabled):
            attempt()
    desk.run(secrets.enable, secrets.SecretCommand("db"))
    assert get(desk).value == b"one"


def test_quota_of_secrets(desk):
    quota(desk, "secrets", 1)
    create(desk)
    with pytest.raises(faults.QuotaExceeded) as full:
        create(desk, "second")
    assert full.value.detail("limit") == "secrets"


@pytest.mark.parametrize("name", ["secrets", "versions", "stages"])
def test_a_withdrawn_quota_is_not_found(desk, name):
    create(desk)
    quota(desk, name, -1)
    attempts = {
        "secrets": lambda: create(desk, "second"),
        "versions": lambda: put(desk, b"two"),
        "stages": lambda: desk.run(stages.move_stage, stages.MoveStage("db", "x", "v1")),
    }
    with pytest.raises(faults.ResourceNotFound) as refused:
        attempts[name]()
    assert refused.value.detail("kind") == f"{name[:-1]}_quota"


def test_rings_are_walls(desk):
    create(desk)
    stranger = replace(desk.principal, ring="another")
    with pytest.raises(faults.ResourceNotFound):
        get(desk, who=stranger)


def test_permission_comes_before_existence(desk):
    create(desk)
    nobody = desk.limited(Statement(("secret:*",), ("secret/mine",)))
    for name in ("db", "absent"):
        with pytest.raises(faults.PermissionDenied) as refused:
            get(desk, name, nobody)
        assert refused.value.detail("resource") == f"secret/{name}"


def test_reading_needs_the_key_too_unless_it_is_the_services(desk):
    key = desk.run(keys.create, keys.CreateKey())
    create(desk, key=KeyRef.by_id(key.id))
    create(desk, "plain")
    reader = desk.limited(Statement(("secret:get_value",), ("secret/*",)))
    assert get(desk, "plain", reader).value == b"one"
    with pytest.raises(faults.PermissionDenied) as refused:
        get(desk, who=reader)
    assert refused.value.detail("resource") == f"key/{key.id}"
    of_key = Statement(("key:decrypt",), (f"key/{key.id}",))
    both = desk.limited(Statement(("secret:get_value",), ("secret/*",)), of_key)
    assert get(desk, who=both).value == b"one"


def test_managed_secrets_are_read_by_stage_alone_where_an_api_says_so(desk):
    create(desk, type=SecretType.DATABASE, second=b"other")
    assert get(desk, version="nonsense", system_only=True).value == b"one"
    assert get(desk, stage=PREVIOUS, system_only=True).value == b"other"


def test_a_version_and_a_stage_must_agree(desk):
    create(desk)
    assert get(desk, version="v1", stage=CURRENT).value == b"one"
    put(desk, b"two")
    with pytest.raises(faults.InvalidParameter):
        get(desk, version="v1", stage=CURRENT)


def test_lists_filter_and_page(desk):
    for name in ("apple", "banana", "cherry"):
        create(desk, name, description=f"a {name}", tags=("colour", "red" if name != "banana" else "yellow"))

    def listed(wanted, **given):
        order = secret_lists.ListSecrets(secret_lists.SecretFilter(**wanted), **given)
        return desk.run(secret_lists.list_secrets, order)

    assert [secret.name for secret in listed({}).secrets] == ["apple", "banana", "cherry"]
    page = listed({}, limit=1, after="apple")
    assert ([secret.name for secret in page.secrets], page.more, page.total) == (["banana"], True, 3)
    assert [secret.name for secret in listed({"tags": {"colour": ("red",)}}).secrets] == ["apple", "cherry"]
    assert [secret.name for secret in listed({"names": ("AN",)}).secrets] == ["banana"]
    both = listed({"tag_values": ("yellow",), "descriptions": ("ban",)})
    assert [secret.name for secret in both.secrets] == ["banana"]
    assert listed({"types": (SecretType.DATABASE,)}).secrets == []


def test_tags_come_and_go_and_stop_at_twenty(desk):
    secret = create(desk).secret
    desk.run(secret_lists.tag, secret_lists.TagSecret({f"k{n}": "v" for n in range(20)}, secret_id=secret.id))
    with pytest.raises(faults.QuotaExceeded):
        desk.run(secret_lists.tag, secret_lists.TagSecret({"k20": "v"}, "db"))
    desk.run(secret_lists.tag, secret_lists.TagSecret({"k0": "w"}, "db"))
    desk.run(secret_lists.untag, secret_lists.UntagSecret([f"k{n}" for n in range(1, 20)], "db"))
    assert secret_lists.tag_pairs(desk.all(Secret)[0]) == {"k0": "w"}
    assert desk.run(secret_lists.all_tags, secret_lists.ListAllTags()) == {"k0": ["w"]}


def test_passwords_are_made_to_order(desk):
    def make(**given):
        return desk.run(generate_password, GeneratePassword(**given))

    assert len(make()) == 32
    assert make(length=64, lowercase=False, uppercase=False, punctuation=False).isdigit()
    for _ in range(50):
        text = make(length=8, exclude="abc")
        assert not set(text) & set("abc")
        assert any(c.isdigit() for c in text)
        assert any(c.isupper() for c in text)
    with pytest.raises(faults.InvalidParameter):
        make(lowercase=False, uppercase=False, digits=False, punctuation=False)
    assert len(rotation_password(desk.runtime.entropy)) == 32
