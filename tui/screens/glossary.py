"""What the words on the screen mean, in a sentence or two each."""

from __future__ import annotations

_WORDS = """
inverse depth, units
    What a depth network sees: a number that is larger where things are nearer, about proportional to one over the
    distance, in units of its own that change from picture to picture. Only references make metres of them.
distance
    From the camera along the direction in which it looks (z), not along the ray to the point; with the camera's
    intrinsics (i) the ray is shown too.
reference
    A pixel whose true distance you gave (r), or a printed marker that was found. The fit goes through them all.
scale, shift, fit
    1/z = a p + b: what makes distances z of the network's units p. One reference fits the scale a, two at different
    distances fit the shift b too; with three or more it checks itself.
interval, ±
    In 95 of 100 cases the true distance lies in it. It holds how well the references were measured, how well they
    agree, and how far the network is off between them. A number has as many digits as its interval deserves.
reads, others say
    What is read at a reference now, and what all the other references say of it without asking it: that is how far
    off a reading elsewhere may be.
leave-one-out
    The typical difference between each reference and what the others say there: what to expect of new places.
calibration: health
    good, fair or poor, and why: how many references, how far apart in distance, how well they agree. w shows where
    one more helps most.
condition
    How much an error in a reference is magnified in the fit: small is good, hundreds are not.
ok
    Within the range of your references, and nothing speaks against it.
doubtful
    There is a reason not to believe it, which is named: dark, covered, moved, another scene, or a held fit.
extrapolated
    Nearer or farther than any reference: the interval is wider, and may have no upper end.
saturated, too far
    The network says as far as it can: there is no distance to be had here.
stale
    No new picture for three periods of the source: no distance until there is one.
unverified
    The network's own metres, which nothing has checked: often off by tens of per cent.
uncalibrated
    No reference yet, so there are only units.
set aside
    A reference that contradicts the others, or whose place shows something else now: it does not count.
carried
    A reference that was moved along when the view moved (R); it counts less than one measured here.
renew, hold
    The fit is renewed in every frame from what the references show there now, or held as it is (a).
window
    A reading is the median of so many pixels around the crosshair ([ and ] change it).
ray
    The distance along the line of sight; right, up: from the camera's axis. Known with intrinsics only.
intrinsics
    Focal length and middle of the camera's picture, in pixels: i tells them or measures them.
"""


def _entries(text: str) -> tuple[tuple[str, str], ...]:
    """A line that is not indented is a word; what is indented under it explains it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.strip().splitlines():
        if line.startswith(" "):
            found[-1][1].append(line.strip())
        else:
            found.append((line, []))
    return tuple((word, " ".join(lines)) for word, lines in found)


GLOSSARY = _entries(_WORDS)
"""Each word with what it means."""
