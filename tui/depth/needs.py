"""Which extra of the installation a model needs, and whether it can do without."""

from __future__ import annotations

from tui.depth.engines import converted
from tui.depth.hub.address import is_hub
from tui.depth.registry import ModelSpec
from tui.depth.weights import cached_path, recorded_hash
from tui.extras import HUB, MIDAS, Extra


def extra_of(spec: ModelSpec) -> Extra | None:
    """What brings the libraries for this model; None for one that runs in every installation."""
    if spec.bundled:
        return None
    return HUB if is_hub(spec.name) else MIDAS


def lacking(spec: ModelSpec) -> Extra | None:
    """The extra without which this model cannot run here; None if it can, also from an earlier conversion alone."""
    extra = extra_of(spec)
    if extra is None or not extra.missing:
        return None
    sha256 = recorded_hash(cached_path(spec)) if extra is MIDAS else None
    return None if sha256 is not None and converted.is_kept(spec.name, sha256) else extra
