"""What the beginning of a path can become."""

from __future__ import annotations

from tui.storage.paths import from_home

_MOST = 500


def paths_from(text: str) -> tuple[str, ...]:
    """Files and folders (with a / behind) that begin like this, in order, as the user would write them; never raises.

    Hidden ones only where the name begins with a dot; none of an address.
    """
    if "://" in text or "\0" in text:
        return ()
    folder, slash, start = text.rpartition("/")
    if text == "~":
        return ("~/",)
    try:
        place = from_home(f"{folder}{slash}" or ".")
        found = []
        for entry in place.iterdir():
            if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith(".")):
                found.append(f"{folder}{slash}{entry.name}{'/' if entry.is_dir() else ''}")
                if len(found) >= _MOST:
                    break
    except (OSError, ValueError, RuntimeError):  # no such folder, a name that cannot be, nobody's home
        return ()
    return tuple(sorted(found))
