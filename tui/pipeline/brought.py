"""Frames that bring their map along, so that no network need be asked: the demo's, and those of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tui.camera.frame import Frame
from tui.depth.enlarging import Enlarging, Kernel
from tui.depth.estimator import DepthMap, ModelIdentity
from tui.pipeline.oracle import ORACLE_ENGINE, ORACLE_IDENTITY, exact_inverse_depth
from tui.storage.recorded import Recorded


class Need(IntEnum):
    """How much a network is wanted."""

    STAND_BY = 0
    """Only for frames that bring no map."""
    USUAL = 1
    """Also instead of the demo's geometry, but not of what was recorded."""
    NAMED = 2
    """For this source, somebody has asked for this very one."""


@dataclass(frozen=True, eq=False, slots=True)
class Brought:
    """A map that came with its frame."""

    depth_map: DepthMap
    identity: ModelIdentity
    engine: str
    yields_to: Need
    """A network that is wanted so much is asked instead."""
    averaged: bool = False


def brought_by(frame: Frame) -> Brought | None:
    """What a frame brings; None if it has to be estimated."""
    if frame.recorded is not None:
        return _recorded(frame.recorded)
    if frame.true_depth_m is not None:
        return Brought(DepthMap.of(exact_inverse_depth(frame.true_depth_m)), ORACLE_IDENTITY, ORACLE_ENGINE, Need.USUAL)
    return None


def _recorded(found: Recorded) -> Brought:
    """As it was, enlarged in the same way; what was averaged over time is so already."""
    depth_map = DepthMap(found.map.small, Enlarging(Kernel(found.map.enlarging), *found.map.picture_size))
    identity = ModelIdentity(found.model_name, found.model_sha256, found.kind, found.usual)
    return Brought(depth_map, identity, found.engine, Need.NAMED, found.averaged)
