"""Dictionaries of markers: OpenCV's predefined ones, and those of OpenCV's files."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from tui.camera.opencv import load_cv2
from tui.errors import InputError
from tui.storage.bounded import read_bounded
from tui.storage.paths import from_home

_NAME = re.compile(r"DICT_[0-9A-Z_]+", re.IGNORECASE)
_MAX_BYTES = 4_000_000
_ENDINGS = (".yml", ".yaml", ".xml", ".json")
_ALIASES = {"APRILTAG36H11": "DICT_APRILTAG_36H11", "TAG36H11": "DICT_APRILTAG_36H11"}


def predefined_names() -> tuple[str, ...]:
    """Names of OpenCV's own dictionaries, such as DICT_4X4_50 or DICT_APRILTAG_36H11."""
    aruco = load_cv2().aruco
    return tuple(sorted({name.upper() for name in dir(aruco) if _NAME.fullmatch(name)}))


def dictionary_size(name: str) -> int:
    """How many markers the dictionary has.

    Raises:
        InputError: there is none of that name.
    """
    return int(load_dictionary(name).bytesList.shape[0])


@lru_cache(maxsize=16)
def load_dictionary(name: str) -> Any:  # noqa: ANN401 - OpenCV's cv2.aruco.Dictionary, which is loaded on use
    """A dictionary by its name, or from a file as OpenCV writes them (nmarkers, markersize, marker_0 ...).

    Raises:
        InputError: no such dictionary or file, or one that cannot be read; says which there are.
    """
    aruco = load_cv2().aruco
    wanted = _ALIASES.get(name.upper(), name)
    if _NAME.fullmatch(wanted):
        for each in dir(aruco):
            if each.upper() == wanted.upper():
                return aruco.getPredefinedDictionary(getattr(aruco, each))
    if Path(name).suffix.lower() in _ENDINGS:
        return _from_file(name)
    raise InputError(
        f"'{name}' is not a dictionary of markers; there are DICT_4X4_50 to DICT_7X7_1000, DICT_ARUCO_ORIGINAL, "
        "DICT_APRILTAG_36H11, or a .yml file of OpenCV"
    )


def _from_file(name: str) -> Any:  # noqa: ANN401 - as above
    cv2 = load_cv2()
    path = from_home(name)
    try:
        data = read_bounded(path, _MAX_BYTES)
        if len(data) > _MAX_BYTES:
            raise InputError(f"{path}: too large to be a dictionary of markers")
        text = data.decode("utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; name a dictionary such as DICT_4X4_50, or its .yml file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a dictionary of markers ({error})") from error
    dictionary = cv2.aruco.Dictionary()
    try:
        storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        found = dictionary.readDictionary(storage.root())
    except (cv2.error, SystemError) as error:
        raise InputError(f"{path}: not a dictionary of markers as OpenCV writes them") from error
    if not found or dictionary.bytesList is None or dictionary.bytesList.size == 0:
        raise InputError(f"{path}: holds no markers; OpenCV's form is nmarkers, markersize, marker_0 ...")
    return dictionary
