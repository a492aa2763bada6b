"""What a board has for its own cameras: which program gives their pictures, and what to say where there is none."""

from __future__ import annotations

from tui.camera.v4l2 import INTEL_DRIVERS, Machine

RASPBERRY_TOOLS = ("rpicam-vid", "libcamera-vid")
"""The same program, by its name of today and that of before 2024."""
JETSON_TOOL = "gst-launch-1.0"
_LIBCAMERA = "--source 'exec:gst-launch-1.0 -q libcamerasrc ! videoconvert ! jpegenc ! fdsink'"


def find_tool(machine: Machine) -> str | None:
    """The program that gives the pictures of CSI cameras here; None where there is none."""
    for name in RASPBERRY_TOOLS:
        if machine.which(name):
            return name
    return JETSON_TOOL if _is_jetson(machine) and machine.which(JETSON_TOOL) else None


def missing_tool(machine: Machine) -> str:
    """One clause on what to install."""
    if _is_jetson(machine):
        return "gst-launch-1.0 is missing: sudo apt install gstreamer1.0-tools nvidia-l4t-gstreamer"
    return "neither rpicam-vid nor libcamera-vid is here: on a Raspberry Pi, sudo apt install rpicam-apps"


def raw_node(driver: str, machine: Machine) -> str:
    """What a node of a CSI camera is, and what to use in its place, in one line."""
    what = f"{driver or 'raw Bayer'}: a part of a CSI camera that gives no picture by itself"
    if driver.startswith(INTEL_DRIVERS):
        return f"{what}; libcamera's plugin for GStreamer does: {_LIBCAMERA}"
    if find_tool(machine):
        return f"{what}; use --source csi"
    return f"{what}; --source csi does, but {missing_tool(machine)}"


def _is_jetson(machine: Machine) -> bool:
    try:
        return b"nvidia,tegra" in (machine.proc / "device-tree" / "compatible").read_bytes()
    except OSError:
        return False
