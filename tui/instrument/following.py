"""The part of the instrument that follows the pipeline: each new map is entered, followed, read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tui.calibration.measure import Unseen
from tui.camera.frame import Frame, SourceInfo
from tui.instrument.adopted import Adopted
from tui.instrument.camera import camera_news
from tui.instrument.conscience import NO_JUDGEMENT, with_remembered
from tui.instrument.frame import FrameReading, frame_reading
from tui.instrument.freshness import Freshness, age_of, taken_at
from tui.instrument.hearing import Hearing
from tui.instrument.judging import Judging
from tui.instrument.measured import Measured
from tui.instrument.memory import Memory
from tui.instrument.mismatch import Mismatch
from tui.instrument.mounted import as_mounted, sized, turned_only
from tui.instrument.playback import Playback
from tui.instrument.profiles import measured_of, setting_of
from tui.instrument.ranging import Ranging
from tui.instrument.renewing import followed, with_model_of, without_lag
from tui.instrument.said import Severity, Voice, said_once
from tui.instrument.scenes import Scenes, scene_of
from tui.instrument.session import Session
from tui.instrument.steady import SteadyHealth, graded_of
from tui.instrument.suggesting import Suggesting
from tui.instrument.wanted import Left, Wanted
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
        self.memory = Memory(self.voice, keeps=keep)
        """What earlier starts have left, and this one leaves."""
        self._scenes = Scenes()
        self._left = Left()
        self._suggesting = Suggesting()
        self.playback = Playback()
        self._averages = averages
        self._profile: Profile | None = None
        """Loaded, and waiting for a map to be compared with."""
        self._adopted = Adopted(force=force)
        self.shown: DepthResult | None = None
        """The frame and map that everything speaks of."""
        self._captured_at: datetime | None = None
        self._looking_for: object = None
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
    def _info(self) -> SourceInfo | None:
        """Of the source that is open."""
        return self.snapshot.capture.info

    def advance(self, turn: Callable[[DepthResult | Frame], bool] = lambda _new: True) -> DepthResult | Frame | None:
        """Take the newest that the pipeline has, and read it.

        Args:
            turn: asked once there is something new: whether it may be taken now.

        Returns:
            The map that was taken, or the frame while there is no map to go with it; None if nothing was.
        """
        self.snapshot = self.pipeline.snapshot()
        self._hearing.hear(self.snapshot)
        new = self._new()
        if new is not None and not turn(new):
            new = None
        if isinstance(new, DepthResult):
            self._take(new)
        self.look_again()
        return new

    def look_again(self) -> None:
        """The same frame, later: its age, and whether it is stale."""
        result = self.shown
        if result is not None:
            self.reading = self.reading.aged(*self._age(result))

    def _age(self, result: DepthResult) -> tuple[float, str]:
        """How old a frame is, in seconds, and why it is stale, if it is or was when it was recorded."""
        age_s = age_of(result.frame)
        stale = self.freshness.why_stale(self.snapshot, age_s, frozen=self.session.frozen)
        return age_s, stale or self.playback.stale(self.session, result)

    def _new(self) -> DepthResult | Frame | None:
        """What was not taken yet; without any map, the frame.

        While frozen: a better or another model's map of what is shown, or a frame that was stepped to.
        """
        result, shown = self.snapshot.result, self.shown
        if shown is None or not self.session.frozen:
            return self.snapshot.frame if result is None else result if result is not shown else None
        if result is None or result is shown:
            return None
        if result.frame is not shown.frame:
            return result if result.frame.held else None
        return result if result.averaged or result.identity != shown.identity else None

    def _average(self) -> None:
        """Have a better map made of what is shown, as it stands still."""
        if self._averages and self.shown is not None and not self.shown.averaged:
            self.pipeline.average(self.shown)

    def _take(self, result: DepthResult) -> None:
        before, shown, info = self.session, self.shown, self._info
        again = shown is not None and shown.frame is result.frame
        height, width = result.inverse_depth.shape
        scene, before_scene = scene_of(result.frame, info), self._scenes.current
        entered = scene != before_scene
        session = self._sized(self._scenes.enter(scene, before), width, height)
        if entered and shown is not None and turned_only(before_scene, scene):
            session, words = as_mounted(before, session, shown.frame, result.frame)
            self.voice.say(words)
        self.session = session
        self.freshness.tick(result.frame, result.seconds)
        if again or (shown is not None and not result.frame.follows(shown.frame)):
            self.session, self._steady = without_lag(self.session), SteadyHealth()
        if not again:
            self._captured_at = self.playback.captured_at(result) or taken_at(result.frame)
        self.shown = result
        if entered:
            own, asked = None if info is None else info.intrinsics, self._profile is not None
            self.memory.enter(scene, setting_of(result, info), result.frame.mounted, own, quiet=asked)
        self._check_profile()
        self._replay(result)
        self._take_model(result)
        self._judgement = self._judging.judge(self.session, result)
        if self.playback.follows(self.session, result) is None:
            self.session = followed(self.session, result, self._judgement)
        self._observe()
        self._read()
        if self.session.frozen or (info is not None and info.still):
            self._average()

    def _replay(self, result: DepthResult) -> None:
        """What had been measured when a recorded frame was taken."""
        self.session, words = self.playback.taken(self.session, result)
        if words:
            self.voice.say(words)
        self.voice.say_once(self.playback.problem, Severity.WARNING)

    def picture(self, width: int, height: int) -> None:
        """A picture without a map came: the crosshair has somewhere to be."""
        self.session = self._sized(self.session, width, height)

    def _sized(self, session: Session, width: int, height: int) -> Session:
        session, said = sized(session, width, height)
        self.voice.pass_on(*said)
        return session

    def _read(self) -> None:
        """Read what is shown anew."""
        result, info = self.shown, self._info
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
        given, doubts = self._doubts
        warnings = (
            *reading.warnings,
            *self.ranging.words(self.session, result, live=info is None or info.live),
            *(doubts if given is self.session.references else ()),
        )
        # Its health does not flicker: the one thing of a frame that hangs on those before it.
        stands = self.session.frozen or result.frame.held or (info is not None and info.still)
        about = graded_of(self.session, result.identity)
        self._steady, calibration = self._steady.after(
            reading.calibration, result.frame.captured_at_s, about, stands=stands
        )
        self.reading = replace(reading, warnings=said_once(warnings), calibration=calibration)
        for words in camera_news(self.session.intrinsics, info, reading.camera_doubts):
            self.voice.say_once(words, Severity.WARNING)

    def _changed(self) -> None:
        if self.shown is not None:
            self._judgement = self._judging.judge(self.session, self.shown)
            if self.session.tracking is None and self.playback.follows(self.session, self.shown) is None:
                self.session = followed(self.session, self.shown, self._judgement)
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
        return self._adopted.mismatches(self._scenes.current, self.session)

    def _keep(self) -> None:
        scene, result, session = self._scenes.current, self.shown, self.session
        if scene is not None and result is not None:
            setting = self._adopted.as_kept(scene, session, setting_of(result, self._info))
            self.memory.keep(scene, (session.measured, *session.waiting), setting, session.window_px)

    def _take_model(self, result: DepthResult) -> None:
        """What was measured with another model, as this one sees it; what is dropped for it can be undone."""
        before = self.session
        after, said = with_model_of(before, result)
        self.session = with_remembered(before, after, result.frame.image)
        if said is not None:
            self.voice.pass_on(said)
            if said.severity is Severity.ERROR:
                self._scenes.history.note(before, self.session)

    def _check_profile(self) -> None:
        profile, self._profile = self._profile, None
        if profile is not None:
            self.memory.lapsed()
            self._use(profile, measured_of(profile), f"profile {profile.name}")

    def _use(self, profile: Profile, measured: Measured, what: str, *, again: bool = False) -> None:
        """What a document keeps, as far as it belongs to what is shown."""
        result, info = self.shown, self._info
        if result is None:
            return
        self.session, told = self._adopted.take(
            self._scenes.current,
            self.session,
            profile,
            measured,
            setting_of(result, info),
            what=what,
            any_camera=info is not None and info.still,
            again=again,
        )
        self._take_model(result)
        self.voice.pass_on(*told)
