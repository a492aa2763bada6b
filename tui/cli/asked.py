"""What `measure` and `watch` are asked for, parsed before anything is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.calibration.reference import Reference
from tui.cli.camera_options import Pixel, parse_pair
from tui.cli.moved import Moved
from tui.cli.parse import check_window, parse_pixel, parse_reference
from tui.cli.sections import parse_line
from tui.errors import InputError
from tui.geometry.region import Region, parse_regions
from tui.instrument.alarms import place_of
from tui.storage.profiles import Profile, load_profile
from tui.targets.live import RangeSpec, parse_lives
from tui.targets.sheets import SheetSpec, parse_corners, parse_sheet, split_corners


@dataclass(frozen=True, slots=True, eq=False)
class AskedSheet:
    """One `--sheet`."""

    text: str
    """As it was written."""
    spec: SheetSpec
    corners_px: npt.NDArray[np.float64] | None
    """Clockwise, shape (4, 2); None: it is looked for in every frame."""

    @classmethod
    def of(cls, text: str) -> AskedSheet:
        """From `A4` or `A4=X,Y:X,Y:X,Y:X,Y`.

        Raises:
            InputError: names the option and shows the form.
        """
        sheet, corners = split_corners(text)
        spec = parse_sheet(sheet)
        if "=" in text:
            return cls(text, spec, parse_corners(corners, text))
        return cls(text, spec, None)

    def __str__(self) -> str:
        return f"--sheet {self.text}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say, parsed before anything is opened.

    Raises:
        InputError: one that cannot be used; names the option.
        StorageError: the profile cannot be read.
    """

    queries: tuple[Pixel, ...]
    pairs: tuple[tuple[Pixel, Pixel], ...]
    references: tuple[Reference, ...]
    markers: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()
    ranges: tuple[RangeSpec, ...] = ()
    """Of `--live`, as they were typed."""
    intrinsics: str | None = None
    fov: str | None = None
    profile: Profile | None = None
    window_px: int | None = None
    force: bool = False
    knowns: tuple[str, ...] = ()
    sheets: tuple[AskedSheet, ...] = ()
    regions: tuple[Region, ...] = ()
    """Those of `--region`."""
    lines: tuple[tuple[Pixel, Pixel], ...] = ()
    """The ends of each `--along`."""
    moved: Moved | None = None

    @classmethod
    def of(
        cls,
        *,
        at: Sequence[str] | None,
        region: Sequence[str] | None = None,
        distance: Sequence[str] | None,
        reference: Sequence[str] | None,
        marker: Sequence[str] | None,
        length: Sequence[str] | None,
        floor: Sequence[str] | None,
        known: Sequence[str] | None = None,
        sheet: Sequence[str] | None = None,
        live: Sequence[str] | None = None,
        intrinsics: str | None,
        fov: str | None,
        profile: str | None,
        window: int | None,
        force: bool,
        along: Sequence[str] | None = None,
        needs_pixels: bool = True,
        moved: Moved | None = None,
    ) -> Asked:
        """From the options' texts; pixels to read need not be asked for where something else is."""
        held = None if profile is None else load_profile(profile)
        if needs_pixels and not (at or distance or region or along or (held is not None and held.regions)):
            raise InputError("Missing option '--at': a pixel to read, such as --at 120,200; see: --help")
        return cls(
            regions=parse_regions(region or []),
            lines=tuple(parse_line(text) for text in along or []),
            queries=tuple(parse_pixel(text) for text in at or []),
            pairs=tuple(parse_pair(text) for text in distance or []),
            references=tuple(parse_reference(text) for text in reference or []),
            markers=tuple(marker or ()),
            lengths=tuple(length or ()),
            floors=tuple(floor or ()),
            knowns=tuple(known or ()),
            sheets=tuple(AskedSheet.of(text) for text in sheet or ()),
            ranges=parse_lives(live or ()),
            intrinsics=intrinsics,
            fov=fov,
            profile=held,
            window_px=None if window is None else check_window(window),
            force=force,
            moved=moved,
        )

    @property
    def own(self) -> bool:
        """Whether references are given here, which come before a profile's."""
        found = (self.references, self.markers, self.lengths, self.floors, self.knowns, self.sheets, self.moved)
        return any(map(bool, found)) or any(each.spots for each in self.ranges)

    @property
    def pixels(self) -> tuple[Pixel, ...]:
        """All that are read: those of `--at`, then both ends of each `--distance`."""
        return (*self.queries, *(pixel for pair in self.pairs for pixel in pair))

    @property
    def places(self) -> tuple[str, ...]:
        """What alarms can be set on, by the names that readings have in logs and messages."""
        held = () if self.profile is None else self.profile.regions
        named = (each.name for each in (*self.regions, *held))
        return tuple(dict.fromkeys((*(f"pin {number}" for number in range(1, len(self.queries) + 1)), *named)))

    @property
    def held_alarms(self) -> tuple[str, ...]:
        """Alarms that the profile keeps on its regions; not on those in whose place another is given."""
        if self.profile is None:
            return ()
        given = {each.name.casefold() for each in self.regions}
        own = {each.name for each in self.profile.regions if each.name.casefold() not in given}
        return tuple(each for each in self.profile.alarms if place_of(each) in own)
