"""What a shell completes: names of models, saved profiles and saved intrinsics; nothing heavy is imported for them."""

from __future__ import annotations

import contextlib


def model_names(incomplete: str) -> list[str]:
    """Of the models that can be asked for by name."""
    from tui.depth.hub.choices import HUB_MODELS
    from tui.depth.registry import MODELS

    return _beginning(incomplete, [spec.short_name for spec in (*MODELS, *HUB_MODELS)])


def profile_names(incomplete: str) -> list[str]:
    """Of the saved calibrations."""
    from tui.storage.named import names_in
    from tui.storage.paths import profiles_dir

    with contextlib.suppress(OSError, RuntimeError):  # no home, no right to read it: nothing to complete
        return _beginning(incomplete, names_in(profiles_dir()))
    return []


def intrinsics_names(incomplete: str) -> list[str]:
    """Of the saved intrinsics, and the word for those in the picture itself."""
    from tui.storage.named import names_in
    from tui.storage.paths import intrinsics_dir

    with contextlib.suppress(OSError, RuntimeError):
        return _beginning(incomplete, [*names_in(intrinsics_dir()), "exif"])
    return []


def _beginning(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
