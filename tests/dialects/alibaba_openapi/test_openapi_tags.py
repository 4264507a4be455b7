"""Tags: both families of operations, limits, pages, filters of ListKeys."""

from __future__ import annotations

import json
from typing import Any

import pytest

REGION = {"RegionId": "cn-hangzhou", "ResourceType": "key"}
LIMIT = (400, "Rejected.LimitExceeded")
INVALID = (400, "InvalidParameter")


def as_json(**tags: str) -> str:
    return json.dumps([{"TagKey": key, "TagValue": value} for key, value in tags.items()])


def numbered(**tags: str) -> dict[str, str]:
    found = {}
    for at, (key, value) in enumerate(tags.items(), start=1):
        found |= {f"Tag.{at}.Key": key, f"Tag.{at}.Value": value}
    return found


def resources(*ids: str) -> dict[str, str]:
    return REGION | {f"ResourceId.{at}": key_id for at, key_id in enumerate(ids, start=1)}


def tags_of(door: Any, key_id: str) -> dict[str, str]:
    listed = door.ok("ListResourceTags", {"KeyId": key_id})["Tags"]["Tag"]
    assert {tag["KeyId"] for tag in listed} <= {key_id}
    return {tag["TagKey"]: tag["TagValue"] for tag in listed}


def test_set_again_and_taken_off(door: Any) -> None:
    key_id = door.key(Tags=as_json(env="prod"))
    door.ok("TagResource", {"KeyId": key_id, "Tags": as_json(env="test", team="a")})
    assert tags_of(door, key_id) == {"env": "test", "team": "a"}
    door.ok("UntagResource", {"KeyId": key_id, "TagKeys": '["env","none"]'})
    assert tags_of(door, key_id) == {"team": "a"}


def test_of_many_at_once(door: Any) -> None:
    one, two = door.key(), door.key()
    door.ok("TagResources", resources(one, two) | numbered(a="1", b="2"))
    assert tags_of(door, one) == tags_of(door, two) == {"a": "1", "b": "2"}
    door.ok("UntagResources", resources(one, two) | {"TagKey.1": "a", "TagKey.2": "zz", "All": "true"})
    assert tags_of(door, one) == {"b": "2"}
    door.ok("UntagResources", resources(one) | {"All": "True"})
    assert (tags_of(door, one), tags_of(door, two)) == ({}, {"b": "2"})


def test_all_or_none(door: Any) -> None:
    one = door.key()
    nobody = "00000000-0000-0000-0000-000000000000"
    assert door.code("TagResources", resources(one, nobody) | numbered(a="1")) == (404, "Forbidden.KeyNotFound")
    assert tags_of(door, one) == {}


def test_twenty_and_no_more(door: Any) -> None:
    key_id = door.key(Tags=as_json(**{f"k{n}": "v" for n in range(20)}))
    assert door.code("TagResource", {"KeyId": key_id, "Tags": as_json(more="x")}) == LIMIT
    assert door.code("TagResources", resources(key_id) | numbered(more="x")) == LIMIT
    door.ok("TagResource", {"KeyId": key_id, "Tags": as_json(k0="other")})
    many = numbered(**{f"k{n}": "v" for n in range(21)})
    assert door.code("TagResources", resources(door.key()) | many) == INVALID


def test_fifty_resources_and_no_more(door: Any) -> None:
    ids = [door.key() for _ in range(50)]
    door.ok("TagResources", resources(*ids) | numbered(a="1"))
    assert door.code("TagResources", resources(*ids, "x") | numbered(a="1")) == INVALID


@pytest.mark.parametrize(
    "tag", [("aliyunx", "v"), ("acs:x", "v"), ("a b", "v"), ("a", "v v"), ("", "v"), ("x" * 129, "v")]
)
def test_words_that_are_no_tags(door: Any, tag: tuple[str, str]) -> None:
    key_id = door.key()
    given = json.dumps([{"TagKey": tag[0], "TagValue": tag[1]}])
    assert door.code("TagResource", {"KeyId": key_id, "Tags": given}) == INVALID
    many = resources(key_id) | {"Tag.1.Key": tag[0], "Tag.1.Value": tag[1]}
    assert door.code("TagResources", many) == INVALID
    assert tags_of(door, key_id) == {}


def test_secrets_and_certificates_that_are_not_there(door: Any) -> None:
    for name, code in (("SecretName", "Forbidden.ResourceNotFound"), ("CertificateId", "Certificate.NotFound")):
        for more in ({"Tags": as_json(a="1")}, {"TagKeys": "a"}):
            action = "TagResource" if "Tags" in more else "UntagResource"
            assert door.code(action, {name: "none", **more}) == (404, code)
    assert door.code("TagResource", {"KeyId": "alias/a", "Tags": as_json(a="1")}) == (400, "Unsupported.Alias")
    status, body = door.ask("TagResource", {"Tags": as_json(a="1")})
    assert (status, body["Message"]) == (400, 'The parameter "KeyId" is needed but not provided.')


