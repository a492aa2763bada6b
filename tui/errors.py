"""The errors a user can cause: each names the thing and the remedy in one line, and knows its exit code."""


class DepthTuiError(Exception):
    """Base of everything that is told to the user as one line, never as a traceback."""

    exit_code = 2


class InputError(DepthTuiError):
    """A coordinate, distance, file, profile or option that cannot be used as given."""


class StorageError(DepthTuiError):
    """Something could not be written or read back: a read-only or full disk, a corrupt file of ours."""


CARD_FOLLOWS = "\nA correct card looks like this:\n\n"
"""Stands before the only thing that an error shows in more than one line."""


class ModelError(DepthTuiError):
    """A model, its card or its weights are not to be had, or are not what they claim to be."""

    exit_code = 3


class SourceError(DepthTuiError):
    """A camera, stream, clip or picture does not deliver frames."""

    exit_code = 4


class SourceEnded(SourceError):
    """The source was closed or has no more frames; not a fault."""
