"""The identity service: Keystone v3 and Huawei IAM as far as clients of key management ask for them."""
