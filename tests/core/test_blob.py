"""The ciphertext blob: golden files that every later version must still read, and every way to be no blob.

A golden file is never changed or deleted: ciphertexts like it are out there.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitting.core import blob
from bitting.core.blob import Blob
from bitting.core.faults import InvalidCiphertext
from bitting.core.specs import SPECS, Algorithm
from bitting.providers.software.aead import SymmetricHandle

GOLDEN = sorted((Path(__file__).parents[1] / "vectors" / "blob").glob("*.json"))
VERSION, KEY = "6b1f0c3e-9a52-4d7b-8f10-2c4e5a6b7c8d", "0f3d8a21-7b6c-4e5f-9a8b-1c2d3e4f5a6b"
SEALED = bytes(range(100, 120))
SAMPLE = Blob(VERSION, bytes(range(12)), SEALED, Algorithm.AES_GCM, KEY)
BODY, FRAMED, PADDED = blob.body(VERSION, SAMPLE.iv, SEALED), blob.framed(SAMPLE), blob.padded(SAMPLE)
COATS = {
    "body": lambda it: blob.body(it.version_id, it.iv, it.sealed),
    "framed": blob.framed,
    "padded": blob.padded,
}


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def golden(request):
    return json.loads(request.param.read_text("utf-8"))


def parts(golden):
    named = golden["coat"] == "padded"
    algorithm = Algorithm(golden["algorithm"])
    handle = SymmetricHandle(
        SPECS["SM4" if algorithm is Algorithm.SM4_GCM else "AES_256"], bytes.fromhex(golden["key"])
    )
    text = golden.get("text", False)
    iv, aad = bytes.fromhex(golden["iv"]), blob.authenticated_data(bytes.fromhex(golden["aad"]), text=text)
    sealed = handle.seal(bytes.fromhex(golden["plaintext"]), iv=iv, aad=aad)
    return handle, aad, Blob(golden["version_id"], iv, sealed, algorithm, golden["key_id"] if named else "", text)


def test_every_coat_has_a_golden_file():
    read = [json.loads(path.read_text("utf-8")) for path in GOLDEN]
    seen = {(it["coat"], it["algorithm"], it.get("text", False)) for it in read}
    algorithms = [algorithm.value for algorithm in blob.ALGORITHM_BYTES]
    coats = [("body", False), *((coat, text) for coat in ("framed", "padded") for text in (False, True))]
    assert seen == {(coat, algorithm, text) for coat, text in coats for algorithm in algorithms}


def test_golden_bytes_are_made(golden):
    _, _, expected = parts(golden)
    assert COATS[golden["coat"]](expected).hex() == golden["blob"]


def test_golden_bytes_are_read_and_opened(golden):
    handle, aad, expected = parts(golden)
    found = blob.parse(bytes.fromhex(golden["blob"]))
    assert (found.version_id, found.iv, found.sealed) == (expected.version_id, expected.iv, expected.sealed)
    assert (found.key_id, found.text) == (expected.key_id, expected.text)
    assert found.algorithm is (None if golden["coat"] == "body" else expected.algorithm)
    assert handle.unseal(found.sealed, iv=found.iv, aad=aad).hex() == golden["plaintext"]


def test_every_changed_bit_is_noticed(golden):
    """By the parser, by the version or key named, or by the tag."""
    handle, _, expected = parts(golden)
    data, caller = bytes.fromhex(golden["blob"]), bytes.fromhex(golden["aad"])
    for position in range(len(data)):
        for bit in (0x01, 0x80):
            changed = data[:position] + bytes((data[position] ^ bit,)) + data[position + 1 :]
            try:
                found = blob.parse(changed)
            except InvalidCiphertext:
                continue
            names = (found.version_id, found.key_id, found.algorithm or expected.algorithm)
            if names != (expected.version_id, expected.key_id, expected.algorithm):
                continue
            with pytest.raises(InvalidCiphertext):
                handle.unseal(found.sealed, iv=found.iv, aad=blob.authenticated_data(caller, text=found.text))


@pytest.mark.parametrize("inner", [FRAMED, PADDED], ids=["framed", "padded"])
def test_a_frame_around_a_blob_that_has_one(inner):
    """What transfer SDKs make of a blob that is no body; only their own three bytes, and only once."""
    found = blob.parse(b"\x24\x00\x02" + inner)
    assert (found.version_id, found.iv, found.sealed, found.enclosed) == (VERSION, SAMPLE.iv, SEALED, True)
    assert not blob.parse(inner).enclosed
    for outer in (b"\x24\x00\x05", b"\x24\x00\x82", b"\x24\x00\x02\x24\x00\x02"):
        assert blob.parse(outer + inner).version_id != VERSION  # and so opens nothing


def test_what_holds_a_string():
    assert blob.parse(BODY).holds_text
    assert not blob.parse(FRAMED).holds_text
    assert blob.parse(blob.framed(Blob(VERSION, SAMPLE.iv, SEALED, Algorithm.AES_GCM, text=True))).holds_text


def test_cutting_three_bytes_off_a_frame_and_back():
    """What the transfer SDKs do: drop 24 00 02, keep the body, glue 24 00 02 in front."""
    assert FRAMED[:3] == b"\x24\x00\x02"
    assert FRAMED[3:] == BODY
    assert FRAMED[3:39] == VERSION.encode()
    assert FRAMED[39:51] == SAMPLE.iv
    assert blob.parse(FRAMED[3:]).sealed == blob.parse(FRAMED).sealed == SEALED


@pytest.mark.parametrize(("plaintext_bytes", "characters"), [(1, 188), (4096, 5648)])
def test_padded_meets_the_documented_length(plaintext_bytes, characters):
    """Base64 characters that Open Telekom Cloud documents as least and most; Huawei's least is 128."""
    data = blob.padded(Blob(VERSION, bytes(12), bytes(plaintext_bytes + 16), Algorithm.AES_GCM, KEY))
    assert len(data) == plaintext_bytes + blob.PADDED_OVERHEAD
    assert len(base64.b64encode(data)) == characters


