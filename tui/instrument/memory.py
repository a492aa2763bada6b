"""What earlier starts have left for a scene, and what this one leaves."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.errors import DepthTuiError
from tui.geometry.intrinsics import Intrinsics
from tui.geometry.mounting import Mounted
from tui.instrument.frame import seconds_in_words
from tui.instrument.keeping import Keeper
from tui.instrument.measured import Measured, same_shape
from tui.instrument.profiles import Setting, kept_of, measured_of, profile_of
from tui.instrument.said import Severity, Voice
from tui.instrument.scenes import Scene
from tui.storage.camera_text import camera_as_shown
from tui.storage.intrinsics import list_intrinsics, load_intrinsics, name_of_camera
from tui.storage.kept import Kept
from tui.storage.profiles import Profile, list_profiles, load_profile

_MOST_KEPT = 8
"""Measurements of one scene that are kept; what is measured now always is."""

_MOST_PROFILES = 40
"""Saved profiles that are looked through for one of this camera."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something measured before that can be taken with one key."""

    words: str
    """'4 references of 12 min ago'."""
    profile: Profile
    pins: tuple[tuple[int, int, int], ...] = ()
    saved: bool = False
    """Whether it was saved under a name, and so stays where it is."""
    what: str = "what was kept"
    """How it is called once it is taken."""


class Memory:
    """Offers what was kept, and keeps what is measured.

    Args:
        voice: is told what cannot be kept.
        keeps: whether there is a disk at all; not for a front end that measures once.
    """

    def __init__(self, voice: Voice, *, keeps: bool) -> None:
        self._keeper = Keeper(lambda text: voice.say(text, Severity.ERROR)) if keeps else None
        self._voice = voice
        self._before: dict[Scene, tuple[Kept, ...]] = {}
        """What earlier starts have left and nobody has taken or refused yet: kept along with what is new."""
        self._offers: deque[Offer] = deque()
        """For the current scene, the one to be made first at the left."""
        self._scene: Scene | None = None
        self._kept: object = None
        """What was kept last."""

    @property
    def offer(self) -> Offer | None:
        """What is offered now."""
        return self._offers[0] if self._offers else None

    def enter(
        self,
        scene: Scene,
        setting: Setting,
        mounted: Mounted | None = None,
        own: Intrinsics | None = None,
        *,
        quiet: bool,
    ) -> None:
        """Another scene is shown; `quiet` offers nothing, as a profile was asked for.

        How its pictures are turned is told by `mounted`, where that is known; `own` is what the source itself says of
        its camera.
        """
        self._offers.clear()
        self._scene = scene
        if self._keeper is None or scene in self._before:
            return
        self._before[scene] = self._keeper.load(scene)
        if not quiet:
            self._offers.extend(self._kept_offers(scene, setting))
            self._offers.extend(_profile_offer(setting))
            self._offers.extend(_own_offer(setting, mounted, own))
            self._offers.extend(_camera_offer(setting, mounted))

    def keep(self, scene: Scene, measured: Sequence[Measured], setting: Setting, window_px: int) -> None:
        """What is measured now is kept, from the next moments on, unless it is already."""
        if self._keeper is None or (scene, measured, setting) == self._kept:
            return
        self._kept = scene, measured, setting
        now_s, left = time.time(), self._before.get(scene, ())
        kept = tuple(kept_of(each, setting, window_px, now_s) for each in measured if not each.empty)
        self._keeper.keep(scene, (*kept, *left)[: max(_MOST_KEPT, len(kept))])

    def taken(self) -> Offer | None:
        """The offer; nothing else is offered then, and what was kept belongs to what is measured now."""
        offer = self._done()
        self._offers.clear()
        return offer

    def refused(self) -> bool:
        """Nobody wants what is offered: it is not offered again, but the next one is. False if nothing is."""
        offer = self._done()
        if offer is not None:
            self._kept = None
        return offer is not None

    def lapsed(self) -> None:
        """Something else was measured: what is offered is kept for the next start."""
        self._offers.clear()

    def _done(self) -> Offer | None:
        offer = self._offers.popleft() if self._offers else None
        if offer is not None and not offer.saved and self._scene is not None:
            left = self._before.get(self._scene, ())
            self._before[self._scene] = tuple(each for each in left if each.profile is not offer.profile)
        return offer

    def flush(self) -> None:
        """Wait for the disk, for a while."""
        if self._keeper is not None:
            self._keeper.flush()

    def _kept_offers(self, scene: Scene, setting: Setting) -> Iterator[Offer]:
        for kept in self._before[scene]:
            if not same_shape((kept.profile.width, kept.profile.height), (setting.width, setting.height)):
                continue
            try:
                measured = measured_of(kept.profile, kept.pins)
            except DepthTuiError as error:
                self._voice.say(f"what was measured here before cannot be used: {error}", Severity.WARNING)
                continue
            if measured.fixed is not None and measured.references_model != setting.identity.key:
                continue  # another model's scale and shift mean nothing to this one
            age = seconds_in_words(max(0.0, time.time() - kept.saved_at_s))
            yield Offer(f"{measured.in_words()} of {age} ago", kept.profile, kept.pins)


def _profile_offer(setting: Setting) -> Iterator[Offer]:
    """The newest saved profile of this camera, if there is one."""
    found: list[Profile] = []
    for name in list_profiles()[:_MOST_PROFILES]:
        try:
            profile = load_profile(name)
        except DepthTuiError:
            continue
        made = (profile.camera, profile.width, profile.height, profile.mounting)
        if made == (setting.camera, setting.width, setting.height, setting.mounting or ""):
            found.append(profile)
    if found:
        newest = max(found, key=lambda profile: profile.created)
        yield Offer(
            f"profile {newest.name} was saved with {newest.camera}", newest, saved=True, what=f"profile {newest.name}"
        )


def _own_offer(setting: Setting, mounted: Mounted | None, own: Intrinsics | None) -> Iterator[Offer]:
    """The camera as the source itself knows it, as a bag does by its camera_info."""
    if own is None:
        return
    try:
        intrinsics = camera_as_shown(own, setting.width, setting.height, mounted)
    except DepthTuiError:
        return
    known = Measured(setting.width, setting.height, intrinsics=intrinsics)
    words = f"{own.origin} tells this camera (fx {intrinsics.fx_px:.4g})"
    yield Offer(words, profile_of(known, "", setting, 5), saved=True, what=f"the camera of {own.origin}")


def _camera_offer(setting: Setting, mounted: Mounted | None) -> Iterator[Offer]:
    """The intrinsics that were saved under this camera's name, if there are any for pictures of this shape."""
    name = name_of_camera(setting.camera)
    if name not in list_intrinsics():
        return
    try:
        intrinsics = camera_as_shown(load_intrinsics(name), setting.width, setting.height, mounted)
    except DepthTuiError:
        return
    known = Measured(setting.width, setting.height, intrinsics=intrinsics)
    words = f"this camera was calibrated before ({name})"
    yield Offer(words, profile_of(known, "", setting, 5), saved=True, what=f"camera {name}")
