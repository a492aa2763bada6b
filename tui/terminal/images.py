"""Which pictures of real pixels stand on the screen, and which of them must be sent."""

from __future__ import annotations


class ImageLayer:
    """Lies over the cells: what is sent for a picture comes after them, and again when they were sent anew."""

    def __init__(self) -> None:
        self._data: dict[str, str] = {}
        self._unsent: set[str] = set()

    def put(self, place: str, data: str) -> None:
        """Show these escape codes at a place; the same as before costs nothing."""
        if self._data.get(place) != data:
            self._data[place] = data
            self._unsent.add(place)

    def remove(self, place: str) -> None:
        """Nothing stands there any more; the cells under it must be sent by someone else."""
        self._data.pop(place, None)
        self._unsent.discard(place)

    def forget(self) -> None:
        """The cells were or will be sent anew: so must all pictures."""
        self._unsent = set(self._data)

    @property
    def is_sent(self) -> bool:
        """Whether there is nothing to send."""
        return not self._unsent

    def take(self) -> str:
        """What is to be sent now."""
        data = "".join(self._data[place] for place in sorted(self._unsent))
        self._unsent.clear()
        return data
