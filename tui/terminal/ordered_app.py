"""An app whose keys are worked off in order: the next once the one before has had its effect."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from functools import cached_property
from typing import TypeVar

from textual import events
from textual.dom import DOMNode

from tui.terminal.pixel_app import PixelApp

Result = TypeVar("Result")

_KEY_WAITS_S = 0.25
"""The longest that a key waits for the one before; it is bounded, so that nothing can lock the keyboard."""


class OrderedApp(PixelApp[Result]):
    """Hands out one key at a time."""

    _keyboard: asyncio.Task[None] | None = None

    @cached_property
    def _keys(self) -> deque[events.Key]:
        """Those that wait."""
        return deque()

    def key_turn(self) -> None:
        """A key is about to be handed out; to be overridden."""

    async def on_event(self, event: events.Event) -> None:
        """Look at the next key only when the one before has had its effect.

        A slow link delivers several keys at once, and Textual hands them all to the widget that has the focus now,
        although the first of them may move it: of `g120`, the picture would get the digits, not the field.
        """
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._keys.append(event)
            self.wire.keys_first = True
            if self._keyboard is None or self._keyboard.done():
                self._keyboard = asyncio.create_task(self._work_off_keys())
        else:
            await super().on_event(event)

    async def _work_off_keys(self) -> None:
        try:
            while self._keys and not self._exit:  # what is typed after q is not for this program any more
                self.key_turn()
                await super().on_event(self._keys.popleft())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._settle(), _KEY_WAITS_S)
            if not self._exit:
                self.show_now()
        except Exception as error:  # noqa: BLE001 - Textual sees only what its own tasks raise
            self._handle_exception(error)
        finally:
            self.wire.keys_first = False  # a frame that comes now stands behind what is to be shown

    async def _settle(self) -> None:
        """Return when the focused widget and all above it have worked off what lay before them.

        Three times: a key bubbles up to the app, where its action runs, and what that posts bubbles up once more.
        """
        for _ in range(3):
            node: DOMNode | None = self.focused or self.screen
            while node is not None:
                done = asyncio.Event()
                if node.call_later(done.set):
                    await done.wait()
                node = node.parent
