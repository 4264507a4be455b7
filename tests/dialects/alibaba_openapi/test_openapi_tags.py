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


def tags_of(api: Any, key_id: str) -> dict[str, str]:
    listed = api.ok("ListResourceTags", {"KeyId": key_id})["Tags"]["Tag"]
    assert {tag["KeyId"] for tag in listed} <= {key_id}
    return {tag["TagKey"]: tag["TagValue"] for tag in listed}


def test_set_again_and_taken_off(api: Any) -> None:
    key_id = api.key(Tags=as_json(env="prod"))
    api.ok("TagResource", {"KeyId": key_id, "Tags": as_json(env="test", team="a")})
    assert tags_of(api, key_id) == {"env": "test", "team": "a"}
    api.ok("UntagResource", {"KeyId": key_id, "TagKeys": '["env","none"]'})
    assert tags_of(api, key_id) == {"team": "a"}


def test_of_many_at_once(api: Any) -> None:
    one, two = api.key(), api.key()
    api.ok("TagResources", resources(one, two) | numbered(a="1", b="2"))
    assert tags_of(api, one) == tags_of(api, two) == {"a": "1", "b": "2"}
    api.ok("UntagResources", resources(one, two) | {"TagKey.1": "a", "TagKey.2": "zz", "All": "true"})
    assert tags_of(api, one) == {"b": "2"}
    api.ok("UntagResources", resources(one) | {"All": "True"})
    assert (tags_of(api, one), tags_of(api, two)) == ({}, {"b": "2"})


def test_all_or_none(api: Any) -> None:
    one = api.key()
    nobody = "00000000-0000-0000-0000-000000000000"
    assert api.code("TagResources", resources(one, nobody) | numbered(a="1")) == (404, "Forbidden.KeyNotFound")
    assert tags_of(api, one) == {}


def test_twenty_and_no_more(api: Any) -> None:
    key_id = api.key(Tags=as_json(**{f"k{n}": "v" for n in range(20)}))
    assert api.code("TagResource", {"KeyId": key_id, "Tags": as_json(more="x")}) == LIMIT
    assert api.code("TagResources", resources(key_id) | numbered(more="x")) == LIMIT
    api.ok("TagResource", {"KeyId": key_id, "Tags": as_json(k0="other")})
    many = numbered(**{f"k{n}": "v" for n in range(21)})
    assert api.code("TagResources", resources(api.key()) | many) == INVALID


def test_fifty_resources_and_no_more(api: Any) -> None:
    ids = [api.key() for _ in range(50)]
    api.ok("TagResources", resources(*ids) | numbered(a="1"))
    assert api.code("TagResources", resources(*ids, "x") | numbered(a="1")) == INVALID


@pytest.mark.parametrize(
    "tag", [("aliyunx", "v"), ("acs:x", "v"), ("a b", "v"), ("a", "v v"), ("", "v"), ("x" * 129, "v")]
)
def test_words_that_are_no_tags(api: Any, tag: tuple[str, str]) -> None:
    key_id = api.key()
    given = json.dumps([{"TagKey": tag[0], "TagValue": tag[1]}])
    assert api.code("TagResource", {"KeyId": key_id, "Tags": given}) == INVALID
    many = resources(key_id) | {"Tag.1.Key": tag[0], "Tag.1.Value": tag[1]}
    assert api.code("TagResources", many) == INVALID
    assert tags_of(api, key_id) == {}


def test_secrets_and_certificates_that_are_not_there(api: Any) -> None:
    for name, code in (("SecretName", "Forbidden.ResourceNotFound"), ("CertificateId", "Certificate.NotFound")):
        for more in ({"Tags": as_json(a="1")}, {"TagKeys": "a"}):
            action = "TagResource" if "Tags" in more else "UntagResource"
            assert api.code(action, {name: "none", **more}) == (404, code)
    assert api.code("TagResource", {"KeyId": "alias/a", "Tags": as_json(a="1")}) == (400, "Unsupported.Alias")
    status, body = api.ask("TagResource", {"Tags": as_json(a="1")})
    assert (status, body["Message"]) == (400, 'The parameter "KeyId" is needed but not provided.')


def listed(api: Any, given: dict[str, str]) -> list[tuple[str, str, str]]:
    found, token = [], ""
    while True:
        page = api.ok("ListTagResources", given | ({"NextToken": token} if token else {}))
        rows = page["TagResources"]["TagResource"]
        assert {row["ResourceType"] for row in rows} <= {"key"}
        found += [(row["ResourceId"], row["TagKey"], row["TagValue"]) for row in rows]
        token = page["NextToken"]
        if not token:
            return found
        assert len(rows) == 200


