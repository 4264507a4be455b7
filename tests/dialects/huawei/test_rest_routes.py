"""Paths to rows: literals before holes, starred holes last, unknown path against unknown method."""

from __future__ import annotations

import pytest

from bitting.core.faults import UnknownOperation, UnsupportedMethod
from bitting.wire.rest import Router

ROUTES = Router(
    [
        ("GET", "/", "root"),
        ("GET", "/{version}", "version"),
        ("POST", "/v1/{project}/kms/create-key", "create"),
        ("GET", "/v1/{project}/kms/tags", "all tags"),
        ("POST", "/v1/{project}/kms/{key}/tags", "add tag"),
        ("GET", "/v1/{project}/kms/{key}/tags", "tags"),
        ("DELETE", "/v1/{project}/kms/{key}/tags/{tag*}", "remove tag"),
        ("POST", "/v1/{project}/kms/{key}/tags/action", "many tags"),
        ("GET", "/v1/{project}/kms/tags/{other}", "other"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "row", "values"),
    [
        ("GET", "/", "root", {}),
        ("GET", "/v1", "version", {"version": "v1"}),
        ("POST", "/v1/p/kms/create-key", "create", {"project": "p"}),
        ("GET", "/v1/p/kms/tags", "all tags", {"project": "p"}),
        ("GET", "/v1/p/kms/k/tags", "tags", {"project": "p", "key": "k"}),
        ("POST", "/v1/p/kms/k/tags", "add tag", {"project": "p", "key": "k"}),
        ("POST", "/v1/p/kms/create-key/tags", "add tag", {"project": "p", "key": "create-key"}),
        ("GET", "/v1/p/kms/tags/tags", "other", {"project": "p", "other": "tags"}),
        ("DELETE", "/v1/p/kms/k/tags/a", "remove tag", {"project": "p", "key": "k", "tag": "a"}),
        ("DELETE", "/v1/p/kms/k/tags/a/b/", "remove tag", {"project": "p", "key": "k", "tag": "a/b/"}),
        ("POST", "/v1/p/kms/k/tags/action", "many tags", {"project": "p", "key": "k"}),
        ("GET", "/v1/p kms%/kms/tags", "all tags", {"project": "p kms%"}),
    ],
)
def test_found(method: str, path: str, row: str, values: dict[str, str]) -> None:
    assert ROUTES.find(method, path) == (row, values)


@pytest.mark.parametrize(
    "path",
    ["", "x", "//", "/v1/p", "/v1/p/kms", "/v1/p/kms/", "/v1//kms/create-key", "/v1/p/kms/create-key/", "/v1/p/kms/k",
     "/v1/p/kms//tags", "/v1/p/kms/k/tags/", "/V1/p/kms/create-key"],
)  # fmt: skip
def test_unknown_path(path: str) -> None:
    with pytest.raises(UnknownOperation):
        ROUTES.find("POST", path)


def test_known_path_with_another_method() -> None:
    with pytest.raises(UnsupportedMethod) as refused:
        ROUTES.find("PUT", "/v1/p/kms/k/tags")
    assert refused.value.detail("allowed") == "GET, POST"


def test_a_very_long_path_is_unknown() -> None:
    with pytest.raises(UnknownOperation):
        ROUTES.find("GET", "/x" * 100_000)


@pytest.mark.parametrize(
    "routes",
    [[("GET", "/a/{x}", 1), ("GET", "/a/{y}", 2)], [("GET", "/a/{x*}/b", 1)], [("GET", "/a", 1), ("GET", "/a", 2)]],
)
def test_tables_that_say_two_things(routes: list[tuple[str, str, int]]) -> None:
    with pytest.raises(ValueError, match=r"twice|last"):
        Router(routes)
