"""Cryptography: rows of symmetric and asymmetric operations, data keys and challenges, with their codecs."""
