"""What `depth` is asked for in metres, checked before anything is opened."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from tui.calibration.beliefs import MapKind
from tui.cli.asked import Asked
from tui.cli.batch import Format, parse_formats
from tui.cli.camera_options import NEEDED
from tui.cli.exits import warn
from tui.errors import DepthTuiError, InputError

_METRIC = ", ".join(each.value[0] for each in Format if each.is_metric)
_RAW, _IN_METRES = "npz", "metres"


@dataclass(frozen=True, slots=True)
class DepthAsked:
    """Files, and what their distances come from."""

    formats: tuple[Format, ...]
    asked: Asked | None
    """None where nothing is in metres."""


def asked_in_metres(
    formats: str | None,
    *,
    reference: Sequence[str] | None,
    marker: Sequence[str] | None,
    length: Sequence[str] | None,
    floor: Sequence[str] | None,
    profile: str | None,
    intrinsics: str | None,
    fov: str | None,
    window: int | None,
    force: bool,
) -> DepthAsked:
    """From the options' texts.

    Raises:
        InputError: one that cannot be used, or that goes with no format; points without a camera.
        StorageError: the profile cannot be read.
    """
    given = {
        "--reference": reference, "--marker": marker, "--length": length, "--floor": floor, "--profile": profile,
        "--intrinsics": intrinsics, "--fov": fov, "--window": window, "--force": force,
    }  # fmt: skip
    named = [
        option for option, value in given.items() if (value if isinstance(value, bool) else value not in (None, []))
    ]
    wanted = parse_formats(formats if formats is not None else _IN_METRES if named else _RAW)
    if not any(each.is_metric for each in wanted):
        if named:
            raise InputError(f"{named[0]} goes with a --format that says distances; add one of {_METRIC}")
        return DepthAsked(wanted, None)
    asked = Asked.of(
        at=None, distance=None, reference=reference, marker=marker, length=length, floor=floor, intrinsics=intrinsics,
        fov=fov, profile=profile, window=window, force=force, needs_pixels=False,
    )  # fmt: skip
    if asked.profile is not None:  # whose regions nobody reads here
        asked = replace(asked, profile=replace(asked.profile, regions=()))
    held = asked.profile is not None and asked.profile.intrinsics is not None
    cloud = next((each for each in wanted if each.is_cloud), None)
    if cloud is not None and not (intrinsics or fov or held):
        raise InputError(f"--format {cloud.value[0]} needs to know the camera: give {NEEDED}")
    return DepthAsked(wanted, asked)


def check_model(asked: Asked, kind: MapKind) -> None:
    """Refuse to make metres of relative maps when nothing says how far anything is; say what a network's own are worth.

    Raises:
        InputError: names what does.
    """
    if asked.own or asked.profile is not None:
        return
    if kind is MapKind.METRIC:
        warn("the model's own metres, which nothing has checked, are not known within a factor of 10: give a reference")
    else:
        raise InputError(
            "distances need something whose distance is known: give --reference X,Y=DISTANCE, --marker DICT:ID=SIZE "
            "or --profile NAME"
        )


def basis_of(asked: Asked) -> str:
    """Everything that the distances hang on beside picture and network, for the account of what is done already."""
    camera = None
    if asked.intrinsics is not None:
        from tui.storage.intrinsics import load_intrinsics

        with suppress(DepthTuiError):  # typed, or from the picture itself
            camera = load_intrinsics(asked.intrinsics)
    return repr((asked, camera))
