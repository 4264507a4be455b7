"""The house with the secrets API as its door."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import Door
from huawei_csms.csms_door import Csms


@pytest.fixture
def csms(runtime: Any) -> Csms:
    return Csms(Door(runtime))
