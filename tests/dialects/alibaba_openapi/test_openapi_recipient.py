"""Answers for attested machines: a verifier signs, the machine alone can read; whoever is not believed gets nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from alibaba_openapi.scenarios_keys import pair
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bitting.core.attestation import TokenAttestation, rsa_public

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
VERIFIER = rsa.generate_private_key(65537, 2048)
MACHINE = rsa.generate_private_key(65537, 2048)
INVALID = (400, "InvalidParameter")


def spki(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {
        "kty": "RSA",
        "n": b64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": b64url(b"\x01\x00\x01"),
    }


@pytest.fixture
def trusting(api: Any) -> Any:
    """A house that believes one verifier."""
    api.runtime.gate.attestation = TokenAttestation([spki(VERIFIER)], api.runtime.vault, api.runtime.clock)
    return api


def recipient(api: Any, signer: rsa.RSAPrivateKey = VERIFIER, alg: str = "RS256", **changes: Any) -> str:
    """The Recipient parameter of a machine that took the challenge."""
    challenge = api.ok("GetChallenge")
    nonce = base64.b64decode(challenge["Nonce"])
    now = api.runtime.clock.now_ms() // 1000
    claims = {"eat_nonce": b64url(nonce), "exp": now + 60, "nbf": now, "cnf": {"jwk": jwk(MACHINE)}, **changes}
    signed = f"{b64url(json.dumps({'alg': alg}).encode())}.{b64url(json.dumps(claims).encode())}"
    signature = signer.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    given = {"AttestationDocument": f"{signed}.{b64url(signature)}", "ChallengeToken": challenge["ChallengeToken"]}
    return json.dumps(given)


def opened(answer: dict[str, Any]) -> bytes:
    assert "Plaintext" not in answer
    return MACHINE.decrypt(base64.b64decode(answer["CiphertextForRecipient"]), OAEP)


def test_the_machine_alone_reads_a_data_key(trusting: Any) -> None:
    made = trusting.ok("GenerateDataKey", {"KeyId": trusting.key(), "Recipient": recipient(trusting)})
    plain = trusting.ok("Decrypt", {"CiphertextBlob": made["CiphertextBlob"]})["Plaintext"]
    assert base64.b64encode(opened(made)).decode() == plain


def test_the_machine_alone_reads_what_is_decrypted(trusting: Any) -> None:
    blob = trusting.ok("Encrypt", {"KeyId": trusting.key(), "Plaintext": "aGVsbG8="})["CiphertextBlob"]
    assert opened(trusting.ok("Decrypt", {"CiphertextBlob": blob, "Recipient": recipient(trusting)})) == b"hello"
    made = {**pair(trusting, "RSA_2048", "ENCRYPT/DECRYPT"), "Algorithm": "RSAES_OAEP_SHA_1"}
    sealed = trusting.ok("AsymmetricEncrypt", {**made, "Plaintext": "aGVsbG8="})["CiphertextBlob"]
    parameters = {**made, "CiphertextBlob": sealed, "Recipient": recipient(trusting)}
    assert opened(trusting.ok("AsymmetricDecrypt", parameters)) == b"hello"


def test_states_and_rights_hold_for_machines_too(trusting: Any) -> None:
    key_id = trusting.key()
    parameters = {"KeyId": key_id, "Recipient": recipient(trusting)}
    trusting.ok("DisableKey", {"KeyId": key_id})
    assert trusting.code("GenerateDataKey", parameters) == (409, "Rejected.Disabled")


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": rsa.generate_private_key(65537, 2048)},
        {"alg": "none"},
        {"alg": "HS256"},
        {"eat_nonce": "AAAA"},
        {"eat_nonce": 7},
        {"exp": 1},
        {"exp": "soon"},
        {"nbf": 1 << 40},
        {"cnf": {}},
        {"cnf": {"jwk": {"kty": "EC"}}},
        {"cnf": {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}},
        {"cnf": "text"},
    ],
    ids=lambda changes: "another signer" if "signer" in changes else str(changes),
)
def test_who_is_not_believed_gets_nothing(trusting: Any, changes: dict[str, Any]) -> None:
    parameters = {"KeyId": trusting.key(), "Recipient": recipient(trusting, **changes)}
    status, body = trusting.ask("GenerateDataKey", parameters)
    assert (status, body["Message"]) == (400, 'The specified parameter "Recipient" is not valid.')
    assert "Plaintext" not in body


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        '{"AttestationDocument":"a.b.c","ChallengeToken":"AAAA"}',
        '{"AttestationDocument":"","ChallengeToken":""}',
        '{"AttestationDocument":"a","ChallengeToken":"AAAA","KeyEncryptionAlgorithm":"ROT13"}',
    ],
)
def test_recipients_that_are_none(trusting: Any, text: str) -> None:
    status, body = trusting.ask("GenerateDataKey", {"KeyId": trusting.key(), "Recipient": text})
    assert (status, body["Message"]) == (400, 'The specified parameter "Recipient" is not valid.')


def test_a_challenge_is_good_for_five_minutes(trusting: Any) -> None:
    given = recipient(trusting, exp=1 << 40)
    trusting.runtime.clock.advance(seconds=299)
    trusting.ok("GenerateDataKey", {"KeyId": trusting.key(), "Recipient": given})
    trusting.runtime.clock.advance(seconds=1)
    assert trusting.code("GenerateDataKey", {"KeyId": trusting.key(), "Recipient": given}) == INVALID


def test_a_nonce_among_several(trusting: Any) -> None:
    challenge = trusting.ok("GetChallenge")
    nonce = b64url(base64.b64decode(challenge["Nonce"]))
    given = json.loads(recipient(trusting, eat_nonce=["AAAA", nonce]))
    given["ChallengeToken"] = challenge["ChallengeToken"]
    trusting.ok("GenerateDataKey", {"KeyId": trusting.key(), "Recipient": json.dumps(given)})


def test_jwk_to_der() -> None:
    for key in (MACHINE, VERIFIER, rsa.generate_private_key(65537, 3072)):
        assert rsa_public(jwk(key)) == spki(key)
