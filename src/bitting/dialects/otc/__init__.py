"""Open Telekom Cloud: the rows in which it differs from Huawei Cloud, its own checks, and its own error table."""
