"""`--strict`: an exit code that says whether every reading was ok."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from tui.calibration.reading import Reading, Status
from tui.calibration.section import Section
from tui.calibration.wording import status_in_words
from tui.cli.answer import Answer
from tui.cli.exits import NOT_OK, complain


class Strictness:
    """Counts the readings of a run that are not ok, for `--strict`."""

    def __init__(self) -> None:
        self._count, self._not_ok = 0, 0
        self._first = ""

    def note(self, answer: Answer) -> None:
        """One more answer was given."""
        for point in answer.points:
            self._note(f"({point.u_px}, {point.v_px})", point.reading)
        for span in answer.spans:
            self._note(f"{span.start} - {span.end}", span.judgement)

        for region in answer.regions:
            self._note(region.region.label, region.reading)

    def note_sections(self, sections: Sequence[Section]) -> None:
        """Each reading along a line counts."""
        for section in sections:
            for point in section.points:
                self._note(f"({point.u_px}, {point.v_px})", point.reading)

    def _note(self, where: str, reading: Reading) -> None:
        self._count += 1
        if reading.status is not Status.OK:
            self._not_ok += 1
            self._first = self._first or f"{where} {status_in_words(reading)}"

    def close(self) -> None:
        """Say what was not ok, and exit.

        Raises:
            typer.Exit: with `NOT_OK`, if anything was not.
        """
        if self._not_ok:
            many = f"{self._not_ok} of {self._count} readings are" if self._count > 1 else "the reading is"
            complain(f"--strict: {many} not ok: {self._first}")
            raise typer.Exit(NOT_OK)
