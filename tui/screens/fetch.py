"""The download of a model's weights: asked for, with its size, and shown while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Label, ProgressBar

from tui.pipeline.fetching import Fetch, Fetching
from tui.widgets.key_bar import Hints, KeyHint


class FetchDialog(ModalScreen[Path | None]):
    """Asks, downloads, shows progress; the result is the file, or None."""

    DEFAULT_CSS = """
    FetchDialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; border: round $accent; background: $surface; padding: 0 1;
        }
        & Label { width: 1fr; }
        & #problem { color: $text-warning; }
        & ProgressBar { width: 1fr; display: none; & Bar { width: 1fr; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "fetch", "download", id="fetch.start"),
        Binding("escape,n", "cancel", "not now", id="fetch.cancel"),
    ]

    class Changed(Message):
        """The download has got further."""

        def can_replace(self, message: Message) -> bool:
            """Never queue two."""
            return isinstance(message, FetchDialog.Changed)

    def __init__(self, title: str, facts: str, fetch: Fetch) -> None:
        """`facts` says what would be downloaded, from where, how large, under which licence."""
        super().__init__()
        self._title = title
        self._facts = facts
        self._fetch = fetch
        self._fetching: Fetching | None = None

    def compose(self) -> ComposeResult:
        """Facts, progress, problem, keys."""
        with Vertical() as box:
            box.border_title = self._title
            yield Label(self._facts, markup=False)
            yield ProgressBar(total=None, show_eta=False)
            yield Label("", id="problem", markup=False)
            yield Hints((KeyHint("⏎", "download", "enter"), KeyHint("esc", "not now", "escape")))

    def action_fetch(self) -> None:
        """Start, or start again after a failure (it resumes where it broke off)."""
        if self._fetching is not None and not self._fetching.status.error:
            return
        self.query_one("#problem", Label).update("")
        self.query_one(Hints).say((KeyHint("esc", "stop; what has arrived is kept for the next try", "escape"),))
        self.query_one(ProgressBar).display = True
        self._fetching = Fetching(self._fetch, self._ring)
        self._fetching.start()

    def _ring(self) -> None:
        self.post_message(self.Changed())

    def action_cancel(self) -> None:
        """Stop and close."""
        if self._fetching is not None:
            self._fetching.cancel()
        self.dismiss(None)

    def on_unmount(self) -> None:
        """Nothing goes on behind a closed dialog."""
        if self._fetching is not None:
            self._fetching.cancel()

    def on_fetch_dialog_changed(self) -> None:
        """Show how far it is, or why it failed; close when it is done."""
        if self._fetching is None:
            return
        status = self._fetching.status
        if status.path is not None:
            self.dismiss(status.path)
        elif status.error:
            self.query_one("#problem", Label).update(status.error)
            self.query_one(Hints).say((KeyHint("⏎", "try again", "enter"), KeyHint("esc", "not now", "escape")))
            self.query_one(ProgressBar).display = False
        else:
            self.query_one(ProgressBar).update(total=status.total_bytes, progress=status.done_bytes)
