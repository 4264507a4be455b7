"""Alibaba Cloud KMS OpenAPI, product Kms, version 2016-01-20: RPC style, everything on ``/``."""
