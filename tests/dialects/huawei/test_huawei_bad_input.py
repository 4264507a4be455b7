"""Bad input: the documented row, in the envelope the SDKs read, and nothing written."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from huawei.conftest import UNKNOWN, ApiClient, read, refusal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitting.dialects.base.http import Request

WRITES = ("create-key", "enable-key", "disable-key", "schedule-key-deletion", "cancel-key-deletion")
VERBS = (
    *WRITES,
    "describe-key",
    "list-keys",
    "encrypt-data",
    "decrypt-data",
    "create-datakey",
    "create-datakey-without-plaintext",
    "gen-random",
)


@pytest.fixture(autouse=True)
def nothing_is_written(api: ApiClient) -> Any:
    """Every test here leaves the store as it was."""
    key = api.key("witness")
    position, _ = api.runtime.store.changes_since(0)
    yield
    assert api.runtime.store.changes_since(0)[0] == position
    assert api.ok("list-keys", key_spec="ALL")["keys"] == [key]


BODIES = {
    "cut short": (b'{"key_alias":', "KMS.0202"),
    "not UTF-8": (b'{"key_alias":"\xff"}', "KMS.0202"),
    "half a surrogate": (b'{"key_alias":"\\ud800"}', "KMS.0202"),
    "two values": (b"{}{}", "KMS.0202"),
    "single quotes": (b"{'key_alias':'a'}", "KMS.0202"),
    "NaN": (b'{"key_alias":NaN}', "KMS.0202"),
    "spaces only": (b"   ", "KMS.0202"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "KMS.0202"),
    "nested too deep": (b"[" * 30_000, "KMS.0202"),
    "a number too large": (b'{"key_alias":1e999}', "KMS.0202"),
    "an array": (b"[{}]", "KMS.0214"),
    "null": (b"null", "KMS.0214"),
    "a string": (b'"x"', "KMS.0214"),
    "a number": (b"5", "KMS.0214"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("body", "code"), BODIES.values(), ids=BODIES)
def test_bodies(api: ApiClient, verb: str, body: bytes, code: str) -> None:
    assert api.refused(verb, body)[:2] == (400, code)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("media_type", ["text/xml", "application/x-www-form-urlencoded", "application/jsonp", ";"])
def test_media_types(api: ApiClient, verb: str, media_type: str) -> None:
    request = api.request(verb, {})
    request.headers["content-type"] = media_type
    assert refusal(read(api.send(api.signer.sign(request))))[:2] == (400, "KMS.0214")


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8", "application/json;x"])
def test_media_types_that_are_json(api: ApiClient, media_type: str) -> None:
    request = api.request("gen-random", {"random_data_length": 8})
    request.headers["content-type"] = media_type
    assert read(api.send(api.signer.sign(request)))[0] == 200


@pytest.mark.parametrize("verb", VERBS)
def test_oversized_bodies(api: ApiClient, verb: str) -> None:
    signed = api.signer.sign(api.request(verb, {}))
    signed.oversized = True
    assert refusal(read(api.send(signed)))[1] == "KMS.0203"
    assert api.refused(verb, b" " * (api.dialect.body_limit(signed) + 1))[1] == "KMS.0203"


FIELDS: dict[str, tuple[str, dict[str, Any], list[tuple[Any, str]]]] = {
    "key_alias": (
        "create-key",
        {},
        [
            ("", "KMS.0204"), (None, "KMS.0204"), ("a b", "KMS.1101"), ("x" * 256, "KMS.1101"), ("ä", "KMS.1101"),
            ("a\n", "KMS.1101"), ("csms/default", "KMS.1101"), (5, "KMS.0214"), (True, "KMS.0214"), ({}, "KMS.0214"),
        ],
    ),
    "key_spec": (
        "create-key",
        {"key_alias": "a"},
        [("aes_256", "KMS.1110"), ("AES_192", "KMS.1110"), ("AES_128", "KMS.1110"), (256, "KMS.1110")],
    ),
    "key_usage": (
        "create-key",
        {"key_alias": "a"},
        [
            ("SIGN_VERIFY", "KMS.0308"), ("GENERATE_VERIFY_MAC", "KMS.0308"), ("KEY_AGREEMENT", "KMS.0308"),
            ("encrypt_decrypt", "KMS.0308"), ([], "KMS.0214"),
        ],
    ),
    "origin": ("create-key", {"key_alias": "a"}, [("KMS", "KMS.0308"), ("hsm", "KMS.0308"), (1, "KMS.0214")]),
    "key_description": (
        "create-key", {"key_alias": "a"}, [("x" * 256, "KMS.1103"), (5, "KMS.1103"), ([], "KMS.1103")]
    ),
    "enterprise_project_id": ("create-key", {"key_alias": "a"}, [("x" * 37, "KMS.0308"), (0, "KMS.0214")]),
    "keystore_id": ("create-key", {"key_alias": "a"}, [("7", "KMS.0316"), ("x" * 37, "KMS.0315"), (0, "KMS.0214")]),
    "realm": ("create-key", {"key_alias": "a"}, [("elsewhere", "KMS.1102"), ("x" * 256, "KMS.1102"), (1, "KMS.0214")]),
    "key_id": (
        "describe-key",
        {},
        [
            ("", "KMS.0204"), ("witness", "KMS.0205"), ("alias/", "KMS.0205"), ("alias/a b", "KMS.0205"),
            (UNKNOWN.upper(), "KMS.0205"), (UNKNOWN + "\n", "KMS.0205"), (UNKNOWN[:-1], "KMS.0205"),
            ("kms:x", "KMS.0205"), ("kms:cn-hangzhou:nobody:alias:a", "KMS.0205"), ("kms:::alias:", "KMS.0205"),
            (5, "KMS.0214"), ([], "KMS.0214"), (UNKNOWN, "KMS.0207"),
        ],
    ),
    "sequence": (
        "describe-key",
        {"key_id": UNKNOWN},
        [("1", "KMS.0206"), ("x" * 36, "KMS.0206"), (5, "KMS.0206"), (UNKNOWN + " ", "KMS.0206"),
         (UNKNOWN, "KMS.0207")],
    ),
    "limit": (
        "list-keys",
        {},
        [(0, "KMS.1601"), ("2147483649", "KMS.1601"), ("-1", "KMS.1601"), ("x", "KMS.1601"), (1.5, "KMS.1601"),
         (True, "KMS.1601"), ([], "KMS.1601"), ("９", "KMS.1601")],
    ),
    "marker": ("list-keys", {}, [(-1, "KMS.1602"), ("x", "KMS.1602"), ("9" * 19, "KMS.1602"), (1 << 70, "KMS.1602")]),
    "key_state": ("list-keys", {}, [("0", "KMS.0308"), ("6", "KMS.0308"), (True, "KMS.0308"), ("22", "KMS.0308")]),
    "pending_days": (
        "schedule-key-deletion",
        {"key_id": UNKNOWN},
        [("", "KMS.0204"), (6, "KMS.1401"), ("1097", "KMS.1401"), ("7 ", "KMS.1401"), ("7.0", "KMS.1401"),
         (7.5, "KMS.1401"), ("-7", "KMS.1401"), ({}, "KMS.1401"), (7, "KMS.0207")],
    ),
    "plain_text": (
        "encrypt-data",
        {"key_id": UNKNOWN},
        [("", "KMS.0204"), ("ü" * 2049, "KMS.2101"), (5, "KMS.2101"), (["x"], "KMS.2101")],
    ),
    "encryption_algorithm": (
        "encrypt-data",
        {"key_id": UNKNOWN, "plain_text": "x"},
        [("RSAES_OAEP_SHA_1", "KMS.0308"), ("AES_GCM", "KMS.0308"), (1, "KMS.0214")],
    ),
    "additional_authenticated_data": (
        "encrypt-data",
        {"key_id": UNKNOWN, "plain_text": "x"},
        [("x" * 129, "KMS.0208"), ("ü" * 65, "KMS.0208"), ({}, "KMS.0208"), (5, "KMS.0208")],
    ),
    "encryption_context": (
        "encrypt-data",
        {"key_id": UNKNOWN, "plain_text": "x"},
        [("x", "KMS.0208"), ({"a": 1}, "KMS.0208"), ({"a": {}}, "KMS.0208"), ([], "KMS.0208"),
         ({"k": "v" * 8185}, "KMS.0208")],
    ),
    "cipher_text": (
        "decrypt-data",
        {},
        [("", "KMS.0204"), ("!", "KMS.2201"), ("AAA", "KMS.2201"), ("AA==\n", "KMS.2201"), ("AA=A", "KMS.2201"),
         ("A" * 200, "KMS.2201"), ("AgAk", "KMS.2201"), ("钥", "KMS.2201"), (5, "KMS.0214")],
    ),
    "datakey_length": (
        "create-datakey",
        {"key_id": UNKNOWN},
        [("0", "KMS.1901"), ("7", "KMS.1901"), (8193, "KMS.1901"), ("9", "KMS.1903"), ("x", "KMS.1901"),
         ([], "KMS.1901"), (512, "KMS.0207")],
    ),
    "random_data_length": (
        "gen-random",
        {},
        [("", "KMS.0204"), ("0", "KMS.1801"), (8193, "KMS.1801"), (12, "KMS.1802"), ("x", "KMS.1801"),
         ({}, "KMS.1801")],
    ),
}  # fmt: skip
CASES = [
    pytest.param(verb, {**rest, name: value}, code, id=f"{name}={str(value)[:24]!r}")
    for name, (verb, rest, values) in FIELDS.items()
    for value, code in values
]


@pytest.mark.parametrize(("verb", "body", "code"), CASES)
def test_values(api: ApiClient, verb: str, body: dict[str, Any], code: str) -> None:
    assert api.refused(verb, body)[1] == code


@pytest.mark.parametrize(
    "body",
    [
        {"additional_authenticated_data": "a", "encryption_context": {"a": "b"}},
        {"additional_authenticated_data": "a", "encryption_algorithm": "RSAES_OAEP_SHA_256"},
    ],
    ids=["both names", "nothing binds it"],
)
def test_bound_data_is_never_dropped_in_silence(api: ApiClient, body: dict[str, Any]) -> None:
    assert api.refused("encrypt-data", {"key_id": UNKNOWN, "plain_text": "x", **body})[1] == "KMS.0208"


def test_an_asymmetric_ciphertext_names_no_key(api: ApiClient) -> None:
    body = {"cipher_text": "A" * 344, "encryption_algorithm": "RSAES_OAEP_SHA_256"}
    assert api.refused("decrypt-data", body)[1] == "KMS.0204"


@pytest.mark.parametrize(
    ("method", "tail", "code"),
    [
        ("POST", "kms/no-such-verb", "KMS.0201"),
        ("POST", "kms/create-key/", "KMS.0201"),
        ("POST", "kms//create-key", "KMS.0201"),
        ("POST", "KMS/create-key", "KMS.0201"),
        ("POST", "", "KMS.0201"),
        ("POST", "kms", "KMS.0201"),
        ("GET", "kms/create-key", "KMS.0215"),
        ("PUT", "kms/encrypt-data", "KMS.0215"),
        ("post", "kms/encrypt-data", "KMS.0215"),
    ],
)
def test_routes(api: ApiClient, method: str, tail: str, code: str) -> None:
    request = Request(method, f"/v1.0/{api.project.id}/{tail}", "", {}, b"{}")
    assert refusal(read(api.send(api.signer.sign(request))))[1] == code


def test_no_project_is_no_route(api: ApiClient) -> None:
    request = Request("POST", "/v1.0//kms/create-key", "", {}, b"{}")
    assert refusal(read(api.send(api.signer.sign(request))))[1] == "KMS.0201"


@pytest.mark.parametrize("query", ["a=%", "a=%zz", "a=%ff", "%=1"])
def test_a_malformed_query_is_a_malformed_url(api: ApiClient, query: str) -> None:
    request = api.request("list-keys")
    request.query = query
    assert refusal(read(api.send(request)))[1] == "KMS.0201"


def test_a_field_given_twice_is_refused(api: ApiClient) -> None:
    """JSON readers differ in which one they take; a signed body means one thing to client and server."""
    body = b'{"key_id": "x", "key_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}'
    assert api.refused("describe-key", body)[1] == "KMS.0202"


def test_unknown_fields_are_ignored(api: ApiClient) -> None:
    body = {"random_data_length": 8, "vm_id": "x", "pin": "1", "key_policy": {}}
    assert api.ask("gen-random", body)[0] == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = sorted({*FIELDS, *(name for _, rest, _ in FIELDS.values() for name in rest)} - {"key_alias"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(VERBS), body=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_nothing_escapes(api: ApiClient, verb: str, body: dict[str, Any]) -> None:
    """Whatever the fields hold: an answer in the envelope, no unknown exception (the house would fail)."""
    status, answer = api.ask(verb, body)
    assert status == 200 or refusal((status, answer))[0] < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_no_bytes_open_by_chance(api: ApiClient, data: bytes) -> None:
    for head in (b"", b"\x02\x00", b"\x24\x00\x02", b"\x02\x00\x24\x00\x02"):
        sealed = base64.b64encode(head + data).decode()
        if sealed:
            assert api.refused("decrypt-data", {"cipher_text": sealed})[1] in {"KMS.2201", "KMS.0207"}
