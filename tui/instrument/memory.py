"""What earlier starts have left for a scene, and what this one leaves."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tui.errors import DepthTuiError
from tui.instrument.frame import seconds_in_words
from tui.instrument.keeping import Keeper
from tui.instrument.measured import Measured, same_shape
from tui.instrument.profiles import Setting, kept_of, measured_of
from tui.instrument.said import Severity, Voice
from tui.instrument.scenes import Scene
from tui.storage.kept import Kept
from tui.storage.profiles import Profile, list_profiles, load_profile

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
    """Whether it is a profile that was saved under a name."""


class Memory:
    """Offers what was kept, and keeps what is measured.

    Args:
        keeper: reads and writes; None for a front end that keeps nothing.
        voice: is told what cannot be kept.
    """

    def __init__(self, keeper: Keeper | None, voice: Voice) -> None:
        self._keeper = keeper
        self._voice = voice
        self._before: tuple[Kept, ...] = ()
        """What earlier starts have left and nobody has taken or refused yet: kept along with what is new."""
        self.offer: Offer | None = None

    def first_seen(self, scene: Scene, setting: Setting, *, quiet: bool) -> None:
        """A scene is seen for the first time in this start; `quiet` offers nothing, as a profile was asked for."""
        self.offer, self._before = None, ()
        if self._keeper is None:
            return
        self._before = self._keeper.load(scene)
        if not quiet:
            self.offer = self._kept_offer(setting) or _profile_offer(setting)

    def keep(self, scene: Scene, measured: tuple[Measured, ...], setting: Setting, window_px: int) -> None:
        """What is measured now is kept, from the next moments on."""
        if self._keeper is None:
            return
        now_s = time.time()
        kept = tuple(kept_of(each, setting, window_px, now_s) for each in measured if not each.empty)
        self._keeper.keep(scene, (*kept, *self._before)[:8])

    def taken(self) -> Offer | None:
        """The offer, which is none any more; what was kept belongs to what is measured now."""
        offer, self.offer = self.offer, None
        if offer is not None and not offer.saved:
            self._before = tuple(each for each in self._before if each.profile is not offer.profile)
        return offer

    def refused(self) -> bool:
        """Nobody wants what is offered; it will not be offered again. False if nothing is."""
        return self.taken() is not None

    def lapsed(self) -> None:
        """Something else was measured: what is offered is kept for the next start."""
        self.offer = None

    def flush(self) -> None:
        """Wait for the disk, for a while."""
        if self._keeper is not None:
            self._keeper.flush()

    def _kept_offer(self, setting: Setting) -> Offer | None:
        for kept in self._before:
            if not same_shape((kept.profile.width, kept.profile.height), (setting.width, setting.height)):
                continue
            try:
                words = measured_of(kept.profile, kept.pins).in_words()
            except DepthTuiError as error:
                self._voice.say(f"what was measured here before cannot be used: {error}", Severity.WARNING)
                continue
            age = seconds_in_words(max(0.0, time.time() - kept.saved_at_s))
            return Offer(f"{words} of {age} ago", kept.profile, kept.pins)
        return None


def _profile_offer(setting: Setting) -> Offer | None:
    """The newest saved profile of this camera, if there is one."""
    found: list[Profile] = []
    for name in list_profiles()[:_MOST_PROFILES]:
        try:
            profile = load_profile(name)
        except DepthTuiError:
            continue
        if profile.camera == setting.camera and (profile.width, profile.height) == (setting.width, setting.height):
            found.append(profile)
    if not found:
        return None
    newest = max(found, key=lambda profile: profile.created)
    return Offer(f"profile {newest.name} was saved with {newest.camera}", newest, saved=True)
