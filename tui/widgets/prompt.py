"""A question in the last rows of the screen, with what is understood beside what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui.widgets.question import GoOn, Question
from tui.widgets.typed import counted
from tui.widgets.visible import visible

_LEAST_TEXT = 24
"""Columns to type in that a question leaves free, in the narrowest terminal too."""
_WORDS_FROM = 100
"""Columns from which the prompt's keys have words."""


class PromptInput(Input):
    """Takes the first line of what is pasted that has anything in it."""

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if lines:
            self.insert_text_at_cursor(lines[0])
        event.stop()
        event.prevent_default()


class _Key(Static):
    """One of the prompt's keys, which a click presses."""

    class Pressed(Message):
        """It was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, name: str, words: str, action: str) -> None:
        super().__init__(name, markup=False)
        self._glyph, self._words, self._action = name, words, action

    def fit(self, *, wide: bool) -> None:
        """With its words, or without."""
        text = f"{self._glyph} {self._words}" if wide else self._glyph
        if str(self.content) != text:
            self.update(text)

    def on_click(self, event: events.Click) -> None:
        """Press it."""
        event.stop()
        self.post_message(self.Pressed(self._action))


class Prompt(Vertical):
    """Lies over the screen's last two rows, so that nothing moves when it opens.

    Below: the question, the text, and what is understood if there is room beside it. Above: that where there is none,
    what was wrong with the last answer, or which keys there are. An answer that is refused stays as it was typed.
    """

    DEFAULT_CSS = """
    Prompt {
        layer: prompt; dock: bottom; width: 100%; height: auto; display: none; background: $panel;
        & Horizontal { height: auto; }
        & #prompt-above { width: 1fr; height: auto; max-height: 5; padding: 0 1; color: $foreground; }
        & #prompt-above.-error { color: $text-warning; text-style: bold; }
        & _Key { width: auto; height: 1; padding: 0 1; color: $text-accent; }
        & #prompt-question { width: auto; height: 1; padding: 0 1; color: $text-accent; text-style: bold; }
        & #prompt-text { width: 1fr; height: 1; border: none; padding: 0; background: $accent 30%; }
        & #prompt-beside { width: 1fr; height: 1; padding: 0 1; color: $foreground; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "earlier(1)", "earlier answer", id="prompt.earlier", show=False),
        Binding("down", "earlier(-1)", "later answer", id="prompt.later", show=False),
        Binding("tab,shift+tab", "stay", "stay", id="prompt.stay", show=False),
        Binding("escape", "leave", "leave", id="prompt.leave", show=False),
    ]

    class Entered(Message):
        """The user answered; the text is as it was typed, without blanks around it."""

        def __init__(self, question: Question, text: str) -> None:
            super().__init__()
            self.question = question
            self.text = text

    class Left(Message):
        """The user does not want to answer."""

    def __init__(self, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._question: Question | None = None
        self._history: tuple[str, ...] = ()
        self._back = 0
        self._typed = ""
        """What was typed before the user looked at earlier answers."""
        self._problem = ""
        self._hint = ""
        self._beside = True
        """Whether what is understood has had room beside the text so far."""

    def compose(self) -> ComposeResult:
        """Understood or wrong, and keys; question, text, understood."""
        with Horizontal():
            yield Static("", id="prompt-above", markup=False)
            yield _Key("⏎", "take", "submit")
            yield _Key("↑", "earlier", "earlier(1)")
            yield _Key("esc", "leave", "leave")
        with Horizontal():
            yield Label("", id="prompt-question", markup=False)
            yield PromptInput(id="prompt-text", compact=True, select_on_focus=False)
            yield Static("", id="prompt-beside", markup=False)

    # --- for those who ask

    def ask(self, question: Question, history: Sequence[str] = ()) -> None:
        """Open, with earlier answers, the newest last; the answer comes as `Entered`."""
        self._question, self._history, self._back = question, tuple(history), 0
        self._typed, self._problem, self._hint, self._beside = question.start, "", "", True
        field = self._field
        field.placeholder = question.example
        self._put(question.start)
        self.display = True
        self.screen.set_focus(field)
        self._fit()

    def refuse(self, problem: str) -> None:
        """Say what is wrong with the answer, which stays as it was typed."""
        self._problem = problem
        self._fit()

    def go_on(self, more: GoOn) -> None:
        """Go on asking."""
        self._put(more.text)
        self.call_after_refresh(self._hint_at, more.hint)

    def close(self) -> None:
        """Close; what was typed is forgotten."""
        self._question = None
        self.display = False

    @property
    def question(self) -> Question | None:
        """What is asked now; None while it is closed."""
        return self._question

    @property
    def text(self) -> str:
        """What was typed so far."""
        return self._field.value

    @property
    def said(self) -> str:
        """Everything that stands there but the question and the text."""
        return "  ".join(str(self.query_one(each, Static).content) for each in ("#prompt-above", "#prompt-beside"))

    def look_again(self) -> None:
        """What the question speaks of, or what is understood, may have changed."""
        self._fit()

    def come_back(self) -> None:
        """The focus comes back, if anything is asked."""
        if self._question is not None and self.screen.focused is not self._field:
            self.screen.set_focus(self._field)

    # --- what the user does

    @property
    def _field(self) -> PromptInput:
        return self.query_one("#prompt-text", PromptInput)

    def _put(self, text: str) -> None:
        self._field.value = text
        self._field.cursor_position = len(text)

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        event.stop()
        self._problem = self._hint = ""
        self._fit()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    @on(_Key.Pressed)
    async def _clicked(self, event: _Key.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)
        if self._question is not None:
            self.screen.set_focus(self._field)

    def action_submit(self) -> None:
        """Hand the answer over."""
        if self._question is not None:
            self.post_message(self.Entered(self._question, self.text.strip()))

    def action_leave(self) -> None:
        """Ask no more."""
        self.post_message(self.Left())

    def action_stay(self) -> None:
        """Keep the focus here."""

    def action_earlier(self, step: int) -> None:
        """Show an earlier answer, or come back to what was being typed."""
        if self._back == 0:
            self._typed = self.text
        self._back = max(0, min(self._back + step, len(self._history)))
        self._put(self._history[-self._back] if self._back else self._typed)

    def _hint_at(self, hint: str) -> None:
        self._hint = hint
        self._fit()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """More: the last digit of the first number counts up, so that a mouse is enough."""
        event.stop()
        self._count(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Less."""
        event.stop()
        self._count(-1)

    def _count(self, step: int) -> None:
        if self._question is not None:
            text = counted(self.text or self._question.example, step if self.text else 0)
            self._put(text)

    # --- how it looks

    def on_resize(self) -> None:
        """Another width."""
        self._beside = True
        self._fit()

    def _fit(self) -> None:
        """Give the text its room, and what is understood a place."""
        question, width = self._question, self.app.size.width
        if question is None:
            return
        words, said, text = question.words(), question.understood(self.text.strip()), self.text
        if said in self._problem:  # once is enough
            said = ""
        if cell_len(words) + 2 + max(_LEAST_TEXT, cell_len(text) + 1) > width and question.short:
            words = question.short()
        room = width - cell_len(words) - 2
        shown = max(_LEAST_TEXT, cell_len(text) + 2)
        self._beside = self._beside and shown + cell_len(said) + 2 <= room
        beside, above = (said, "") if self._beside else ("", said)
        above = self._problem or self._hint or above
        _say(self.query_one("#prompt-question", Label), words)
        field, right, top = (
            self._field,
            self.query_one("#prompt-beside", Static),
            self.query_one("#prompt-above", Static),
        )
        field.styles.width = shown if beside else "1fr"
        right.display = bool(beside)
        _say(right, beside)
        _say(top, above)
        top.set_class(bool(self._problem), "-error")
        for key in self.query(_Key):
            key.fit(wide=width >= _WORDS_FROM)


def _say(widget: Static, text: str) -> None:
    """Only what is new asks for a new layout."""
    text = visible(text)
    if str(widget.content) != text:
        widget.update(text)