def test_listed_in_pages_of_two_hundred(api: Any) -> None:
    keys = sorted(api.key(Tags=as_json(**{f"k{n:02}": "v" for n in range(20)})) for _ in range(21))
    assert listed(api, REGION) == [(key_id, f"k{n:02}", "v") for key_id in keys for n in range(20)]
    assert listed(api, resources(*keys)) == listed(api, REGION)
    assert api.code("ListTagResources", REGION | {"NextToken": "!"}) == INVALID


def test_listed_by_resource_and_by_tag(api: Any) -> None:
    one, two = api.key(Tags=as_json(env="prod", team="a")), api.key(Tags=as_json(env="test", team="a"))
    assert listed(api, resources(one)) == [(one, "env", "prod"), (one, "team", "a")]
    assert listed(api, REGION | numbered(env="test")) == [(two, "env", "test"), (two, "team", "a")]
    assert listed(api, REGION | numbered(env="prod", team="b")) == []
    assert {row[0] for row in listed(api, REGION | {"Tag.1.Key": "env"})} == {one, two}
    assert listed(api, resources(two) | numbered(env="prod")) == []


def keys_with(api: Any, *filters: tuple[str, list[str]]) -> set[str]:
    text = json.dumps([{"Key": key, "Values": values} for key, values in filters])
    return {key["KeyId"] for key in api.ok("ListKeys", {"Filters": text, "PageSize": "100"})["Keys"]["Key"]}


def test_filters_of_list_keys(api: Any) -> None:
    one = api.key(Tags=as_json(env="prod", other="test"))
    two = api.key(Tags=as_json(env="test"))
    api.key()
    assert keys_with(api, ("TagKey", ["env"])) == {one, two}
    assert keys_with(api, ("TagKey", ["env"]), ("TagValue", ["test"])) == {two}
    assert keys_with(api, ("TagValue", ["test"])) == {one, two}
    assert keys_with(api, ("TagKey", ["env", "other"]), ("TagValue", ["prod"])) == {one}
    assert keys_with(api, ("TagKey", ["env"]), ("keyId", [one])) == {one}
    assert keys_with(api, ("TagKey", ["none"])) == set()


def secret(api: Any, name: str, **tags: str) -> None:
    api.ok("CreateSecret", {"SecretName": name, "SecretData": "x", "VersionId": "v1", "Tags": as_json(**tags)})


def test_secrets_are_tagged_by_name(api: Any) -> None:
    secret(api, "a/one", env="prod")
    secret(api, "two")
    api.ok("TagResource", {"SecretName": "two", "Tags": as_json(env="test", x="1")})
    api.ok("UntagResource", {"SecretName": "two", "TagKeys": "x"})
    described = api.ok("DescribeSecret", {"SecretName": "two", "FetchTags": "true"})
    assert described["Tags"]["Tag"] == [{"TagKey": "env", "TagValue": "test"}]
    region = REGION | {"ResourceType": "secret"}
    page = api.ok("ListTagResources", region)
    assert [(row["ResourceId"], row["TagValue"]) for row in page["TagResources"]["TagResource"]] == [
        ("a/one", "prod"),
        ("two", "test"),
    ]
    api.ok("TagResources", region | {"ResourceId.1": "two", "ResourceId.2": "a/one"} | numbered(env="same"))
    page = api.ok("ListTagResources", region | {"ResourceId.1": "a/one"} | numbered(env="same"))
    assert [row["ResourceType"] for row in page["TagResources"]["TagResource"]] == ["secret"]
    api.ok("UntagResources", region | {"ResourceId.1": "a/one", "All": "true"})
    assert api.ok("ListTagResources", region | {"ResourceId.1": "a/one"})["TagResources"]["TagResource"] == []
    many = as_json(**{f"k{n}": "v" for n in range(20)})
    assert api.code("TagResource", {"SecretName": "two", "Tags": many}) == LIMIT


def test_pages_of_secrets(api: Any) -> None:
    for at in range(11):
        secret(api, f"s{at:02}", **{f"k{n:02}": "v" for n in range(20)})
    found, token = [], ""
    while True:
        page = api.ok("ListTagResources", REGION | {"ResourceType": "secret"} | ({"NextToken": token} if token else {}))
        found += [(row["ResourceId"], row["TagKey"]) for row in page["TagResources"]["TagResource"]]
        token = page["NextToken"]
        if not token:
            break
    assert found == [(f"s{at:02}", f"k{n:02}") for at in range(11) for n in range(20)]
