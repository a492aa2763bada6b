"""Which pictures are shown."""

from __future__ import annotations

from enum import StrEnum


class View(StrEnum):
    """Which pictures are shown, with the panels or alone."""

    BOTH = "both"
    CAMERA = "camera"
    DEPTH = "depth"
    CAMERA_ALONE = "camera alone"
    DEPTH_ALONE = "depth alone"
    PLAN = "plan"
    """Beside both pictures."""
    PLAN_ALONE = "plan alone"

    @property
    def alone(self) -> bool:
        """Whether one picture has the whole screen."""
        return self in {View.CAMERA_ALONE, View.DEPTH_ALONE, View.PLAN_ALONE}

    @property
    def camera(self) -> bool:
        """Whether the camera's picture is among those that are shown."""
        return self not in {View.DEPTH, View.DEPTH_ALONE, View.PLAN_ALONE}

    @property
    def depth(self) -> bool:
        """Whether the map is."""
        return self not in {View.CAMERA, View.CAMERA_ALONE, View.PLAN_ALONE}

    @property
    def plan(self) -> bool:
        """Whether the plan is."""
        return self in {View.PLAN, View.PLAN_ALONE}

    @property
    def panes(self) -> int:
        """How many there are."""
        return self.camera + self.depth + self.plan
