"""Pictures as the camera hangs: turned, mirrored and cropped before anybody sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tui.camera.frame import Frame
from tui.errors import InputError
from tui.geometry.mounting import Mounted, Mounting

_Number = TypeVar("_Number", bound=np.generic)


def mounted_array(values: npt.NDArray[_Number], mounted: Mounted) -> npt.NDArray[_Number]:
    """A picture (H, W, 3) or a map (H, W) of the camera's, as it is shown; the same array where nothing changes."""
    if mounted.plain:
        return values
    turned = np.rot90(values, -mounted.turn.quarters)
    if mounted.turn.mirrored:
        turned = turned[:, ::-1]
    crop = mounted.crop
    return np.ascontiguousarray(turned[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width])


def mounted_picture(image: npt.NDArray[_Number], mounting: Mounting, name: str) -> npt.NDArray[_Number]:
    """The same for a picture of any size.

    Raises:
        InputError: the crop reaches beyond it; says its name.
    """
    height, width = image.shape[:2]
    try:
        return mounted_array(image, mounting.of(width, height))
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def mounted_frame(frame: Frame, mounting: Mounting, *, live: bool) -> Frame:
    """A source's frame as it is shown, its true depth with it.

    A file that nothing was asked about may have been turned by whoever made it, so it says nothing of its mounting.
    What was recorded with a frame holds for it as it was shown then, so a frame that is turned once more is without it.

    Raises:
        InputError: the crop reaches beyond it.
    """
    if mounting.plain and not live:
        return frame
    height, width = frame.image.shape[:2]
    mounted = mounting.of(width, height)
    depth_m = None if frame.true_depth_m is None else mounted_array(frame.true_depth_m, mounted)
    return replace(
        frame, image=mounted_array(frame.image, mounted), true_depth_m=depth_m, mounted=mounted, recorded=None
    )
