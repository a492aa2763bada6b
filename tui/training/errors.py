"""Errors of the training that its user can cause."""

from tui.errors import DepthTuiError


class TrainingError(DepthTuiError):
    """Training cannot start or go on; the message names the thing and the remedy."""