def test_overheads():
    sealed = len(SEALED) - blob.TAG_BYTES
    assert len(BODY) - sealed == blob.BODY_OVERHEAD == 64
    assert len(FRAMED) - sealed == blob.FRAMED_OVERHEAD == 67
    assert len(PADDED) - sealed == blob.PADDED_OVERHEAD == 140


def put(data, at, new):
    return data[:at] + new + data[at + len(new) :]


REFUSED = {
    "nothing": b"",
    "one byte": b"\x24",
    "two bytes of a padded": b"\x02\x00",
    "body without a whole tag": BODY[: blob.BODY_OVERHEAD - 1],
    "body version id not ASCII": put(BODY, 0, b"\x80"),
    "body version id not ASCII at its end": put(BODY, 35, b"\xff"),
    "frame alone": FRAMED[:3],
    "framed without a whole tag": FRAMED[: blob.FRAMED_OVERHEAD - 1],
    "framed of format version 1": put(FRAMED, 1, b"\x10"),
    "framed of format version 15": put(FRAMED, 1, b"\xf0"),
    "framed with padding mode 1": put(FRAMED, 1, b"\x01"),
    "framed version id not ASCII": put(FRAMED, 3, b"\xc3"),
    "padded without a whole tag": PADDED[:2] + PADDED[2 : 2 + 66] + PADDED[2 + len(FRAMED) :],
    "padded of another frame": put(PADDED, 2, b"\x25"),
    "padded of a bare body": PADDED[:2] + PADDED[5:],
    "padded of another format version": put(PADDED, 3, b"\x10"),
    "padded of an unknown algorithm": put(PADDED, 4, b"\x03"),
    "padded version id not ASCII": put(PADDED, 5, b"\x80"),
    "padded key id not ASCII": put(PADDED, len(PADDED) - 71, b"\x80"),
    "padded key id not ASCII at its end": put(PADDED, len(PADDED) - 36, b"\x80"),
    "padded one byte short": PADDED[:-1],
    "padded without its trailer": PADDED[:-35],
    "padded with a byte more than zeros": PADDED + b"\x01",
    "padded twice": b"\x02\x00" + PADDED,
    **{
        f"framed algorithm {byte:02x}": put(FRAMED, 2, bytes((byte,)))
        for byte in set(range(256)) - {0x02, 0x05, 0x82, 0x85}
    },
    **{f"padded trailer byte {at}": put(PADDED, len(PADDED) - 35 + at, b"\x01") for at in range(35)},
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_refused(data):
    with pytest.raises(InvalidCiphertext) as caught:
        blob.parse(data)
    assert type(caught.value) is InvalidCiphertext
    assert repr(caught.value) == "InvalidCiphertext()"


names = st.text(st.characters(max_codepoint=127), min_size=36, max_size=36).filter(lambda name: name[0] not in "\x02$")
blobs = st.builds(
    Blob,
    version_id=names,
    iv=st.binary(min_size=12, max_size=12),
    sealed=st.binary(min_size=16, max_size=200),
    algorithm=st.sampled_from(sorted(blob.ALGORITHM_BYTES)),
    key_id=names,
    text=st.booleans(),
)


@given(blobs)
def test_reads_what_it_made(made):
    bare = blob.parse(blob.body(made.version_id, made.iv, made.sealed))
    assert bare == Blob(made.version_id, made.iv, made.sealed, None, "")
    assert blob.parse(blob.framed(made)) == Blob(made.version_id, made.iv, made.sealed, made.algorithm, "", made.text)
    assert blob.parse(blob.padded(made)) == made


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(lambda tail: b"\x24\x00\x02" + tail),
        st.binary(max_size=300).map(lambda tail: b"\x02\x00\x24\x00\x05" + tail + bytes(35)),
    )
)
def test_reads_or_refuses_anything(data):
    """Never another exception; and what is read would be written the same."""
    try:
        found = blob.parse(data)
    except InvalidCiphertext:
        return
    coat = "padded" if data[:2] == b"\x02\x00" else "framed" if data[:1] == b"\x24" else "body"
    assert COATS[coat](found) == data
