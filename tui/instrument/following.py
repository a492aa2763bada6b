"""The part of the instrument that follows the pipeline: each new map is entered, followed, read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tui.calibration.measure import Unseen
from tui.camera.frame import Frame
from tui.camera.wish import CameraWish
from tui.geometry.mounting import Mounting
from tui.instrument.calibrating import followed, with_model_of
from tui.instrument.camera import focus_advice
from tui.instrument.conscience import NO_JUDGEMENT, with_remembered
from tui.instrument.frame import FrameReading, frame_reading
from tui.instrument.freshness import Freshness
from tui.instrument.hearing import Hearing
from tui.instrument.judging import Judging
from tui.instrument.keeping import Keeper
from tui.instrument.measured import Measured
from tui.instrument.memory import Memory
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.mounted import as_mounted, turned_only
from tui.instrument.playback import Playback
from tui.instrument.profiles import Setting, fitted_to, kept_of, measured_of, taken_over
from tui.instrument.ranging import Ranging
from tui.instrument.said import Severity, Voice
from tui.instrument.scenes import Scene, Scenes, scene_of
from tui.instrument.session import Session
from tui.instrument.steady import SteadyHealth, graded_of
from tui.instrument.suggesting import Suggesting
from tui.instrument.wanted import Wanted
from tui.pipeline.inference import DepthResult
from tui.pipeline.pipeline import Pipeline, Snapshot
from tui.storage.profiles import Profile
from tui.targets.observer import observer_of


class Following:
    """Takes what the pipeline brings.

    Args:
        pipeline: capture, loading and inference.
        wanted: what the user asked for.
        session: preferences to begin with.
        keep: whether what is measured is kept from start to start; not for a front end that measures once.
        force: use a profile with pictures of another shape or of another camera all the same.
        averages: have a better map made of a picture that stands still, after the first one.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        wanted: Wanted,
        session: Session | None = None,
        *,
        keep: bool = False,
        force: bool = False,
        averages: bool = False,
    ) -> None:
        self.pipeline = pipeline
        self.wanted = wanted
        self.session = session or Session()
        self.voice = Voice()
        self.snapshot: Snapshot = pipeline.snapshot()
        self.reading = FrameReading()
        """What the newest frame gives."""
        self.freshness = Freshness()
        self.ranging = Ranging(pipeline)
        keeper = Keeper(lambda text: self.voice.say(text, Severity.ERROR)) if keep else None
        self._memory = Memory(keeper, self.voice)
        self._scenes = Scenes()
        self._left: dict[str | None, tuple[Mounting, CameraWish]] = {}
        """How other sources were turned, and what was asked of them, when they were left; by their spec."""
        self._suggesting = Suggesting()
        self.playback = Playback()
        self._force = force
        self._averages = averages
        self._profile: Profile | None = None
        """Loaded, and waiting for a map to be compared with."""
        self._differs: dict[Scene | None, tuple[Mismatch, ...]] = {}
        """What of the profile that was asked for last is otherwise, by scene."""
        self._other_camera = ""
        """With which the profile was made that is used with this one."""
        self._shown: DepthResult | None = None
        self._captured_at: datetime | None = None
        self._looking_for: object = None
        self._kept: object = None
        self._unseen: tuple[Unseen, ...] = ()
        self._judging = Judging(pipeline, self.playback, self.voice)
        self._judgement = NO_JUDGEMENT
        self._doubted: object = None
        """The last answer, if it was asked back."""
        self._doubts: tuple[object, tuple[str, ...]] = ((), ())
        """Of references that nobody could be asked about: those, and what is to be said of them."""
        self._steady = SteadyHealth()
        self._hearing = Hearing(pipeline, self.voice)

    # --- what the pipeline brings

    @property
    def shown(self) -> DepthResult | None:
        """The frame and map that everything speaks of."""
        return self._shown

    def advance(self, turn: Callable[[DepthResult | Frame], bool] = lambda _new: True) -> DepthResult | Frame | None:
        """Take the newest that the pipeline has, and read it.

        Args:
            turn: asked once there is something new: whether it may be taken now.

        Returns:
            The map that was taken, or the frame while there is no map to go with it; None if nothing was.
        """
        self.snapshot = self.pipeline.snapshot()
        self._hearing.hear(self.snapshot)
        taken: DepthResult | Frame | None = None
        if not self.session.frozen or self.shown is None:
            taken = self._newest(turn)
        elif (better := self._better()) is not None and turn(better):
            self._take(better)
            taken = better
        self.look_again()
        return taken

    def look_again(self) -> None:
        """The same frame, later: its age, and whether it is stale."""
        result = self.shown
        if result is not None:
            self.reading = self.reading.aged(*self._age(result))

    def _age(self, result: DepthResult) -> tuple[float, str]:
        """How old a frame is, in seconds, and why it is stale, if it is or was when it was recorded."""
        age_s = max(0.0, time.monotonic() - result.frame.captured_at_s)
        stale = self.freshness.why_stale(self.snapshot, age_s, frozen=self.session.frozen)
        return age_s, stale or self.playback.stale(self.session, result)

    def _newest(self, turn: Callable[[DepthResult | Frame], bool]) -> DepthResult | Frame | None:
        result, frame = self.snapshot.result, self.snapshot.frame
        if result is not None:
            if result is self.shown or not turn(result):
                return None
            self._take(result)
            return result
        return frame if frame is not None and turn(frame) else None

    def _better(self) -> DepthResult | None:
        """What comes while frozen: a better or another model's map of what is shown, or a frame that was stepped to."""
        result, shown = self.snapshot.result, self.shown
        if result is None or shown is None or result is shown:
            return None
        if result.frame is not shown.frame:
            return result if result.frame.held else None
        return result if result.averaged or result.identity != shown.identity else None

    def _average(self) -> None:
        """Have a better map made of what is shown, as it stands still."""
        if self._averages and self._shown is not None and not self._shown.averaged:
            self.pipeline.average(self._shown)

    def _take(self, result: DepthResult) -> None:
        again = self._shown is not None and self._shown.frame is result.frame
        height, width = result.inverse_depth.shape
        scene = scene_of(result.frame, self.snapshot.capture.info)
        before_scene = self._scenes.current
        entered = scene != before_scene
        before, shown = self.session, self._shown
        session = self._sized(self._scenes.enter(scene, before), width, height)
        if entered and shown is not None and turned_only(before_scene, scene):
            session, words = as_mounted(before, session, shown.frame, result.frame)
            self.voice.say(words)
        self.session = session
        self.freshness.tick(result.frame, result.seconds)
        if again or (shown is not None and not result.frame.follows(shown.frame)):
            self.session, self._steady = self.session.without_lag(), SteadyHealth()
        if not again:
            age_s = max(0.0, time.monotonic() - result.frame.captured_at_s)
            then = self.playback.captured_at(result)
            self._captured_at = then or datetime.now(UTC).astimezone() - timedelta(seconds=age_s)
        self._shown = result
        if entered:
            info = self.snapshot.capture.info
            own, asked = None if info is None else info.intrinsics, self._profile is not None
            self._memory.enter(scene, self._setting(result), result.frame.mounted, own, quiet=asked)
        self._check_profile()
        self._replay(result)
        self._take_model(result)
        self._judgement = self._judging.judge(self.session, result)
        if self.playback.follows(self.session, result) is None:
            self.session = followed(self.session, result, self._judgement)
        self._observe()
        self._read()
        info = self.snapshot.capture.info
        if self.session.frozen or (info is not None and info.still):
            self._average()

    def _replay(self, result: DepthResult) -> None:
        """What had been measured when a recorded frame was taken."""
        self.session, words = self.playback.taken(self.session, result)
        if words:
            self.voice.say(words)
        self.voice.say_once(self.playback.problem, Severity.WARNING)

    def _look_at_camera(self) -> None:
        """Say what is new of the camera itself; what stands is among the reading's warnings."""
        info = self.snapshot.capture.info
        caution = self.session.intrinsics.caution if self.session.intrinsics is not None else ""
        for words in self.reading.camera_doubts:
            if not (caution and caution in words):  # said by whoever took the intrinsics over
                self.voice.say_once(words, Severity.WARNING)
        self.voice.say_once(focus_advice(self.session.intrinsics, info), Severity.WARNING)

    def picture(self, width: int, height: int) -> None:
        """A picture without a map came: the crosshair has somewhere to be."""
        self.session = self._sized(self.session, width, height)

    def _sized(self, session: Session, width: int, height: int) -> Session:
        sized = session.with_picture_size(width, height)
        before, now = session.measured, sized.measured
        if session.width and sized is not session and not (before.empty and not sized.waiting):
            sizes = f"pictures were {session.width}x{session.height}, now {width}x{height}"
            if before.same_shape(width, height):
                self.voice.say(f"{sizes}: what was measured is carried over", Severity.WARNING)
            elif not (before.empty and now.empty):
                moved = (f"set aside: {before.in_words()}", f"back again: {now.in_words()}")
                told = "; ".join(words for words, each in zip(moved, (before, now), strict=True) if not each.empty)
                severity = Severity.INFO if before.empty else Severity.WARNING
                self.voice.say(f"{sizes}, of another shape; {told}", severity)
        return sized

    def _read(self) -> None:
        """Read what is shown anew."""
        result, info = self.shown, self.snapshot.capture.info
        if result is None:
            return
        age_s, stale = self._age(result)
        replayed = self.playback.reading(self.session, result, info, age_s, stale)
        if replayed is not None:
            self.reading = replayed
            return
        reading = frame_reading(
            self.session, result, info, self._captured_at, age_s, stale, self.mismatches, self._judgement
        )
        if ranges := self.ranging.words(self.session, result, live=info is None or info.live):
            reading = replace(reading, warnings=(*reading.warnings, *ranges))
        given, doubts = self._doubts
        if doubts and given is self.session.references:
            reading = replace(reading, warnings=(*reading.warnings, *doubts))
        # Its health does not flicker: the one thing of a frame that hangs on those before it.
        stands = self.session.frozen or result.frame.held or (info is not None and info.still)
        about = graded_of(self.session, result.identity)
        self._steady, calibration = self._steady.after(
            reading.calibration, result.frame.captured_at_s, about, stands=stands
        )
        self.reading = reading if calibration is reading.calibration else replace(reading, calibration=calibration)
        self._look_at_camera()

    def _changed(self) -> None:
        if self._shown is not None:
            self._judgement = self._judging.judge(self.session, self._shown)
            if self.session.tracking is None and self.playback.follows(self.session, self._shown) is None:
                self.session = followed(self.session, self._shown, self._judgement)
            self._keep()
        self._observe()
        self._read()

    def _observe(self) -> None:
        """Have the pipeline look for the session's targets, and compare pictures with what is remembered."""
        self.pipeline.remember(self.session.remembered)
        self.pipeline.smooth(self.session.tracker.time_constant_s)
        self.ranging.follow(self.session)
        wanted = (self.session.targets, self.session.intrinsics)
        if wanted != self._looking_for:
            self._looking_for = wanted
            targets, intrinsics = wanted
            looks = bool(targets) and intrinsics is not None
            self.pipeline.observe(observer_of(targets, intrinsics) if looks and intrinsics is not None else None)

    # --- what was kept, and profiles

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """What of the profile in use, or of the one that was asked for and cannot be used, is otherwise here."""
        session = self.session
        used = bool(session.references or session.fixed)

        def stands(each: Mismatch) -> bool:
            own = session.profile == each.profile
            if each.kind is MismatchKind.CAMERA:
                return own and (used or bool(session.targets or session.ranges))
            return not (own or used)  # once it is used, or something else is

        return tuple(each for each in self._differs.get(self._scenes.current, ()) if stands(each))

    def _keep(self) -> None:
        scene, result = self._scenes.current, self._shown
        if scene is None or result is None:
            return
        measured, setting = (self.session.measured, *self.session.waiting), self._setting(result)
        if any(each.kind is MismatchKind.CAMERA for each in self.mismatches):
            setting = replace(setting, camera=self._other_camera)  # to be confirmed at the next start as well
        if (scene, measured, setting) != self._kept:
            self._kept = (scene, measured, setting)
            now_s, window_px = time.time(), self.session.window_px
            kept = tuple(kept_of(each, setting, window_px, now_s) for each in measured if not each.empty)
            self._memory.keep(scene, kept)

    def _take_model(self, result: DepthResult) -> None:
        """What was measured with another model, as this one sees it; what is dropped for it can be undone."""
        before = self.session
        after, said = with_model_of(before, result)
        self.session = with_remembered(before, after, result.frame.image)
        if said is not None:
            self.voice.say(said.text, said.severity)
            if said.severity is Severity.ERROR:
                self._scenes.history.note(before, self.session)

    def _check_profile(self) -> None:
        profile, self._profile = self._profile, None
        if profile is not None:
            self._memory.lapsed()
            self._use(profile, measured_of(profile), f"profile {profile.name}")

    def _use(self, profile: Profile, measured: Measured, what: str, *, again: bool = False) -> None:
        """What a document keeps, as far as it belongs to what is shown."""
        result = self._shown
        if result is None:
            return
        setting = self._setting(result)
        still = self.snapshot.capture.info is not None and self.snapshot.capture.info.still
        fitted, differs, note = fitted_to(
            profile, measured, setting, what=what, any_camera=still, again=again, force=self._force
        )
        self._differs[self._scenes.current], self._other_camera = differs, profile.camera
        session = self.session
        if fitted is None:
            if not any(each.kind is MismatchKind.MOUNTING for each in differs):
                self.session = replace(session, waiting=(*session.waiting, measured))
        else:
            unused = any(each.kind is MismatchKind.MODEL for each in differs)
            self.session = session.with_measured(taken_over(session.measured, fitted, unused=unused))
        self._take_model(result)
        if note:
            self.voice.say(note, Severity.WARNING)
        for each in differs:
            confirm = "; its readings are marked until enter confirms it" if each.kind is MismatchKind.CAMERA else ""
            self.voice.say(f"{each.words}{confirm}", Severity.ERROR)
        if not differs and not note:
            self.voice.say(f"{what} loaded")

    def _setting(self, result: DepthResult) -> Setting:
        info = self.snapshot.capture.info
        height, width = result.inverse_depth.shape
        mounted = result.frame.mounted
        mounting = None if mounted is None else str(mounted)
        return Setting(info.label if info else "", result.identity, width, height, mounting)
