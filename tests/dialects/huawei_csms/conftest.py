"""A runtime in memory that serves the secrets API."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import ApiClient
from huawei_csms.csms_api import Csms


@pytest.fixture
def csms(runtime: Any) -> Csms:
    return Csms(ApiClient(runtime))
