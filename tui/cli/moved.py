"""`--moved` and `--baseline`: a second picture from a little further to the side, as references in the first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounting

if TYPE_CHECKING:
    from tui.targets.two_views import TwoViews


@dataclass(frozen=True, slots=True)
class Moved:
    """A second picture, and how far the camera was moved for it."""

    path: str
    baseline_m: float
    baseline_sigma_m: float | None
    """One standard deviation; None where none was given."""
    intrinsics: str | None = None
    """Of the camera that took it, where it is another one."""

    def seen_from(self, image: RGBImage, camera: Intrinsics | None, mounting: Mounting) -> TwoViews:
        """What it tells together with the picture that is measured.

        Args:
            image: the picture as it is shown, RGB, uint8, shape (H, W, 3).
            camera: of that picture.
            mounting: how pictures are turned and cropped, this one as well.

        Raises:
            InputError: it cannot be read, or tells nothing that could be relied on; names it.
        """
        from tui.camera.imread import read_noted
        from tui.camera.mounted import mounted_picture
        from tui.cli.camera_options import NEEDED, cautioned
        from tui.storage.camera_text import camera_from_text
        from tui.targets.two_views import references_of_two_views

        if camera is None:
            raise InputError(f"--moved needs to know the camera: give {NEEDED}")
        name = Path(self.path).name
        taken = read_noted(self.path).image
        second = mounted_picture(taken, mounting, name)
        height, width = second.shape[:2]
        if second.shape != image.shape:
            raise InputError(
                f"--moved {name}: it is {width}x{height}, the picture that is measured {image.shape[1]}x"
                f"{image.shape[0]}; both must come from one camera at one size"
            )
        other = None
        if self.intrinsics is not None:
            what = f"--moved-camera {self.intrinsics}"
            mounted = None if mounting.plain else mounting.of(taken.shape[1], taken.shape[0])
            other = cautioned(what, camera_from_text(self.intrinsics, width, height, mounted))
        try:
            return references_of_two_views(image, second, camera, self.baseline_m, self.baseline_sigma_m, other)
        except InputError as error:
            raise InputError(f"--moved {name}: {error}") from error


def parse_moved(path: str | None, baseline: str | None, intrinsics: str | None) -> Moved | None:
    """From the texts of `--moved`, `--baseline` and `--moved-camera`; None where none is given.

    Raises:
        InputError: one without the other, or a way that cannot be used.
    """
    if path is None:
        for option, text in (("--baseline", baseline), ("--moved-camera", intrinsics)):
            if text is not None:
                raise InputError(f"{option} {text}: give the second picture too, as --moved B.jpg")
        return None
    if baseline is None:
        raise InputError(f"--moved {path}: by how far was the camera moved for it? give --baseline 20cm")
    from tui.targets.two_views import parse_baseline

    return Moved(path, *parse_baseline(baseline, "--baseline"), intrinsics)


def moved_plain(found: TwoViews) -> dict[str, object]:
    """For JSON."""
    return {
        "matches": found.matches,
        "sigma_px": found.sigma_px,
        "moved_m": list(found.moved_m),
        "turned_deg": math.degrees(found.turned_rad),
        "references": len(found.references),
    }
