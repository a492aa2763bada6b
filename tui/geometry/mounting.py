"""How a camera hangs: its picture turned, mirrored and cropped, as a map between pixels that can be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tui.errors import InputError

_CROP = re.compile(r"\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*[xX×]\s*([0-9]{1,6})\s*")  # noqa: RUF001 - as typed
_FLIPS = {"h": (0, True), "v": (2, True)}


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the eight ways to lay a picture: quarter turns clockwise, then mirrored left to right or not."""

    quarters: int = 0
    """0 to 3."""
    mirrored: bool = False

    def then(self, other: Turn) -> Turn:
        """This one first, `other` after it."""
        # Mirroring turns the sense of a turn round.
        quarters = self.quarters - other.quarters if self.mirrored else self.quarters + other.quarters
        return Turn(quarters % 4, self.mirrored != other.mirrored)

    @property
    def inverse(self) -> Turn:
        """What takes it back."""
        return self if self.mirrored else Turn(-self.quarters % 4)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Of the picture (width, height) once it is turned."""
        return (height, width) if self.quarters % 2 else (width, height)

    def pixel(self, u_px: float, v_px: float, width: int, height: int) -> tuple[float, float]:
        """Where a pixel of a picture of that size comes to lie."""
        for _ in range(self.quarters):
            u_px, v_px = height - 1 - v_px, u_px
            width, height = height, width
        return (width - 1 - u_px if self.mirrored else u_px), v_px

    def direction(self, x: float, y: float) -> tuple[float, float]:
        """Where a direction in the picture's plane (right, down) points once it is turned."""
        for _ in range(self.quarters):
            x, y = -y, x
        return (-x if self.mirrored else x), y

    def __str__(self) -> str:
        """'rotate 90, flip h'; empty where nothing is turned."""
        if self == Turn(2, mirrored=True):
            return "flip v"
        words = [f"rotate {90 * self.quarters}"] if self.quarters else []
        return ", ".join([*words, *(["flip h"] if self.mirrored else [])])


AS_TAKEN = Turn()


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is used, in whole pixels from the top left."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Mounting:
    """What is to be done with pictures of any size: turned, then cropped, then turned again."""

    turn: Turn = AS_TAKEN
    crop: Crop | None = None
    """In pixels of the turned picture."""
    after: Turn = AS_TAKEN
    """What was turned since the crop was said."""

    @property
    def plain(self) -> bool:
        """Whether pictures stay as they come."""
        return self == AS_DELIVERED

    def then(self, turn: Turn) -> Mounting:
        """The picture as it is shown now, turned once more; it shows the same part of the scene."""
        if self.crop is None:
            return replace(self, turn=self.turn.then(turn))
        return replace(self, after=self.after.then(turn))

    def of(self, width: int, height: int) -> Mounted:
        """For pictures of one size.

        Raises:
            InputError: the crop reaches beyond them.
        """
        turned = self.turn.size(width, height)
        if self.crop is None:
            return Mounted(self.turn, Crop(0, 0, *turned), (width, height))
        crop = self.crop
        if crop.left + crop.width > turned[0] or crop.top + crop.height > turned[1]:
            raise InputError(
                f"--crop {crop}: reaches beyond the picture, which is {turned[0]}x{turned[1]}"
                f"{' once it is turned' if self.turn != AS_TAKEN else ''}; write X,Y,WxH within it"
            )
        corners = (
            self.after.pixel(crop.left, crop.top, *turned),
            self.after.pixel(crop.left + crop.width - 1, crop.top + crop.height - 1, *turned),
        )
        left, top = (round(min(one, other)) for one, other in zip(*corners, strict=True))
        return Mounted(
            self.turn.then(self.after), Crop(left, top, *self.after.size(crop.width, crop.height)), (width, height)
        )


AS_DELIVERED = Mounting()


