"""`--slide`: a clip, or a folder of pictures, along which the camera was slid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.errors import DepthTuiError, InputError
from tui.geometry.arrays import RGBImage
from tui.storage.paths import from_home


@dataclass(frozen=True, slots=True, eq=False)
class Slid:
    """What was read of it."""

    path: str
    first: RGBImage
    """That is measured, RGB, uint8, shape (H, W, 3)."""
    between: tuple[RGBImage, ...]
    """Some of the pictures after it, thinned out."""
    last: RGBImage


def read_slide(text: str) -> Slid:
    """All of it, once through.

    Raises:
        InputError: it cannot be read, or holds fewer than two pictures; names it.
    """
    from tui.targets.slide import Slide

    path, name = from_home(text), f"--slide {Path(text).name}"
    slide, first, last = Slide(), None, None
    try:
        for image in _pictures(path):
            if first is None:
                first = image
                continue
            if image.shape != first.shape:
                raise InputError("its pictures are not all of one size; they must come from one camera at one size")
            if last is not None:
                slide.add(last)
            last = image
    except (DepthTuiError, OSError) as error:
        raise InputError(f"{name}: {error}") from error
    if first is None or last is None:
        raise InputError(f"{name}: it holds a single picture; begin before the camera is slid, and end after it")
    return Slid(text, first, slide.images, last)


def _pictures(path: Path) -> Iterator[RGBImage]:
    from tui.camera.animated import is_moving
    from tui.camera.imread import is_picture, read_noted
    from tui.camera.opencv import open_capture
    from tui.camera.reel import Reel
    from tui.camera.stills import pictures_in

    if path.is_dir():
        for each in pictures_in(path):
            yield read_noted(str(each)).image
        return
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a clip, or a folder of pictures in their order")
    if is_picture(path) and not is_moving(path):
        raise InputError(f"{path}: not a clip; pictures are given by --moved")
    reel = Reel(path, open_capture)
    try:
        while reel.step():
            image = reel.image()
            if image is not None:
                yield image
    finally:
        reel.release()
