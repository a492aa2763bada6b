"""The instrument: orders in, one frozen value a frame out. Every front end drives this one object, from one thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.calibration.measure import Measurement, PointReading, Unseen
from tui.calibration.reference import Reference
from tui.calibration.report import Report
from tui.camera.wish import CameraWish
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounting, Turn
from tui.instrument.alarms import with_alarms_in_place
from tui.instrument.calibrating import Purpose, answered, doubts_about, session_for
from tui.instrument.carrying import carried, motion_of
from tui.instrument.conscience import with_remembered
from tui.instrument.doubted import Doubted
from tui.instrument.frame import FrameReading
from tui.instrument.opening import loader, opener
from tui.instrument.playing import Playing
from tui.instrument.profiles import measured_of, profile_of, setting_of
from tui.instrument.renewing import with_renewal_toggled
from tui.instrument.reported import frame_report
from tui.instrument.said import Severity
from tui.instrument.session import Session
from tui.instrument.suggesting import in_words
from tui.instrument.wanted import Wanted
from tui.pipeline.brought import Need
from tui.storage.profiles import Profile, load_profile, save_profile


class Instrument(Playing):
    """Owns the pipeline, the session and what belongs to it; steered by orders that return at once."""

    # --- what the user sets and measures

    def update(self, session: Session) -> None:
        """Take over what the user set: it can be undone, is kept, and is read at once."""
        image = None if self.shown is None else self.shown.frame.image
        session = with_alarms_in_place(session)
        before, self.session = self.session, with_remembered(self.session, session, image)
        self._scenes.history.note(before, session)
        if session.measured != before.measured:
            self.memory.lapsed()
        self._changed()

    def answer(self, purpose: str, text: str) -> None:
        """Carry out an answer to what `purpose` asked for; what is unlikely is taken when it comes a second time.

        A reference that is given where the others are not at their pixels any more takes the place of all of them.

        Raises:
            Doubted: it is unlikely; nothing has changed.
            InputError: it is not what was asked for, or determines no calibration; nothing has changed then.
        """
        session, words = session_for(purpose, text, self.session, self._judgement)
        if purpose == Purpose.MARKER:
            self.ranging.allow_typed(text)
        asked = (purpose, text, session.u_px, session.v_px)
        doubted, self._doubted, self.proposed_px = self._doubted, None, ()
        try:
            self.update(answered(session, purpose, text, self.shown, insists=asked == doubted))
        except Doubted as doubt:
            self._doubted, self.proposed_px = asked, doubt.outline_px
            raise
        if words:
            self.voice.say(f"{words}; z takes that back", Severity.WARNING)

    def carry(self) -> None:
        """Carry references and pins along to where the picture shows them now.

        Raises:
            InputError: there is nothing to carry, or where they are is not known well enough.
        """
        result = self.shown
        if result is None or not self.session.references:
            raise InputError("there are no references to carry along")
        session, words = carried(self.session, result, motion_of(self._judgement))
        self.update(session)
        self.voice.say(words, Severity.WARNING)

    def give_references(self, references: Sequence[Reference]) -> tuple[Unseen, ...]:
        """Give several at once; that they contradict each other is a problem of the reading, not an error here.

        Returns:
            Those for which the map has no value: they do not count.

        Raises:
            InputError: there is no map yet.
        """
        result = self.shown
        if result is None:
            raise InputError("no depth map yet: wait for the model")
        session, unseen = self.session.with_references(references, result.inverse_depth, result.identity.key)
        self.update(session)
        self._unseen = unseen
        self._doubts = (self.session.references, doubts_about(self.session, result))
        self._read()
        calibration = self.reading.calibration
        for doubt in (*self._doubts[1], *(calibration.health.doubts if calibration is not None else ())):
            self.voice.say_once(doubt, Severity.WARNING)
        return unseen

    def toggle_renewal(self) -> None:
        """Renew the fit in every frame, or hold the one there is."""
        shown = self.shown if self._judgement.renews else None
        session, words = with_renewal_toggled(self.session, shown)
        self.update(session)
        self.voice.say(words)

    def use_camera(self, intrinsics: Intrinsics) -> None:
        """Take over intrinsics for pictures of this size."""
        self.update(replace(self.session, intrinsics=intrinsics))

    def undo(self) -> None:
        """Take the last change of what was measured back."""
        self._step("undone", self._scenes.history.undo(self.session))

    def redo(self) -> None:
        """Do again what was undone."""
        self._step("done again", self._scenes.history.redo(self.session))

    def _step(self, what: str, step: tuple[Session, str]) -> None:
        self.session, words = step
        self.voice.say(f"{what}: {words}" if words else f"nothing to be {what}")
        if words:
            self.memory.lapsed()
            if self.shown is not None:
                self._take_model(self.shown)
            self._changed()

    # --- where to measure next

    def suggest(self) -> None:
        """Put the crosshair where measuring brings most, or the next most if it was there; say how much.

        Raises:
            InputError: there is no map yet, or no place in it can be measured.
        """
        found = self._suggesting.next(self.session, self.reading)
        self.update(self.session.jumped(*found.pixel))
        self.voice.say(in_words(found))

    # --- what was kept

    @property
    def offer_words(self) -> str:
        """What is offered and how to take it, or what waits to be confirmed; empty if nothing is."""
        if (offer := self.memory.offer) is not None:
            return f"{offer.words}: enter takes it, esc does not"
        if asked := self.ranging.asked(self.session):
            return asked
        camera = self._adopted.other_camera(self._scenes.current, self.session)
        return f"{camera}: readings are marked until enter confirms it" if camera else ""

    def take_offer(self) -> bool:
        """Take what is offered, or confirm the camera of a profile; False if there is nothing to take."""
        if (offer := self.memory.taken()) is not None:
            before = self.session
            self._use(offer.profile, measured_of(offer.profile, offer.pins), offer.what, again=not offer.saved)
            self._scenes.history.note(before, self.session)
            self._changed()
            return True
        if self.ranging.answer(self.session, runs=True):
            self._changed()
            return True
        camera = self._adopted.other_camera(self._scenes.current, self.session)
        if not camera:
            return False
        self._adopted.confirm_camera(self._scenes.current)
        self.voice.say(f"confirmed: {camera}; its readings count")
        self._changed()
        return True

    def refuse_offer(self) -> bool:
        """Do not offer it again; False if nothing is offered."""
        refused = self.memory.refused() or self.ranging.answer(self.session, runs=False)
        if refused:
            self._keep()
        return refused

    # --- profiles

    def load_profile(self, name_or_path: str) -> None:
        """Take over references and calibration from a profile, as soon as there is a map to compare it with.

        Raises:
            InputError, StorageError: it cannot be read; nothing has changed.
        """
        self.use_profile(load_profile(name_or_path))

    def use_profile(self, profile: Profile) -> None:
        """The same for a profile that was read already.

        Raises:
            InputError: a marker in it is none; nothing has changed.
        """
        measured_of(profile)
        self._profile = profile
        if self.shown is not None:
            before = self.session
            self._check_profile()
            self._scenes.history.note(before, self.session)
            self._changed()

    def save_profile(self, name: str) -> None:
        """Save references and calibration under a name, in place of an older profile of that name.

        Raises:
            InputError: there is nothing to save yet, or the name cannot be used.
            StorageError: it could not be written.
        """
        session, result = self.session, self.shown
        if result is None or not (session.references or session.fixed or session.targets or session.ranges):
            raise InputError("nothing to save yet: give a reference (r) or type scale and shift (K) first")
        if session.renews and self._judgement.renews:  # what the references show now, not when they were given
            session = session.with_references_held(result.inverse_depth)
        profile = profile_of(session.measured, name, setting_of(result, self._info), session.window_px)
        path = save_profile(profile)
        self._adopted.forget(self._scenes.current)
        self.update(replace(self.session, profile=name))
        self.voice.say(f"saved as {path}")

    # --- sources, models, time

    def begin(self) -> None:
        """Start the threads and open what was asked for.

        Raises:
            InputError, StorageError: the profile asked for cannot be read; everything else has begun.
        """
        self.pipeline.start()
        self.open_wanted()
        self.session = self.ranging.begun(self.session, self.wanted.live)
        if self.wanted.profile:
            self.load_profile(self.wanted.profile)

    def open_wanted(self) -> None:
        """Open the source that was asked for."""
        self.pipeline.mount(self.wanted.mounting)
        self.pipeline.open(opener(self.wanted))

    def open_source(self, spec: str, mode: CameraWish | None = None, mounting: Mounting | None = None) -> None:
        """Read from another source; what was measured waits where it was measured.

        Args:
            spec: as `--source` takes it.
            mode: size, rate and format of a camera; None: as they were asked for before, as its controls always are.
            mounting: how its pictures are turned and cropped; None: as they were when it was left.
        """
        info, words = self._info, self.session.in_words()
        if words and info is not None:
            self.voice.say(f"waiting at {info.label}, as it was measured there: {words}")
        self.wanted = self._left.for_another(self.wanted, info.spec if info else None, spec, mode, mounting)
        self.shown, self.reading = None, FrameReading()
        self._judgement = self._judging.judge(self.session, None)
        self.voice.forget()
        self.playback.forget()
        self.freshness.forget()
        self.freeze(False)
        self.open_wanted()

    def turn(self, turn: Turn) -> None:
        """Turn or mirror the source's pictures once more; what was measured waits for them as they were."""
        mounting = self.wanted.mounting.then(turn)
        self.freeze(False)
        self.pipeline.mount(mounting)
        self.wanted = replace(self.wanted, mounting=mounting)

    def load_model(self, wanted: Wanted, label: str, need: Need = Need.NAMED) -> None:
        """Load another model; the one in use works on until it is there."""
        self.wanted = wanted
        self.voice.forget()
        self.pipeline.load(label, loader(wanted), need)

    # --- what is kept of it

    def measurement(self, points: Sequence[PointReading] | None = None) -> Measurement:
        """What is read now: at the crosshair and the pins, or at these points."""
        readings = self.reading.readings() if points is None else tuple(points)
        aside = (*self._unseen, *self.reading.gone())
        return Measurement(self.reading.calibration, readings, self.reading.checks(), aside)

    def report(self, points: Sequence[PointReading] | None = None) -> Report:
        """The same as plain data: what `measure --json` prints and a capture keeps.

        Raises:
            InputError: there is no map yet.
        """
        return frame_report(self.reading, self.session, self.measurement(points))
