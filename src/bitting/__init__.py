"""Bitting: a self-hosted key management service that speaks the clouds' own KMS APIs."""
