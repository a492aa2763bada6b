"""The camera, as it is written on the command line, and pairs of pixels."""

from __future__ import annotations

from tui.cli.exits import warn
from tui.cli.parse import parse_pixel
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounted
from tui.storage.camera_text import LEAST_BARE_FOV_DEG, camera_as_shown, camera_from_fov, camera_from_text, parse_angle

NEEDED = "--intrinsics NAME, --intrinsics fx,fy,cx,cy, --intrinsics exif or --fov 66deg"


Pixel = tuple[int, int]


def intrinsics_of(
    text: str | None,
    fov: str | None,
    image: str,
    width: int,
    height: int,
    mounted: Mounted | None = None,
    own: Intrinsics | None = None,
) -> Intrinsics | None:
    """What `--intrinsics` or `--fov` say of the camera that took the picture; None where neither is given.

    They are for the picture as it is shown, `mounted` where that is known; `own` is what the source says of its camera.

    Says on the error stream why they are not to be believed, where that is known.

    Raises:
        InputError: both are given, or one that cannot be used for this picture.
        StorageError: no saved intrinsics of that name.
    """
    if text is not None and fov is not None:
        raise InputError("--intrinsics and --fov say the same thing twice: give one of them")
    if fov is not None:
        angle = parse_angle(fov, "--fov", bare_from_deg=LEAST_BARE_FOV_DEG)
        return cautioned(f"--fov {fov}", camera_from_fov(angle, width, height, mounted))
    if text is None:
        return None
    if text.strip().lower() == "exif" and own is not None:
        return cautioned("--intrinsics exif", camera_as_shown(own, width, height, mounted))
    if text.strip().lower() == "exif":
        from tui.camera.command import is_command
        from tui.camera.exif import intrinsics_from_exif

        if "://" in image or is_command(image):
            raise InputError("--intrinsics exif: a stream carries no EXIF block; give the camera another way")
        if mounted is None:
            return cautioned("--intrinsics exif", intrinsics_from_exif(image, width, height))
        found = intrinsics_from_exif(image, *mounted.taken).mounted_as(mounted)
        return cautioned("--intrinsics exif", found)
    return cautioned(f"--intrinsics {text}", camera_from_text(text, width, height, mounted))


def parse_pair(text: str, option: str = "--distance") -> tuple[Pixel, Pixel]:
    """Two pixels from `120,200:402,120`.

    Raises:
        InputError: names the option and shows the form.
    """
    start, colon, end = text.partition(":")
    try:
        if colon:
            return parse_pixel(start), parse_pixel(end)
    except InputError:
        pass
    raise InputError(f"{option} '{text}': write two pixels as X1,Y1:X2,Y2, such as {option} 120,200:402,120")


def cautioned(what: str, intrinsics: Intrinsics) -> Intrinsics:
    """The same, after a warning where they are not to be believed."""
    if caution := intrinsics.caution:
        warn(f"{what}: not to be believed: {caution}")
    return intrinsics
