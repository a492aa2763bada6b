"""The instrument: orders in, one frozen value a frame out. Every front end drives this one object, from one thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.calibration.measure import Measurement, PointReading, Unseen
from tui.calibration.reference import Reference
from tui.calibration.report import Report, report
from tui.calibration.suggest import Suggestion
from tui.camera.wish import AS_IT_COMES, CameraWish
from tui.errors import InputError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import AS_DELIVERED, Mounting, Turn
from tui.instrument.alarms import with_alarms_in_place
from tui.instrument.calibrating import Purpose, answered, doubts_about, gives_references, with_renewal_toggled
from tui.instrument.carrying import carried
from tui.instrument.conscience import with_remembered
from tui.instrument.doubted import Doubted
from tui.instrument.frame import FrameReading
from tui.instrument.memory import Offer
from tui.instrument.mismatch import MismatchKind
from tui.instrument.opening import loader, opener
from tui.instrument.playing import Playing
from tui.instrument.profiles import measured_of, profile_of
from tui.instrument.said import Severity
from tui.instrument.session import Session
from tui.instrument.suggesting import in_words, suggestions
from tui.instrument.wanted import Wanted
from tui.pipeline.brought import Need
from tui.storage.profiles import Profile, load_profile, save_profile

ANEW = "r on something whose distance you know begins anew (z takes that back)"


class Instrument(Playing):
    """Owns the pipeline, the session and what belongs to it; steered by orders that return at once."""

    # --- what the user sets and measures

    def update(self, session: Session) -> None:
        """Take over what the user set: it can be undone, is kept, and is read at once."""
        image = None if self._shown is None else self._shown.frame.image
        session = with_alarms_in_place(session)
        before, self.session = self.session, with_remembered(self.session, session, image)
        self._scenes.history.note(before, session)
        if session.measured != before.measured:
            self._memory.lapsed()
        self._changed()

    def answer(self, purpose: str, text: str) -> None:
        """Carry out an answer to what `purpose` asked for; what is unlikely is taken when it comes a second time.

        A reference that is given where the others are not at their pixels any more takes the place of all of them.

        Raises:
            Doubted: it is unlikely; nothing has changed.
            InputError: it is not what was asked for, or determines no calibration; nothing has changed then.
        """
        session, judgement, words = self.session, self._judgement, ""
        if gives_references(purpose, text):
            if judgement.unreadable is not None:
                raise InputError(f"{judgement.unreadable.words}: nothing can be measured in this picture")
            if judgement.elsewhere is not None and session.references:
                words = f"{judgement.elsewhere.words}: {session.measured.references_in_words()} of before removed"
                session = session.without_references()
        if purpose == Purpose.MARKER:
            self.ranging.allow_typed(text)
        asked = (purpose, text, session.u_px, session.v_px)
        doubted, self._doubted, self.proposed_px = self._doubted, None, ()
        try:
            self.update(answered(session, purpose, text, self._shown, insists=asked == doubted))
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
        result, verdict, motion = self._shown, self._judgement.elsewhere, self._judgement.motion
        if result is None or not self.session.references:
            raise InputError("there are no references to carry along")
        if verdict is None:
            unreadable = self._judgement.unreadable
            why = "the view has not moved: there is nothing to carry along" if unreadable is None else unreadable.words
            raise InputError(why)
        if motion is None:
            raise InputError(f"{verdict.words}: where the references are now cannot be told; {ANEW}")
        session, words = carried(self.session, result, motion)
        self.update(session)
        self.voice.say(words, Severity.WARNING)

    def give_references(self, references: Sequence[Reference]) -> tuple[Unseen, ...]:
        """Give several at once; that they contradict each other is a problem of the reading, not an error here.

        Returns:
            Those for which the map has no value: they do not count.

        Raises:
            InputError: there is no map yet.
        """
        result = self._shown
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
        shown = self._shown if self._judgement.renews else None
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
            self._memory.lapsed()
            if self._shown is not None:
                self._take_model(self._shown)
            self._changed()

    # --- where to measure next

    def suggestions(self, count: int) -> tuple[Suggestion, ...]:
        """The places to measure next on the frame that is shown, each as if those before it were measured."""
        return suggestions(self.session, self.reading, count)

    def suggest(self) -> None:
        """Put the crosshair where measuring brings most, or the next most if it was there; say how much.

        Raises:
            InputError: there is no map yet, or no place in it can be measured.
        """
        if self._shown is None:
            raise InputError("no depth map yet: wait for the model, or press m to choose one")
        found = self._suggesting.next(self.session, self.reading)
        if found is None:
            raise InputError(
                "nowhere to measure next: every smooth place in this picture is measured, or there is none"
            )
        self.update(self.session.jumped(*found.pixel))
        self.voice.say(in_words(found))

    # --- what was kept

    @property
    def offer(self) -> Offer | None:
        """Something measured before that can be taken with one key."""
        return self._memory.offer

    @property
    def offer_words(self) -> str:
        """What is offered and how to take it, or what waits to be confirmed; empty if nothing is."""
        if self.offer is not None:
            return f"{self.offer.words}: enter takes it, esc does not"
        if asked := self.ranging.asked(self.session):
            return asked
        camera = next((each.words for each in self.mismatches if each.kind is MismatchKind.CAMERA), "")
        return f"{camera}: readings are marked until enter confirms it" if camera else ""

    def take_offer(self) -> bool:
        """Take what is offered, or confirm the camera of a profile; False if there is nothing to take."""
        if (offer := self._memory.taken()) is not None:
            before = self.session
            self._use(
                offer.profile,
                measured_of(offer.profile, offer.pins),
                offer.what,
                again=not offer.saved,
            )
            self._scenes.history.note(before, self.session)
            self._changed()
            return True
        if self.ranging.answer(self.session, runs=True):
            self._changed()
            return True
        camera = [each for each in self.mismatches if each.kind is MismatchKind.CAMERA]
        if not camera:
            return False
        scene = self._scenes.current
        self._differs[scene] = tuple(each for each in self._differs[scene] if each.kind is not MismatchKind.CAMERA)
        self.voice.say(f"confirmed: {camera[0].words}; its readings count")
        self._changed()
        return True

    def refuse_offer(self) -> bool:
        """Do not offer it again; False if nothing is offered."""
        refused = self._memory.refused() or self.ranging.answer(self.session, runs=False)
        if refused:
            self._kept = None
            self._keep()
        return refused

    def keep_all(self) -> None:
        """Before leaving: wait until what was measured is on the disk, for a while."""
        self._memory.flush()

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
        if self._shown is not None:
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
        session, result = self.session, self._shown
        if result is None or not (session.references or session.fixed or session.targets or session.ranges):
            raise InputError("nothing to save yet: give a reference (r) or type scale and shift (K) first")
        if session.renews and self._judgement.renews:  # what the references show now, not when they were given
            session = session.with_references_held(result.inverse_depth)
        profile = profile_of(session.measured, name, self._setting(result), session.window_px)
        path = save_profile(profile)
        self._differs.pop(self._scenes.current, None)
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
        info, words = self.snapshot.capture.info, self.session.measured.in_words()
        if words and info is not None:
            self.voice.say(f"waiting at {info.label}, as it was measured there: {words}")
        left = (self.wanted.mounting, self.wanted.wish)
        self._left |= dict.fromkeys((self.wanted.source, info.spec if info else None), left)
        before, wish = self._left.get(spec, (AS_DELIVERED, AS_IT_COMES))
        mounting = before if mounting is None else mounting
        wish = wish if mode is None else replace(mode, controls=wish.controls)
        self.wanted = replace(self.wanted, source=spec, mounting=mounting, wish=wish)
        self._shown, self.reading = None, FrameReading()
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
        reading, result, info = self.reading, self._shown, self.snapshot.capture.info
        if result is None:
            raise InputError("nothing to capture yet: there is no depth map")
        plain = report(
            self.measurement(points),
            image=info.spec
            if info and info.spec != "-" and info.still
            else result.frame.name or (info.label if info else ""),
            width=self.session.width,
            height=self.session.height,
            model=result.identity.name,
            engine=result.engine,
        )
        return {
            **plain,
            "source": info.label if info else None,
            "profile": self.session.profile or None,
            **reading.plain(),
            **({"mounting": mounting} if (mounting := str(result.frame.mounted or "")) else {}),
        }
