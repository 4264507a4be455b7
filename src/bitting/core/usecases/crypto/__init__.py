"""Cryptographic operations with keys.

::

    encryption, reencryption      encrypt, decrypt, re-encrypt
    signing, key_agreement        sign, verify, MAC, digest; ECDH
    data_keys, data_key_pairs     generated data keys and data key pairs
    data_key_digests              data keys with a digest, data keys without plaintext
    data_key_export               data keys encrypted to a public key
    managed_data_keys             data keys that the service stores by name
    attested_recipients           results encrypted to an attested machine
    pins                          random PINs

Used by one dialect only: ``data_key_digests``, ``key_agreement`` and ``pins`` (Huawei); ``attested_recipients``,
``data_key_export`` and ``reencryption`` (Alibaba OpenAPI); ``managed_data_keys`` (Alibaba OpenAPI; versions are added
through the native API).
"""
