"""Fetching a repository's settings and safetensors into the Hub's own cache, through the Hub's own client."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tui.depth.engines.network import reason
from tui.depth.fetching import FetchCancelled, Progress
from tui.depth.hub.address import HubAddress, parse_address
from tui.depth.hub.cache import cache_folder, is_offline
from tui.depth.hub.checkpoint import CONFIG, INDEX, SETTINGS, WEIGHTS, WITH_CODE, no_safetensors, read_checkpoint
from tui.errors import InputError, ModelError
from tui.extras import HUB, need


def fetch_snapshot(name: str, progress: Progress, cancel: threading.Event | None = None) -> Path:
    """Fetch what a depth network needs, and check that it is one; what was fetched before is not fetched again.

    Args:
        name: `hf:OWNER/NAME`, with `@REVISION` if wanted.
        progress: is told the bytes.
        cancel: stops it; what has arrived is kept for the next try.

    Returns:
        The snapshot's folder in the Hub's cache.

    Raises:
        ModelError: no connection, no such repository or revision, no access, not what can be used here; one line.
    """
    address = parse_address(name)
    if isinstance(address, Path):
        raise InputError(f"{address} is a folder already: give it as --model {name}")
    need(HUB, address.text)
    if is_offline():
        raise ModelError(f"{address.text} cannot be fetched: HF_HUB_OFFLINE forbids it; unset it and try again")
    import huggingface_hub
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    hub = _Hub(address, huggingface_hub)
    files = hub.files()
    wanted = _wanted(files, address)
    counter = _Counter(progress, sum(files[each] or 0 for each in wanted) or None, cancel)
    folder = cache_folder()
    for each in wanted:
        folder = hub.fetch(each, counter)
    read_checkpoint(folder, address)
    return folder


def _wanted(files: dict[str, int | None], address: HubAddress) -> list[str]:
    """The files to fetch, small ones first."""
    if CONFIG not in files or SETTINGS not in files:
        missing = CONFIG if CONFIG not in files else SETTINGS
        raise ModelError(f"{address.text} has no {missing}, so it is no model in transformers' format")
    if WEIGHTS in files:
        return [CONFIG, SETTINGS, WEIGHTS]
    parts = sorted(name for name in files if name.endswith(".safetensors") and name.startswith("model-"))
    if INDEX in files and parts:
        return [CONFIG, SETTINGS, INDEX, *parts]
    raise ModelError(f"{address.text} {no_safetensors(sorted(name for name in files if name.endswith(WITH_CODE)))}")


class _Hub:
    """One repository at one revision, with the client's errors put into words."""

    def __init__(self, address: HubAddress, client: Any) -> None:  # noqa: ANN401  # the module huggingface_hub
        self._address = address
        self._client = client
        self._endpoint = os.environ.get("HF_ENDPOINT") or None
        self._commit = ""

    def files(self) -> dict[str, int | None]:
        """Names and sizes of the repository's files."""

        def ask() -> Any:  # noqa: ANN401  # the client's ModelInfo
            api = self._client.HfApi(endpoint=self._endpoint)
            return api.model_info(self._address.repository, revision=self._address.revision, files_metadata=True)

        found = self._in_words(ask)
        return {each.rfilename: each.size for each in found.siblings or ()}

    def fetch(self, file: str, counter: _Counter) -> Path:
        """Fetch one file; returns the snapshot's folder. The first one settles the commit for the others."""

        def get() -> str:
            path: str = self._client.hf_hub_download(
                self._address.repository,
                file,
                revision=self._commit or self._address.revision,
                cache_dir=cache_folder(),
                endpoint=self._endpoint,
                tqdm_class=counter.bar,
            )
            return path

        folder = Path(self._in_words(get)).parent
        self._commit = folder.name
        return folder

    def _in_words(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever is asked for
        from huggingface_hub import errors

        text = self._address.text
        try:
            return ask()
        except FetchCancelled:
            raise
        except errors.GatedRepoError as error:
            raise ModelError(
                f"{text} is only given to those who accept its terms: do so at {self._address.url}, then log in "
                "with: hf auth login"
            ) from error
        except errors.RepositoryNotFoundError as error:
            raise ModelError(
                f"{text}: the Hub has no such repository, or it is private; check the name at https://huggingface.co"
            ) from error
        except errors.RevisionNotFoundError as error:
            raise ModelError(
                f"{text}: there is no revision {self._address.revision!r}; see {self._address.url}/tree/main"
            ) from error
        except Exception as error:  # the client lets its HTTP library's errors through, whichever that is
            where = self._endpoint or "https://huggingface.co"
            raise ModelError(f"{text} cannot be fetched from {where}: {reason(error)}; try again") from error


class _Counter:
    """Adds up the bytes of all files."""

    def __init__(self, progress: Progress, total: int | None, cancel: threading.Event | None) -> None:
        self._progress, self._total, self._cancel = progress, total, cancel
        self._done = 0
        counter = self

        class Bar:
            """As much of tqdm as the client uses."""

            def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
                counter.add(initial)

            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                return None

            def update(self, count: float | None = 1) -> None:
                counter.add(int(count or 0))

            def __getattr__(self, _name: str) -> Callable[..., None]:
                return lambda *_, **__: None

        self.bar = Bar

    def add(self, count: int) -> None:
        """So many bytes more.

        Raises:
            FetchCancelled: the user wants no more.
        """
        if self._cancel is not None and self._cancel.is_set():
            raise FetchCancelled
        self._done += count
        self._progress(self._done, self._total)
