"""The beginning of a file that is being fetched: it grows beside its final place and outlives the program."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tui.errors import ModelError
from tui.storage.atomic import storage_error


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the making, and the server's name for the version of which it is the beginning."""

    final: Path
    """Where the whole file will be."""

    @property
    def path(self) -> Path:
        """The bytes so far."""
        return self.final.with_name(self.final.name + ".part")

    @property
    def length(self) -> int:
        """How many bytes there are; 0 where there is no file."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def remember(self, url: str, validator: str) -> None:
        """Keep the server's ETag or date for the version that is being received.

        Raises:
            StorageError: if it cannot be written.
        """
        with writing(self._validator_path):
            self._validator_path.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")

    def validator(self, url: str) -> str | None:
        """What `remember` was given for this address, or None."""
        try:
            content = json.loads(self._validator_path.read_text(encoding="utf-8"))
            return str(content["validator"]) if content["url"] == url else None
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def forget(self) -> None:
        """Drop all bytes, so that the next attempt starts anew; a lock that is held stays valid."""
        with contextlib.suppress(OSError):
            os.truncate(self.path, 0)
        with contextlib.suppress(OSError):
            self._validator_path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the file its final name.

        Raises:
            StorageError: if it cannot be renamed.
        """
        with writing(self.final):
            self.path.replace(self.final)
            self._validator_path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second program from writing the same part; the lock ends with the process, however it ends.

        Raises:
            ModelError: if another one is at it.
            StorageError: if the part cannot be opened for writing.
        """
        with self._opened():
            try:
                yield
            finally:
                if self.length == 0:
                    with contextlib.suppress(OSError):
                        self.path.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        """The part under a lock, which ends when it is closed."""
        while True:
            with writing(self.path):
                file = self.path.open("ab")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.close()
                raise ModelError(f"{self.final.name} is being fetched already; wait until that is done") from error
            except OSError:
                return file  # a file system without locks
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), self.path.stat()):
                    return file
            file.close()  # whoever had the lock has finished it, or dropped it, since it was opened

    @property
    def _validator_path(self) -> Path:
        return self.final.with_name(self.final.name + ".part.json")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failing disk into words.

    Raises:
        StorageError: instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error
