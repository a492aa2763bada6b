"""`--moved`, `--slide` and `--baseline`: pictures from further to the side, as references in the measured one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from tui.calibration.reference import Reference
from tui.cli.slide import Slid
from tui.errors import InputError
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounting

if TYPE_CHECKING:
    from tui.targets.views import Views
    from tui.targets.views_given import View


@dataclass(frozen=True, slots=True)
class Moved:
    """Further pictures, and how far the camera was moved for them."""

    paths: tuple[str, ...]
    """Of `--moved`."""
    ways: tuple[tuple[float, float | None], ...]
    """Metres and one standard deviation, None where none was given: none, that of the last, or one for each."""
    intrinsics: str | None = None
    """Of the camera that took them, where it is another one."""
    slid: Slid | None = None
    """Of `--slide`, in their place."""

    @property
    def what(self) -> str:
        """The option, for what is said."""
        return "--moved" if self.slid is None else "--slide"

    def seen_from(
        self, image: RGBImage, camera: Intrinsics | None, mounting: Mounting, references: Sequence[Reference]
    ) -> Views:
        """What they tell together with the picture that is measured.

        Args:
            image: the picture as it is shown, RGB, uint8, shape (H, W, 3).
            camera: of that picture.
            mounting: how pictures are turned and cropped, these as well.
            references: of that picture; they tell the scale where no way was given.

        Raises:
            InputError: they cannot be read, or tell nothing that could be relied on; names them.
        """
        from tui.cli.camera_options import NEEDED
        from tui.targets.views import references_of_views

        if camera is None:
            raise InputError(f"{self.what} needs to know the camera: give {NEEDED}")
        views, size = self._views(mounting) if self.slid is None else self._slide(image, self.slid, mounting)
        height, width = image.shape[:2]
        for view in views:
            if view.image.shape != image.shape:
                raise InputError(
                    f"--moved {view.name}: it is {view.image.shape[1]}x{view.image.shape[0]}, the picture that is "
                    f"measured {width}x{height}; both must come from one camera at one size"
                )
        other = None if self.intrinsics is None else self._camera(self.intrinsics, (width, height), size, mounting)
        try:
            return references_of_views(image, views, camera, other, references)
        except InputError as error:
            named = self.what if len(views) > 1 and self.slid is None else f"{self.what} {self._name}"
            raise InputError(f"{named} {error}" if named == "--moved" else f"{named}: {error}") from error

    @property
    def _name(self) -> str:
        return Path(self.paths[0] if self.slid is None else self.slid.path).name

    def _views(self, mounting: Mounting) -> tuple[list[View], tuple[int, int]]:
        from tui.camera.imread import read_noted
        from tui.camera.mounted import mounted_picture
        from tui.targets.views_given import View

        # One way alone is that of the last picture.
        ways = self.ways if len(self.ways) != 1 else (*((None, None) for _ in self.paths[1:]), *self.ways)
        views, size = [], (0, 0)
        for path, way in zip_longest(self.paths, ways, fillvalue=(None, None)):
            taken = read_noted(str(path)).image
            name, size = Path(str(path)).name, (taken.shape[1], taken.shape[0])
            views.append(View(mounted_picture(taken, mounting, name), name, *way))
        return views, size

    def _slide(self, image: RGBImage, slid: Slid, mounting: Mounting) -> tuple[list[View], tuple[int, int]]:
        from tui.camera.mounted import mounted_picture
        from tui.targets.slide import chosen_between
        from tui.targets.views_given import View

        name = self._name
        between = [mounted_picture(each, mounting, name) for each in slid.between]
        last = mounted_picture(slid.last, mounting, name)
        views = [
            View(each, f"picture {number} in between", needed=False)
            for number, each in enumerate(chosen_between(image, between, last), 1)
        ]
        way = self.ways[0] if self.ways else (None, None)
        return [*views, View(last, "its last picture", *way)], (slid.last.shape[1], slid.last.shape[0])

    @staticmethod
    def _camera(text: str, shown: tuple[int, int], taken: tuple[int, int], mounting: Mounting) -> Intrinsics:
        from tui.cli.camera_options import cautioned
        from tui.storage.camera_text import camera_from_text

        mounted = None if mounting.plain else mounting.of(*taken)
        return cautioned(f"--moved-camera {text}", camera_from_text(text, *shown, mounted))


def parse_moved(
    paths: Sequence[str] | None,
    baseline: str | None,
    intrinsics: str | None,
    slide: str | None = None,
    *,
    referenced: bool = False,
) -> Moved | None:
    """From the texts of `--moved`, `--baseline`, `--moved-camera` and `--slide`; None where none is given.

    With `referenced`, references tell the scale where no way is given.

    Raises:
        InputError: one without the other, or a way that cannot be used.
    """
    if not paths and slide is None:
        for option, text in (("--baseline", baseline), ("--moved-camera", intrinsics)):
            if text is not None:
                raise InputError(f"{option} {text}: give the second picture too, as --moved B.jpg")
        return None
    if paths and slide is not None:
        raise InputError(f"--slide {slide}: it holds all pictures; leave out --moved {paths[0]}")
    given = f"--moved {paths[-1]}" if paths else f"--slide {slide}"
    if slide is not None and intrinsics is not None:
        raise InputError(f"--moved-camera {intrinsics}: {given} comes from one camera; leave it out")
    if baseline is None and not referenced:
        raise InputError(
            f"{given}: by how far was the camera moved for it? give --baseline 20cm, or a distance in the picture as "
            "--reference X,Y=1.2m"
        )
    for path in {*(paths or ())}:
        if (paths or ()).count(path) > 1:
            raise InputError(f"--moved {path}: it is given twice, which tells no more than once")
    ways = () if baseline is None else _ways(baseline, paths or ())
    if slide is None:
        return Moved(tuple(paths or ()), ways, intrinsics)
    from tui.cli.slide import read_slide

    return Moved((), ways, None, read_slide(slide))


def _ways(baseline: str, paths: Sequence[str]) -> tuple[tuple[float, float | None], ...]:
    """Those of `--baseline`; a comma stands between two where a unit stands before it, for it may be a decimal one."""
    from tui.targets.views import parse_baseline

    texts = re.split(r"(?<=[^\d\s.])\s*,", baseline)
    if len(paths) > 1 and any("," in each for each in texts):
        raise InputError(f"--baseline {baseline}: each way needs its unit; write them as 20cm,40cm")
    ways = tuple(parse_baseline(each, "--baseline") for each in texts)
    if len(ways) > 1 and len(ways) != len(paths):
        wanted = "the way from the first picture to the last"
        if paths:
            wanted = f"one for each --moved, {len(paths)} in all, or that of the last; all from where IMAGE was taken"
        raise InputError(f"--baseline {baseline}: {len(ways)} ways; give {wanted}")
    return ways


def moved_plain(found: Views) -> dict[str, object]:
    """For JSON."""
    return {
        "matches": found.matches,
        "sigma_px": found.sigma_px,
        "moved_m": list(found.places_m[0]),
        "turned_deg": math.degrees(found.turned_rad),
        "references": len(found.references),
        "views": [
            {"name": name, "moved_m": list(place)} for name, place in zip(found.names, found.places_m, strict=True)
        ],
        "left_out": list(found.left_out),
    }
