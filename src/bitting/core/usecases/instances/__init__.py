"""Dedicated key store instances, and whether an account has activated the service. Used by: the Alibaba dialects."""
