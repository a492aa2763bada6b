"""The camera, and what is known in its picture, as they are written on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from tui.calibration.reference import Reference
from tui.calibration.units import parse_measurement
from tui.cli.exits import warn
from tui.cli.parse import parse_pixel
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.known import KnownDistance, distance_of_floor, distance_of_length
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


def known_distances(intrinsics: Intrinsics | None, lengths: Sequence[str], floors: Sequence[str]) -> list[Reference]:
    """References from known lengths and the floor.

    Args:
        intrinsics: of the picture.
        lengths: `X1,Y1:X2,Y2=2m` each.
        floors: `X,Y=1.5m@20deg` each: the camera's height and how far it looks down.

    Raises:
        InputError: one that cannot be used, or no intrinsics to use it with.
    """
    for option, texts in (("--length", lengths), ("--floor", floors)):
        if texts and intrinsics is None:
            raise InputError(f"{option} needs to know the camera: give {NEEDED}")
    if intrinsics is None:
        return []
    known = [_length(text, intrinsics) for text in lengths] + [_floor(text, intrinsics) for text in floors]
    return [Reference(each.u_px, each.v_px, each.distance_m, each.sigma_m, each.label, each.shared) for each in known]


def cautioned(what: str, intrinsics: Intrinsics) -> Intrinsics:
    """The same, after a warning where they are not to be believed."""
    if caution := intrinsics.caution:
        warn(f"{what}: not to be believed: {caution}")
    return intrinsics


def _length(text: str, intrinsics: Intrinsics) -> KnownDistance:
    pair, equals, length = text.rpartition("=")
    if not equals:
        raise InputError(f"--length '{text}': write it as X1,Y1:X2,Y2=LENGTH, such as --length 88,30:92,410=2m")
    start, end = parse_pair(pair, "--length")
    return distance_of_length(intrinsics, start, end, *_measured(length, "--length", text))


def _floor(text: str, intrinsics: Intrinsics) -> KnownDistance:
    pixel, equals, rest = text.partition("=")
    height, at, pitch = rest.partition("@")
    if not (equals and at):
        raise InputError(
            f"--floor '{text}': write it as X,Y=HEIGHT@PITCH, the camera's height and how far it looks down, such as "
            "--floor 320,400=1.5m@20deg"
        )
    height_m, sigma_m = _measured(height, "--floor", text)
    pitch_rad = parse_angle(pitch, "--floor")
    return distance_of_floor(intrinsics, parse_pixel(pixel, "--floor"), height_m, pitch_rad, height_sigma_m=sigma_m)


def _measured(text: str, option: str, whole: str) -> tuple[float, float]:
    try:
        return parse_measurement(text)
    except InputError as error:
        raise InputError(f"{option} '{whole}': {error}") from error
