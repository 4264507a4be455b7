"""Every operation, end to end through the pipeline."""


def test_smoke(client, owner):
    key = owner.key()
    made = client.ok("Encrypt", KeyId=key.id, Plaintext=b"hello", Aad=b"a")
    assert client.version == key.primary_version
    assert made.Algorithm == "AES_GCM" and len(made.Iv) == 12
    back = client.ok("Decrypt", KeyId=key.id, CiphertextBlob=made.CiphertextBlob, Iv=made.Iv, Aad=b"a")
    assert back.Plaintext == b"hello"
