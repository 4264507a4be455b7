"""Huawei Cloud DEW: key management (KMS) by subject, secrets (CSMS) in ``secrets``, the dialect that serves both."""
