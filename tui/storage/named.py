"""Named JSON documents of ours: one file a name in a folder, or a file of any place; versioned, and read with care."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui.errors import InputError, StorageError
from tui.storage.atomic import write_atomically
from tui.storage.bounded import read_bounded
from tui.storage.paths import from_home
from tui.storage.plain import Fields

_SUFFIX = ".json"
_NAME = re.compile(r"\w[\w .()+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Documents:
    """One kind of document."""

    what: str
    """What one is called: 'profile'."""
    one: str
    """With its article: 'a profile'."""
    file_format: str
    """What stands under `format` in each file."""
    version: int
    most_bytes: int
    folder: Callable[[], Path]
    remedy: str
    """What to do about one that cannot be read."""
    none_yet: str
    """What to say where there is none at all."""
    taken: tuple[str, ...] = ()
    """Words that cannot be names, because they mean something else."""

    def check_name(self, name: str) -> str:
        """Return the name without surrounding blanks if it can be the name of a file.

        Raises:
            InputError: for an empty or too long one, one that could lead out of the folder, or a word with a meaning.
        """
        cleaned = name.strip()
        if not _NAME.fullmatch(cleaned) or cleaned.endswith(".") or cleaned.lower() in self.taken:
            but = f", and not {' or '.join(repr(word) for word in self.taken)}" if self.taken else ""
            raise InputError(
                f"'{name}' cannot be the name of {self.one}: use up to 64 letters, digits, blanks and . _ - + ( ), "
                f"beginning with a letter or digit{but}"
            )
        return cleaned

    def path_of(self, name_or_path: str | Path) -> Path:
        """The file of a name, or the file itself: anything with a `/` in it or ending in `.json`.

        Raises:
            InputError: the name cannot be one.
        """
        text = str(name_or_path)
        if isinstance(name_or_path, Path) or "/" in text or text.lower().endswith(_SUFFIX):
            return from_home(name_or_path)
        return self.folder() / (self.check_name(text) + _SUFFIX)

    def names(self) -> list[str]:
        """Names of the saved ones in alphabetical order, whether or not they can be read."""
        return names_in(self.folder())

    def known(self) -> str:
        """Which there are, for an error."""
        names = self.names()
        return f"saved are: {', '.join(names)}" if names else self.none_yet

    def write(self, path: Path, content: Mapping[str, object]) -> Path:
        """Write a document, whole or not at all, and return its path.

        Raises:
            StorageError: it could not be written; a file that was there is then as it was.
        """
        plain = {"format": self.file_format, "version": self.version, **content}
        write_atomically(path, json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return path

    def read(self, name_or_path: str | Path) -> Fields:
        """Read a document by its name or file.

        Raises:
            InputError: the name cannot be one.
            StorageError: missing, not readable, not one of these, corrupt, or of another version.
        """
        path = self.path_of(name_or_path)
        what = f"{self.what} {path}"
        try:
            data = read_bounded(path, self.most_bytes)
            if len(data) > self.most_bytes:
                raise StorageError(f"{what}: too large to be {self.one}; {self.remedy}")
            text = data.decode("utf-8")
        except FileNotFoundError as error:
            raise StorageError(f"{self.what} {name_or_path}: there is none at {path}; {self.known()}") from error
        except UnicodeDecodeError as error:
            raise StorageError(f"{what}: not a text file; {self.remedy}") from error
        except OSError as error:
            raise StorageError(f"{what}: cannot be read ({error.strerror or error}); {self.remedy}") from error
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise StorageError(f"{what}: corrupt, not JSON ({_reason(error)}); {self.remedy}") from error
        fields = Fields(value, what=what, remedy=self.remedy)
        if not fields.has("format") or fields.text("format") != self.file_format:
            fields.fail(f"not {self.one} of depth-tui")
        if (version := fields.whole("version")) != self.version:
            fields.fail(f"of version {version}, this program reads version {self.version}")
        return fields

    def remove(self, name: str) -> None:
        """Delete a saved one, a corrupt one too.

        Raises:
            InputError: the name cannot be one.
            StorageError: there is none of that name, or it cannot be deleted.
        """
        path = self.folder() / (self.check_name(name) + _SUFFIX)
        try:
            path.unlink()
        except FileNotFoundError as error:
            raise StorageError(f"{self.what} {name}: there is none at {path}; {self.known()}") from error
        except OSError as error:
            raise StorageError(f"{self.what} {path}: cannot be removed ({error.strerror or error})") from error


def names_in(folder: Path) -> list[str]:
    """Names of the documents in a folder in alphabetical order; none where it cannot be read."""
    try:
        found = [path.stem for path in folder.iterdir() if path.suffix == _SUFFIX]
    except OSError:
        return []
    return sorted((name for name in found if _NAME.fullmatch(name)), key=str.casefold)


def _reason(error: Exception) -> str:
    return f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "too deep or too long"
