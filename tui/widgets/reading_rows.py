"""The list of what is read: pins, then regions, which have names."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.row_list import RowList


class ReadingRows(RowList):
    """Rows that can be called otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "rename", "name", id="rows.rename"),
        Binding("m", "statistic", "statistic", id="rows.statistic"),
    ]

    class Renamed(Message):
        """The user wants another name for row `index`."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class OtherStatistic(Message):
        """The user wants something else to be read of row `index`."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def action_rename(self) -> None:
        """Ask for another name."""
        if self.rows:
            self.post_message(self.Renamed(self.cursor))

    def action_statistic(self) -> None:
        """Ask for the next statistic."""
        if self.rows:
            self.post_message(self.OtherStatistic(self.cursor))
