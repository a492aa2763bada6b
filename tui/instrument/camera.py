"""Whether the intrinsics in use are those of the camera in use: its name, size, focus, and what the prints show."""

from __future__ import annotations

from collections.abc import Sequence

from tui.calibration.result import Calibration, CalibrationKind
from tui.calibration.tracking import is_printed
from tui.calibration.usual import Usual
from tui.camera.frame import SourceInfo
from tui.geometry.intrinsics import Intrinsics
from tui.targets.focal import FocalFinding


def camera_doubts(
    intrinsics: Intrinsics | None, info: SourceInfo | None, focal: FocalFinding | None = None
) -> tuple[str, ...]:
    """Why what rests on the intrinsics is doubtful, a line each; empty where nothing speaks against them.

    Prints in sight whose perspective agrees with the focal length outweigh another name, size or focus.

    Args:
        intrinsics: for pictures of the size in use.
        info: of the source; a picture or a clip does not tell its camera.
        focal: what the prints in sight say of the focal length.
    """
    if intrinsics is None:
        return ()
    words = []
    if caution := intrinsics.caution:
        words.append(f"the camera's intrinsics are not to be believed: {caution}")
    if focal is not None and focal.wrong:
        words.append(focal.words)
    if focal is None or not focal.agrees:
        words += _strange(intrinsics, info)
    return tuple(words)


def _strange(intrinsics: Intrinsics, info: SourceInfo | None) -> list[str]:
    """What is otherwise than when these were calibrated."""
    words = []
    here = camera_of(info)
    if intrinsics.camera and here and intrinsics.camera != here:
        words.append(f"the intrinsics are of {intrinsics.camera}, this is {here}: calibrate this camera")
    elif intrinsics.lens and info is not None and info.lens and intrinsics.lens != info.lens:
        words.append(f"the intrinsics were made with {intrinsics.lens}, the camera is at {info.lens}: calibrate again")
    size = (intrinsics.width, intrinsics.height)
    made = intrinsics.made_for
    if made is not None and made != size:
        words.append(
            f"the intrinsics were made for {made[0]}x{made[1]} pictures, these are {size[0]}x{size[1]}: right only if "
            "the camera shows the same view at both sizes"
        )
    return words


def camera_of(info: SourceInfo | None) -> str:
    """What to call the camera behind a source; empty where that is not known."""
    return "" if info is None or not info.live else info.camera or info.label


def camera_news(intrinsics: Intrinsics | None, info: SourceInfo | None, doubts: Sequence[str]) -> tuple[str, ...]:
    """What is to be said once of the camera itself: its `doubts`, as of `camera_doubts`, and how to hold its focus."""
    caution = "" if intrinsics is None else intrinsics.caution  # said by whoever took the intrinsics over
    words = [each for each in doubts if not (caution and caution in each)]
    return tuple(filter(None, (*words, focus_advice(intrinsics, info))))


def focus_advice(intrinsics: Intrinsics | None, info: SourceInfo | None) -> str:
    """How to hold the focus of a calibrated camera, in one line; empty where it holds."""
    if intrinsics is None or intrinsics.made_for is None or info is None or not info.focus_advice:
        return ""
    return f"{camera_of(info)} is calibrated, but {info.focus_advice}"


def rests_on_camera(calibration: Calibration | None, usual: Usual | None = None) -> bool:
    """Whether metres come from the focal length: from printed markers, known lengths, the floor, a network's own.

    Args:
        calibration: in use.
        usual: what the model's card states.
    """
    if calibration is None:
        return False
    if calibration.kind is CalibrationKind.METRIC:
        return usual is not None and usual.per_focal
    return any(each.shared != 0.0 or is_printed(each) for each in calibration.references)
