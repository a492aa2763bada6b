"""Files are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tui.errors import StorageError

_REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your disk quota is used up; free some space and try again",
    errno.EROFS: "the file system is read-only; choose another folder",
    errno.EACCES: "no permission to write there; choose another folder or change its permissions",
    errno.EPERM: "no permission to write there; choose another folder or change its permissions",
    errno.ENOTDIR: "a part of this path is a file, not a folder; choose another path",
    errno.EEXIST: "a part of this path is a file, not a folder; choose another path",
    errno.EISDIR: "this is a folder; give the name of a file",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}

_LONGEST_WAIT_S, _LOOK_EVERY_S = 2.0, 0.01


def storage_error(path: Path, error: OSError) -> StorageError:
    """The one line to tell the user when `path` could not be written: what failed and what to do."""
    remedy = _REMEDIES.get(error.errno or 0, f"{error.strerror or error}; choose another path")
    return StorageError(f"{path} cannot be written: {remedy}")


def make_folder(path: Path) -> None:
    """Create a folder and its parents if they are missing.

    Raises:
        StorageError: names the folder and the remedy.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error


def check_ordinary(path: Path) -> None:
    """See that what is there already is a file or a folder: a device would be replaced, and a pipe would wait for ever.

    Raises:
        StorageError: it is something else.
    """
    if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):  # noqa: PTH110, PTH112, PTH113 - never raise
        raise StorageError(f"{path} is a device or a pipe, which is not written over; give the name of a file")


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write `data` beside `path`, flush it to the disk, and rename it: `path` is the old file or the new, whole.

    Missing folders are created. Text is written as UTF-8 with its newlines as they are, and half a character as
    JSON writes it; a link is followed, so that what it points to is replaced; an existing file keeps its mode.

    Raises:
        StorageError: names the path and the remedy (read-only, full, no permission, a device); nothing half-written
            remains.
    """
    check_ordinary(path)
    content = data.encode(errors="backslashreplace") if isinstance(data, str) else data
    target = Path(os.path.realpath(path))
    make_folder(target.parent)
    try:
        _write_and_rename(target, content)
    except OSError as error:
        raise storage_error(path, error) from error


@contextlib.contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Read a file, change it and write it while no other process that asks does; a lock file beside it says so.

    A lock that another one does not let go of within two seconds, or a file system without locks, is passed over:
    what is written is whole in any case.

    Raises:
        StorageError: names the folder that could not be made, and the remedy.
    """
    make_folder(path.parent)
    try:
        descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    end_s = time.monotonic() + _LONGEST_WAIT_S
    while time.monotonic() < end_s:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)
        except OSError:
            return
        else:
            return


def _write_and_rename(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    descriptor, temporary_name = tempfile.mkstemp(prefix=".depth-tui-", suffix=".tmp", dir=target.parent)
    temporary = Path(temporary_name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_for(target))
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _mode_for(target: Path) -> int:
    """The mode of the file that is replaced, else what the umask leaves of 0o666."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o666 & ~_umask()


def _umask() -> int:
    """The process's umask; read from /proc where there is one, since asking the kernel sets it for all threads."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    return 0o022


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the file system knows how."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
