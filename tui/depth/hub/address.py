"""What `--model` says of a Hub's model: `hf:OWNER/NAME`, `hf:OWNER/NAME@REVISION`, `hf:FOLDER` or a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tui.errors import InputError
from tui.storage.paths import from_home

PREFIX = "hf:"
MAIN = "main"
"""The revision where none is given."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubAddress:
    """A repository at a revision."""

    repository: str
    """OWNER/NAME."""
    revision: str = MAIN
    """A branch, a tag, a commit or the beginning of one."""

    @property
    def text(self) -> str:
        """As a person would type it."""
        return f"{PREFIX}{self.repository}" + ("" if self.revision == MAIN else f"@{self.revision}")

    @property
    def url(self) -> str:
        """Its page."""
        return f"https://huggingface.co/{self.repository}"


def is_hub(name: str) -> bool:
    """Whether a model's name means the Hub, or a folder in its format."""
    return name.strip().startswith(PREFIX) or ("/" in name and from_home(name).is_dir())


def parse_address(name: str) -> HubAddress | Path:
    """The repository, or the folder, that a name means; a folder that exists wins.

    Raises:
        InputError: it is neither.
    """
    text = name.strip().removeprefix(PREFIX)
    folder = from_home(text)
    if text and folder.is_dir():
        return folder
    if text.startswith(("/", "./", "../", "~")):
        raise InputError(f"{text[:200]}: there is no such folder; check the path")
    repository, at, revision = text.partition("@")
    if at and not (_REVISION.fullmatch(revision) and ".." not in revision):
        raise InputError(f"{name[:200]!r}: after @ comes a branch, a tag or a commit, such as @main")
    if not _REPOSITORY.fullmatch(repository) or ".." in repository or "--" in repository:
        raise InputError(f"{name[:200]!r} is no model of the Hub; write hf:OWNER/NAME, such as hf:Intel/dpt-large")
    return HubAddress(repository, revision or MAIN)
