"""Cryptographic operations: encryption of data, data keys and pairs, signatures and codes, and their codecs."""
