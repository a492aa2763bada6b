"""What can move in a camera's lens, as its driver tells: a calibration is of one focus and one zoom."""

from __future__ import annotations

from dataclasses import dataclass

from tui.camera.controls import Ioctl, get_control

# Numbers: linux/v4l2-controls.h.
_CAMERA_CLASS = 0x009A0900
_FOCUS_ABSOLUTE, _FOCUS_AUTO, _ZOOM_ABSOLUTE = _CAMERA_CLASS + 10, _CAMERA_CLASS + 12, _CAMERA_CLASS + 13


@dataclass(frozen=True, slots=True)
class Lens:
    """Focus and zoom; None where the driver has no such control."""

    automatic: bool | None = None
    """Whether the camera focuses by itself, again and again."""
    focus: int | None = None
    """In steps of the driver's own."""
    zoom: int | None = None

    def __str__(self) -> str:
        """'focus 30, zoom 100', 'autofocus'; empty where nothing is known."""
        words = ["autofocus"] if self.automatic else [] if self.focus is None else [f"focus {self.focus}"]
        return ", ".join([*words, *([] if self.zoom is None else [f"zoom {self.zoom}"])])

    def advice(self, device: str) -> str:
        """How to hold the focus, in one line; empty where it does not move by itself, or nothing can be done."""
        if not self.automatic:
            return ""
        return (
            f"autofocus is on, and moves the focal length: v4l2-ctl -d {device} -c focus_automatic_continuous=0 "
            "(or --set focus_automatic_continuous=0 here) holds it; do that before calibrating, and keep it so"
        )


UNKNOWN_LENS = Lens()


def ask_lens(file: int, ioctl: Ioctl) -> Lens:
    """VIDIOC_G_CTRL of the focus's and zoom's controls on an open device file."""
    automatic = get_control(file, ioctl, _FOCUS_AUTO)
    return Lens(
        None if automatic is None else bool(automatic),
        get_control(file, ioctl, _FOCUS_ABSOLUTE),
        get_control(file, ioctl, _ZOOM_ABSOLUTE),
    )