@dataclass(frozen=True, slots=True)
class Mounted:
    """A mounting of pictures of one size: turned first, then cropped.

    Two that do the same are equal.
    """

    turn: Turn
    crop: Crop
    """In pixels of the turned picture, all of it where nothing is cut off."""
    taken: tuple[int, int]
    """(width, height) of the pictures as the camera delivers them."""

    def __post_init__(self) -> None:
        turned, crop = self.turn.size(*self.taken), self.crop
        inside = crop.left + crop.width <= turned[0] and crop.top + crop.height <= turned[1]
        if not (inside and min(crop.left, crop.top) >= 0 and min(crop.width, crop.height, *self.taken) >= 1):
            raise InputError(f"crop {crop} of a picture of {turned[0]}x{turned[1]}: must lie within it")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the pictures as they are shown."""
        return self.crop.width, self.crop.height

    @property
    def cuts(self) -> bool:
        """Whether something is cut off."""
        return self.size != self.turn.size(*self.taken)

    @property
    def plain(self) -> bool:
        """Whether pictures stay as they come."""
        return self.turn == AS_TAKEN and not self.cuts

    def scaled_to(self, width: int, height: int) -> Mounted:
        """For the same pictures, larger or smaller, shown at this size; a crop to the nearest pixel."""
        across, down = width / self.crop.width, height / self.crop.height
        crop = Crop(round(self.crop.left * across), round(self.crop.top * down), width, height)
        turned = self.turn.size(*self.taken)
        whole = (
            max(round(turned[0] * across), crop.left + crop.width),
            max(round(turned[1] * down), crop.top + crop.height),
        )
        return Mounted(self.turn, crop, self.turn.inverse.size(*whole))

    def shown(self, u_px: float, v_px: float) -> tuple[float, float]:
        """Where a pixel of the camera's own picture is shown; outside of the picture where it is cut off."""
        u_px, v_px = self.turn.pixel(u_px, v_px, *self.taken)
        return u_px - self.crop.left, v_px - self.crop.top

    def own(self, u_px: float, v_px: float) -> tuple[float, float]:
        """The inverse of `shown`."""
        turned = self.turn.size(*self.taken)
        return self.turn.inverse.pixel(u_px + self.crop.left, v_px + self.crop.top, *turned)

    def __str__(self) -> str:
        """'rotate 90, crop 10,20,640x480 of 720x1280'; empty where pictures stay as they come."""
        width, height = self.turn.size(*self.taken)
        words = [f"crop {self.crop} of {width}x{height}"] if self.cuts else []
        return ", ".join(filter(None, [str(self.turn), *words]))


def parse_mounting(rotate: str | None, flip: str | None, crop: str | None) -> Mounting:
    """From what is written for `--rotate`, `--flip` and `--crop`: turned clockwise first, then mirrored, then cropped.

    Raises:
        InputError: names the option and shows the form.
    """
    turn = AS_TAKEN
    if rotate is not None:
        degrees = rotate.strip().lower().removesuffix("deg").removesuffix("°").strip()
        if degrees not in {"0", "90", "180", "270", "-90", "-180", "-270"}:
            raise InputError(f"--rotate {rotate}: 90, 180 or 270 degrees clockwise")
        turn = Turn(int(degrees) // 90 % 4)
    if flip is not None:
        if (known := _FLIPS.get(flip.strip().lower())) is None:
            raise InputError(
                f"--flip {flip}: h mirrors left and right, v up and down; both together are --rotate 180 "
                "(--no-flip is about the mean with the mirrored picture)"
            )
        turn = turn.then(Turn(*known))
    return Mounting(turn, None if crop is None else _parse_crop(crop))


def _parse_crop(text: str) -> Crop:
    match = _CROP.fullmatch(text)
    if match is None:
        raise InputError(f"--crop {text}: write X,Y,WxH in pixels of the turned picture, as in 100,50,640x480")
    crop = Crop(*(int(number) for number in match.groups()))
    if not (crop.width and crop.height):
        raise InputError(f"--crop {text}: a part of at least 1x1 pixel")
    return crop
