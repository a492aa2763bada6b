"""`--region`: what is read, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.calibration.reading import Reading
from tui.calibration.wording import figure_of, status_in_words
from tui.camera.frame import Frame
from tui.cli.exits import warn
from tui.errors import InputError
from tui.geometry.region import Region, same_name
from tui.instrument.measured import same_shape, scaled_regions
from tui.instrument.regions import RegionReading, share_in_words, with_region
from tui.instrument.session import Session
from tui.storage.profiles import Profile


def set_up_regions(
    session: Session, given: Sequence[Region], profile: Profile | None, frame: Frame, *, force: bool
) -> Session:
    """The session with the regions that were given, then the profile's that are not called as one of those.

    Args:
        session: with the size of its pictures.
        given: by `--region`.
        profile: that is used, if one is.
        frame: the first.
        force: use the profile's in pictures of another shape or mounting all the same.

    Raises:
        InputError: one does not lie in the picture or encloses nothing.
    """
    for each in given:
        try:
            session = with_region(session, each)
        except InputError as error:
            raise InputError(f"--region: {error}") from error
    if profile is None or not profile.regions:
        return session
    size = (session.width, session.height)
    mounting = "" if frame.mounted is None else str(frame.mounted)
    if not force and not (same_shape((profile.width, profile.height), size) and profile.mounting == mounting):
        warn(f"profile {profile.name}: its regions were set in other pictures: not read")
        return session
    held = [
        each
        for each in scaled_regions(profile.regions, (profile.width, profile.height), size)
        if not any(same_name(each.name, other.name) for other in session.regions)
    ]  # as they are: one that was carried half out of the picture is read, and says so
    return replace(session, regions=(*session.regions, *held))


def regions_of(asked: Sequence[Region], read: Sequence[RegionReading], missing: Reading) -> tuple[RegionReading, ...]:
    """One a region that was asked for, in pixels as it was.

    Args:
        asked: the regions.
        read: what the frame says of those that lie in its picture.
        missing: what is to be said of others.
    """
    here = {each.region.name: each for each in read}
    return tuple(
        replace(here[each.name], region=each) if each.name in here else RegionReading(each, missing, None)
        for each in asked
    )


def region_words(found: RegionReading) -> str:
    """'door nearest: 1.43 ± 0.08 m, ok'."""
    figure = figure_of(found.reading)
    numbers = "" if figure is None else f"{figure.whole}, "
    unknown = "" if not found.unknown_share else f", {share_in_words(found.unknown_share)} of it without a distance"
    return f"{found.region.label}: {numbers}{status_in_words(found.reading)}{unknown}"