def listed(door: Any, given: dict[str, str]) -> list[tuple[str, str, str]]:
    found, token = [], ""
    while True:
        page = door.ok("ListTagResources", given | ({"NextToken": token} if token else {}))
        rows = page["TagResources"]["TagResource"]
        assert {row["ResourceType"] for row in rows} <= {"key"}
        found += [(row["ResourceId"], row["TagKey"], row["TagValue"]) for row in rows]
        token = page["NextToken"]
        if not token:
            return found
        assert len(rows) == 200


def test_listed_in_pages_of_two_hundred(door: Any) -> None:
    keys = sorted(door.key(Tags=as_json(**{f"k{n:02}": "v" for n in range(20)})) for _ in range(21))
    assert listed(door, REGION) == [(key_id, f"k{n:02}", "v") for key_id in keys for n in range(20)]
    assert listed(door, resources(*keys)) == listed(door, REGION)
    assert door.code("ListTagResources", REGION | {"NextToken": "!"}) == INVALID


def test_listed_by_resource_and_by_tag(door: Any) -> None:
    one, two = door.key(Tags=as_json(env="prod", team="a")), door.key(Tags=as_json(env="test", team="a"))
    assert listed(door, resources(one)) == [(one, "env", "prod"), (one, "team", "a")]
    assert listed(door, REGION | numbered(env="test")) == [(two, "env", "test"), (two, "team", "a")]
    assert listed(door, REGION | numbered(env="prod", team="b")) == []
    assert {row[0] for row in listed(door, REGION | {"Tag.1.Key": "env"})} == {one, two}
    assert listed(door, resources(two) | numbered(env="prod")) == []


def keys_with(door: Any, *filters: tuple[str, list[str]]) -> set[str]:
    text = json.dumps([{"Key": key, "Values": values} for key, values in filters])
    return {key["KeyId"] for key in door.ok("ListKeys", {"Filters": text, "PageSize": "100"})["Keys"]["Key"]}


def test_filters_of_list_keys(door: Any) -> None:
    one = door.key(Tags=as_json(env="prod", other="test"))
    two = door.key(Tags=as_json(env="test"))
    door.key()
    assert keys_with(door, ("TagKey", ["env"])) == {one, two}
    assert keys_with(door, ("TagKey", ["env"]), ("TagValue", ["test"])) == {two}
    assert keys_with(door, ("TagValue", ["test"])) == {one, two}
    assert keys_with(door, ("TagKey", ["env", "other"]), ("TagValue", ["prod"])) == {one}
    assert keys_with(door, ("TagKey", ["env"]), ("keyId", [one])) == {one}
    assert keys_with(door, ("TagKey", ["none"])) == set()


def secret(door: Any, name: str, **tags: str) -> None:
    door.ok("CreateSecret", {"SecretName": name, "SecretData": "x", "VersionId": "v1", "Tags": as_json(**tags)})


def test_secrets_are_tagged_by_name(door: Any) -> None:
    secret(door, "a/one", env="prod")
    secret(door, "two")
    door.ok("TagResource", {"SecretName": "two", "Tags": as_json(env="test", x="1")})
    door.ok("UntagResource", {"SecretName": "two", "TagKeys": "x"})
    described = door.ok("DescribeSecret", {"SecretName": "two", "FetchTags": "true"})
    assert described["Tags"]["Tag"] == [{"TagKey": "env", "TagValue": "test"}]
    region = REGION | {"ResourceType": "secret"}
    page = door.ok("ListTagResources", region)
    assert [(row["ResourceId"], row["TagValue"]) for row in page["TagResources"]["TagResource"]] == [
        ("a/one", "prod"),
        ("two", "test"),
    ]
    door.ok("TagResources", region | {"ResourceId.1": "two", "ResourceId.2": "a/one"} | numbered(env="same"))
    page = door.ok("ListTagResources", region | {"ResourceId.1": "a/one"} | numbered(env="same"))
    assert [row["ResourceType"] for row in page["TagResources"]["TagResource"]] == ["secret"]
    door.ok("UntagResources", region | {"ResourceId.1": "a/one", "All": "true"})
    assert door.ok("ListTagResources", region | {"ResourceId.1": "a/one"})["TagResources"]["TagResource"] == []
    many = as_json(**{f"k{n}": "v" for n in range(20)})
    assert door.code("TagResource", {"SecretName": "two", "Tags": many}) == LIMIT


def test_pages_of_secrets(door: Any) -> None:
    for at in range(11):
        secret(door, f"s{at:02}", **{f"k{n:02}": "v" for n in range(20)})
    found, token = [], ""
    while True:
        page = door.ok(
            "ListTagResources", REGION | {"ResourceType": "secret"} | ({"NextToken": token} if token else {})
        )
        found += [(row["ResourceId"], row["TagKey"]) for row in page["TagResources"]["TagResource"]]
        token = page["NextToken"]
        if not token:
            break
    assert found == [(f"s{at:02}", f"k{n:02}") for at in range(11) for n in range(20)]
