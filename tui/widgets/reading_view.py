"""The hero of the screen: one reading, large, with its interval, or the words that stand in its place."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Digits, Static

from tui.calibration.wording import ReadingText


class ReadingView(Vertical):
    """Large digits where there is room, one bold line where there is not (class `-compact`)."""

    DEFAULT_CSS = """
    ReadingView {
        height: auto;
        & #reading-digits { height: 3; width: 1fr; color: $foreground; }
        & #reading-line { height: 1; display: none; text-style: bold; }
        & #reading-interval, & #reading-others, & #reading-truth { height: auto; max-height: 2; }
        & #reading-others { color: $foreground-muted; }
        & #reading-place { height: auto; max-height: 2; color: $foreground-muted; display: none; }
        & #reading-truth { color: $text-accent; display: none; }
        & #reading-advice { height: auto; max-height: 3; color: $text-warning; display: none; }
        &.-compact #reading-digits { display: none; }
        &.-compact #reading-line { display: block; }
        &.-doubtful #reading-digits, &.-doubtful #reading-line { color: $text-warning; }
        &.-old #reading-digits, &.-old #reading-line { text-style: dim; }
    }
    """

    def compose(self) -> ComposeResult:
        """Number, interval, other units, truth (demo only), advice."""
        yield Digits("", id="reading-digits")
        yield Static("", id="reading-line", markup=False)
        yield Static("", id="reading-interval", markup=False)
        yield Static("", id="reading-others", markup=False)
        yield Static("", id="reading-place", markup=False)
        yield Static("", id="reading-truth", markup=False)
        yield Static("no reading yet", id="reading-advice", markup=False)

    def show(self, text: ReadingText, truth: str = "", place: str = "", *, old: bool = False) -> None:
        """Show a reading.

        Args:
            text: what to show.
            truth: how it compares with what is known to be true; only the demo knows.
            place: where it is in space, beyond its distance along the axis.
            old: whether the picture it belongs to is no longer live.
        """
        digits = self.query_one("#reading-digits", Digits)
        if digits.value != text.hero:
            digits.update(text.hero)
        self._set("#reading-line", text.hero, keep=True)
        self._set("#reading-interval", text.interval)
        self._set("#reading-others", text.others)
        self._set("#reading-place", place)
        self._set("#reading-truth", truth)
        self._set("#reading-advice", text.advice)
        self.set_class(bool(text.advice), "-doubtful")
        self.set_class(old, "-old")

    def _set(self, selector: str, text: str, *, keep: bool = False) -> None:
        static = self.query_one(selector, Static)
        if str(static.content) != text:
            static.update(text)
        if not keep and static.display != bool(text):
            static.display = bool(text)
