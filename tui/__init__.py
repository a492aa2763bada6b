"""depth-tui: how far away is it? Monocular depth, calibrated to metres, in a terminal.

In Python: `from tui import load_capture, measure_image`; see `tui.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.version import __version__

if TYPE_CHECKING:
    from tui.api import Capture, ImageMeasurement, PixelReading, load_capture, measure_image

__all__ = ["Capture", "ImageMeasurement", "PixelReading", "__version__", "load_capture", "measure_image"]


def __getattr__(name: str) -> object:
    """What is asked for of the Python interface: nobody else waits for all that it needs."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from tui import api

    return getattr(api, name)
