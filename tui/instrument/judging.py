"""What each picture that is shown means for what was measured, and whether that is news."""

from __future__ import annotations

from tui.instrument.conscience import NO_JUDGEMENT, PICTURE, Judgement, judged_by
from tui.instrument.playback import Playback
from tui.instrument.ranging import live_references
from tui.instrument.said import Severity, Voice
from tui.instrument.session import Session
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline
from tui.sight.remembered import Remembered
from tui.sight.seen import NO_DISTANCE, Seen


class Judging:
    """Judges, and says what is new of the picture.

    Args:
        pipeline: looks at a picture once more.
        playback: knows what a recorded picture meant.
        voice: is told.
    """

    def __init__(self, pipeline: Pipeline, playback: Playback, voice: Voice) -> None:
        self._pipeline = pipeline
        self._playback = playback
        self._voice = voice
        self._looked: tuple[DepthResult, Remembered | None, Seen] | None = None
        """A picture that was looked at here, and with what it was compared."""
        self._stands: dict[str, str] = {}
        """What was said of the picture and still holds, by what it is about."""

    def judge(self, session: Session, result: DepthResult | None) -> Judgement:
        """What the picture that is shown means; without one, nothing."""
        judgement = NO_JUDGEMENT if result is None else self._judged(session, result)
        found = {f"{PICTURE}{each.kind.value}": each for each in judgement.verdicts}
        for key in [key for key in self._stands if key not in found]:
            self._voice.cured(key, self._stands.pop(key))
        for key, each in found.items():
            if key not in self._stands:
                silent = each.kind in NO_DISTANCE or judgement.silent
                words = f"{each.words}: no distance" if silent else each.words
                self._voice.say(words, Severity.ERROR if silent else Severity.WARNING, key)
                self._stands[key] = words
        return judgement

    def _judged(self, session: Session, result: DepthResult) -> Judgement:
        then = self._playback.follows(session, result)
        if then is not None:
            return then.reading.judgement
        marked = bool(session.targets or session.ranges) and bool(live_references(session, result))
        return judged_by(self._seen(result, session.remembered), session, marked=marked)

    def _seen(self, result: DepthResult, remembered: Remembered | None) -> Seen:
        """What is seen of a frame, compared with what is remembered now.

        A frame that was looked at when something else was remembered is looked at once more, here.
        """
        if result.compared_with is remembered:
            return result.seen
        if self._looked is None or self._looked[0] is not result or self._looked[1] is not remembered:
            self._looked = result, remembered, self._pipeline.look(result.frame, remembered)
        return self._looked[2]
