"""openvino, and no more of it than is used here."""

from __future__ import annotations

import sys
from typing import Any, cast

_LEFT_OUT = ("openvino.tools.ovc", "openvino_telemetry")
"""Imported by openvino where it is there: the layer over its converters, which sends a report of every import to its
maker over the network, by a forked process that may hang for ever where other threads run. It takes two thirds of the
import's time, too."""


def import_openvino() -> Any:  # noqa: ANN401  # the module; it ships no types
    """Import openvino; every module that needs it comes this way.

    Raises:
        ImportError: it is not installed.
        OSError: one of its libraries cannot be loaded.
    """
    if "openvino" not in sys.modules:
        leave_out()
    import openvino  # paid for only where it is used

    return openvino


def leave_out() -> None:
    """Make what is left out fail to import, which openvino takes as its absence; before openvino is imported."""
    for name in _LEFT_OUT:
        sys.modules.setdefault(name, cast("Any", None))
