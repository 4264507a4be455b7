"""Aliases as every official client reads them: with their prefix, in the shape each one knows."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import ApiClient

TERRAFORM = {"user-agent": "golangsdk/2.0.0"}
GENERATED = ["huaweicloud-usdk-java/3.0", "huaweicloud-usdk-python/3.0", "huaweicloud-usdk-go/3.0"]


def make(api: ApiClient, *names: str) -> str:
    key = api.key()
    for name in names:
        assert api.ask("aliases", {"key_id": key, "alias": name})[0] == 201
    return key


def listed(api: ApiClient, query: str = "", **headers: str) -> Any:
    status, body = api.ask_at("GET", api.path("aliases"), None, query, headers=headers or TERRAFORM)
    assert status == 200, body
    return body


@pytest.mark.parametrize("given", ["one", "alias/one"])
def test_always_shown_with_the_prefix(api: ApiClient, given: str) -> None:
    key, other = api.key(), api.key()
    status, made = api.ask("aliases", {"key_id": key, "alias": given})
    domain = api.founded.account.domain_id
    assert status == 201
    assert (made["alias"], made["key_id"], made["domain_id"]) == ("alias/one", key, domain)
    assert made["alias_urn"] == f"kms:cn-hangzhou:{domain}:alias:one"
    moved = api.ok("alias/associate", target_key_id=other, alias=given)
    assert (moved["alias"], moved["key_id"]) == ("alias/one", other)
    [shown] = listed(api, f"key_id={other}")["aliases"]
    assert shown == moved
    assert api.ask_at("DELETE", api.path("aliases"), {"key_id": other, "aliases": [given]})[0] == 204
    assert listed(api)["aliases"] == []


def test_an_object_for_the_terraform_provider(api: ApiClient) -> None:
    key = make(api, "alias/a", "alias/b", "alias/c")
    page = listed(api, f"key_id={key}&limit=2")
    assert [item["alias"] for item in page["aliases"]] == ["alias/a", "alias/b"]
    assert page["page_info"] == {"next_marker": "alias/b", "current_count": 2}
    last = listed(api, f"key_id={key}&limit=2&marker=alias/b")
    assert [item["alias"] for item in last["aliases"]] == ["alias/c"]
    assert last["page_info"]["next_marker"] == ""
    assert last == listed(api, f"key_id={key}&limit=2&marker=b")


@pytest.mark.parametrize("agent", GENERATED)
def test_a_list_of_pages_for_the_generated_sdks(api: ApiClient, agent: str) -> None:
    key = make(api, "a")
    [page] = listed(api, **{"user-agent": agent})
    assert page == listed(api)
    assert page["aliases"][0]["key_id"] == key
