"""What the tests of servers ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.depth.conftest import noise_picture
from tui.depth.estimator import DepthEstimator
from tui.errors import DepthTuiError

PICTURE = noise_picture(48, 64)
SMALL = noise_picture(32, 32)
Load = Callable[..., DepthEstimator]
"""Takes a `FakeServer`, what follows its address, and fields of a `ModelRequest`."""


def refused(call: Callable[[], object]) -> str:
    """The one line that it is refused with."""
    with pytest.raises(DepthTuiError) as caught:
        call()
    line = str(caught.value)
    assert "\n" not in line
    return line
