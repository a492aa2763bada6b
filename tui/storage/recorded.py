"""What a recording holds beside its pictures: topics, the JSON of a frame's readings, the map that they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tui.calibration.beliefs import MapKind
from tui.calibration.usual import Usual
from tui.errors import StorageError
from tui.geometry.mounting import Mounted
from tui.storage.calibrations import map_kind_from_plain, usual_from_plain
from tui.storage.intrinsics import mounted_from_plain
from tui.storage.plain import Fields
from tui.storage.ros import MapMessage

IMAGE = "/camera/image/compressed"
CAMERA = "/camera/camera_info"
DEPTH = "/depth/image/compressed"
DEPTH_CAMERA = "/depth/camera_info"
READING = "/depth_tui/reading"
MAP = "/depth_tui/map"

DEPTH_UNIT_M = 0.001
"""What a step of a depth picture's values is, as in ROS; 0 is no distance."""

VERSION = 1
_FORMAT = "depth-tui reading"
_REMEDY = "this frame is shown without its readings"

_NUMBER_OR_NULL = {"type": ["number", "null"]}
SCHEMA: dict[str, object] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "depth-tui reading",
    "description": "What depth-tui read in one frame, and all that it was read with.",
    "type": "object",
    "required": ["format", "version", "captured_at", "source", "model", "readings", "state"],
    "properties": {
        "format": {"const": _FORMAT},
        "version": {"const": VERSION},
        "captured_at": {"type": "string", "format": "date-time"},
        "name": {"type": "string", "description": "What a folder or clip calls the frame."},
        "source": {"type": "object", "properties": {"label": {"type": "string"}, "camera": {"type": "string"}}},
        "mounting": {"type": ["object", "null"], "description": "How the picture was turned and cropped."},
        "model": {
            "type": "object",
            "required": ["name", "sha256", "kind", "engine"],
            "properties": {
                "name": {"type": "string"},
                "sha256": {"type": "string"},
                "kind": {"enum": [each.value for each in MapKind]},
                "engine": {"type": "string"},
            },
        },
        "readings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "x", "y", "distance_m", "low_m", "high_m", "status", "reasons"],
                "properties": {
                    "name": {"type": "string", "description": "crosshair, or pin N"},
                    "x": {"type": "integer"},
                    "y": {"type": "integer"},
                    "inverse_depth": _NUMBER_OR_NULL,
                    "distance_m": {**_NUMBER_OR_NULL, "description": "Along the optical axis."},
                    "low_m": {**_NUMBER_OR_NULL, "description": "Lower end of the 95 % interval."},
                    "high_m": {**_NUMBER_OR_NULL, "description": "Upper end; null where it has none."},
                    "status": {"type": "string"},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        "depth_unit_m": {"const": DEPTH_UNIT_M, "description": "Metres a step of /depth/image/compressed; 0: none."},
        "state": {"type": "object", "description": "References, calibration and doubts, for the same readings again."},
    },
}


@dataclass(frozen=True, eq=False, slots=True)
class Recorded:
    """What a recorded frame brings along."""

    map: MapMessage
    model_name: str
    model_sha256: str
    kind: MapKind
    usual: Usual | None
    engine: str
    averaged: bool
    captured_at: datetime
    mounted: Mounted | None
    name: str
    """The frame's own, as a folder or clip called it."""
    label: str
    """Of the source that was recorded."""
    readings: tuple[Fields, ...]
    """What was read, and where, as `tui.instrument.recorded` wrote it."""
    state: Fields
    """All that it was read with; likewise."""


def recorded_from(text: str, found: MapMessage) -> Recorded:
    """Read what stands beside a picture.

    Args:
        text: of its `READING`.
        found: its `MAP`.

    Raises:
        StorageError: it is none of ours, or corrupt.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"a recorded reading: no JSON; {_REMEDY}") from error
    fields = Fields(plain, what="a recorded reading", remedy=_REMEDY)
    if fields.text("format") != _FORMAT or fields.whole("version") != VERSION:
        fields.fail("of another version of depth-tui")
    model = fields.child("model")
    try:
        captured_at = datetime.fromisoformat(fields.text("captured_at"))
    except ValueError as error:
        raise StorageError(f"a recorded reading: captured_at is no time; {_REMEDY}") from error
    if captured_at.tzinfo is None:
        fields.fail("captured_at has no zone")
    return Recorded(
        map=found,
        model_name=model.text("name"),
        model_sha256=model.text("sha256"),
        kind=map_kind_from_plain(model, "kind"),
        usual=usual_from_plain(model, "usual"),
        engine=model.text("engine"),
        averaged=model.flag("averaged"),
        captured_at=captured_at,
        mounted=mounted_from_plain(fields.child("mounting")) if fields.has("mounting") else None,
        name=fields.text("name"),
        label=fields.child("source").text("label"),
        readings=tuple(fields.children("readings")),
        state=fields.child("state"),
    )


def text_of(plain: dict[str, object]) -> str:
    """The JSON of a frame's readings; `plain` is all but the format and its version."""
    whole = {"format": _FORMAT, "version": VERSION, "depth_unit_m": DEPTH_UNIT_M} | plain
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
