"""Alibaba Cloud KMS Instance API (dkms-gcs-0.2): protobuf bodies, client keys."""
