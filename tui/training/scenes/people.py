"""People of ellipsoids and capsules, after the usual proportions of the body's height (Drillis and Contini, 1966)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.training.scenes.geometry import Floats, facing, tilted, unit, vector
from tui.training.scenes.materials import Material, cloth, colour, hair, mottled, skin
from tui.training.scenes.scene import Solid
from tui.training.scenes.shapes import Box, Capsule, Ellipsoid, Frustum


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a person wears and is."""

    skin: Material
    hair: Material
    top: Material
    trousers: Material
    shoes: Material
    short_sleeves: bool
    long_hair: bool
    bald: bool
    glasses: bool
    hat: Material | None

    @staticmethod
    def random(rng: np.random.Generator) -> Look:
        """Return somebody."""
        chances = rng.random(5)
        hat = cloth(rng) if chances[4] < 0.12 else None
        return Look(
            skin(rng), hair(rng), cloth(rng), cloth(rng), mottled(rng, colour(rng, 0.3, 0.05, 0.6)),
            bool(chances[0] < 0.35), bool(chances[1] < 0.4), bool(chances[2] < 0.08), bool(chances[3] < 0.25), hat,
        )  # fmt: skip


def person(
    rng: np.random.Generator,
    place_m: Floats,
    yaw_rad: float,
    *,
    seated: bool = False,
    reach: Floats | None = None,
    fine: bool = True,
) -> list[Solid]:
    """Return somebody.

    Args:
        rng: what decides about looks and pose.
        place_m: between the feet or, seated, below the hips, on the floor, (3,).
        yaw_rad: where they look: 0 is along -y, towards a camera that looks along y.
        seated: on something 0.46 m high.
        reach: where the right hand is, in the world, (3,); at random where None.
        fine: with face and fingers.
    """
    h, look = float(np.clip(rng.normal(1.7, 0.11), 1.4, 2.0)), Look.random(rng)
    forward = vector(math.sin(yaw_rad), -math.cos(yaw_rad), 0.0)
    up = unit(vector(0, 0, 1) + rng.normal(0, 0.05, 3).astype(np.float32))
    up = unit(up + forward * np.float32(rng.uniform(-0.05, 0.22 if seated else 0.08)))
    right = unit(np.cross(forward, up))
    forward = np.cross(up, right).astype(np.float32)
    build = float(np.clip(rng.normal(1.0, 0.12), 0.8, 1.4))
    hips = place_m + vector(0, 0, 0.5 if seated else 0.52 * h)

    def at(x: float, z: float, y: float = 0.0) -> Floats:
        return np.asarray(hips + h * (x * right + y * forward + z * up), np.float32)

    torso = np.stack([right, forward, up]).astype(np.float32)
    solids = [
        Solid(Ellipsoid(at(0, 0.205), torso, vector(0.098 * build, 0.066 * build, 0.125) * h), look.top),
        Solid(Ellipsoid(at(0, 0.08), torso, vector(0.086 * build, 0.062 * build**1.6, 0.14) * h), look.top),
        Solid(Ellipsoid(hips, torso, vector(0.095 * build, 0.068 * build, 0.075) * h), look.trousers),
        Solid(Capsule.between(at(-0.07, 0.27), at(0.07, 0.27), 0.04 * h), look.top),
        Solid(Capsule.between(at(0, 0.27), at(0, 0.36), 0.033 * h), look.skin),
    ]
    solids += _head(rng, at(0, 0.405, 0.012), right, forward, up, look, h, fine)
    for side in (-1.0, 1.0):
        shoulder = at(side * 0.105 * build, 0.27)
        target = (
            reach if reach is not None and side > 0 else _hand_place(rng, shoulder, forward, up, right, side, h, seated)
        )
        solids += _arm(rng, shoulder, target, forward, right * np.float32(side), up, look, h, fine)
        solids += _leg(rng, at(side * 0.052, 0), forward, right * np.float32(side), look, h, seated)
    return solids


def _hand_place(
    rng: np.random.Generator, shoulder: Floats, forward: Floats, up: Floats, right: Floats, side: float, h: float,
    seated: bool,
) -> Floats:  # fmt: skip
    kind = rng.random()
    if seated and kind < 0.6:  # on the desk
        f, u, s = rng.uniform(0.18, 0.3), rng.uniform(-0.2, -0.13), rng.uniform(-0.12, 0.04)
    elif kind < 0.75:  # hanging
        f, u, s = rng.uniform(-0.02, 0.1), rng.uniform(-0.36, -0.3), rng.uniform(0.0, 0.06)
    elif kind < 0.9:  # raised
        f, u, s = rng.uniform(0.1, 0.3), rng.uniform(-0.05, 0.2), rng.uniform(-0.05, 0.2)
    else:  # in front of the chest
        f, u, s = rng.uniform(0.12, 0.25), rng.uniform(-0.15, 0.0), rng.uniform(-0.15, 0.0)
    return np.asarray(shoulder + h * (f * forward + u * up + s * side * right), np.float32)


def _head(
    rng: np.random.Generator, centre: Floats, right: Floats, forward: Floats, up: Floats, look: Look, h: float,
    fine: bool,
) -> list[Solid]:  # fmt: skip
    turn = (tilted(rng, 0.35) @ np.stack([right, forward, up])).astype(np.float32)
    r, f, u = turn
    size = float(h / 1.72 * rng.uniform(0.95, 1.06))

    def at(x: float, y: float, z: float) -> Floats:
        return np.asarray(centre + size * (x * r + y * f + z * u), np.float32)

    def blob(place: Floats, x: float, y: float, z: float, material: Material, detail: bool = True) -> Solid:
        return Solid(Ellipsoid(place, turn, vector(x, y, z) * np.float32(size)), material, detail=detail)

    solids = [
        blob(at(0, 0, 0.015), 0.075, 0.094, 0.105, look.skin, detail=False),
        blob(at(0, 0.022, -0.062), 0.055, 0.062, 0.058, look.skin),
    ]
    if look.hat:
        solids.append(blob(at(0, -0.008, 0.075), 0.083, 0.102, 0.065, look.hat, detail=False))
        solids.append(Solid(Frustum(at(0, 0.06, 0.072), turn, 0.085 * size, 0.085 * size, 0.006), look.hat))
    if not look.bald:
        solids.append(blob(at(0, -0.03, 0.04), 0.084, 0.092, 0.1, look.hair, detail=False))
        if look.long_hair:
            solids.append(blob(at(0, -0.055, -0.06), 0.092, 0.06, 0.17, look.hair, detail=False))
    if not fine:
        return solids
    white, dark = mottled(rng, colour(rng, 0.05, 0.85, 0.95)), mottled(rng, colour(rng, 0.4, 0.05, 0.25))
    lips = mottled(rng, np.array([[0.66], [0.33], [0.31]], np.float32))
    solids += [
        blob(at(0, 0.097, -0.01), 0.015, 0.02, 0.026, look.skin),
        blob(at(0, 0.082, -0.058), 0.025, 0.01, 0.009, lips),
    ]
    for s in (-1.0, 1.0):
        solids += [
            blob(at(s * 0.031, 0.081, 0.02), 0.015, 0.008, 0.008, white),
            blob(at(s * 0.031, 0.0865, 0.02), 0.0065, 0.005, 0.0065, dark),
            blob(at(s * 0.032, 0.081, 0.042), 0.02, 0.009, 0.0045, look.hair),
            blob(at(s * 0.077, -0.005, 0.005), 0.01, 0.02, 0.032, look.skin),
        ]
        if look.glasses:
            solids.append(Solid(Box(at(s * 0.074, 0.04, 0.025), turn, vector(0.002, 0.048, 0.002)), dark, detail=True))
            solids.append(Solid(Box(at(s * 0.034, 0.09, 0.036), turn, vector(0.028, 0.002, 0.003)), dark, detail=True))
            solids.append(Solid(Box(at(s * 0.034, 0.09, 0.004), turn, vector(0.024, 0.002, 0.002)), dark, detail=True))
    return solids


def _bent(first: Floats, last: Floats, upper_m: float, lower_m: float, pole: Floats) -> tuple[Floats, Floats]:
    """Return the joint between two bones and where the second ends: at `last` if it can be reached."""
    way = last - first
    far = float(np.clip(np.linalg.norm(way), abs(upper_m - lower_m) + 0.02, upper_m + lower_m - 0.005))
    way = unit(way)
    along = (far**2 + upper_m**2 - lower_m**2) / (2 * far)
    aside = math.sqrt(max(upper_m**2 - along**2, 0))
    pole = unit(pole - way * (pole @ way))
    return np.asarray(first + along * way + aside * pole, np.float32), np.asarray(first + far * way, np.float32)


def _arm(
    rng: np.random.Generator, shoulder: Floats, target: Floats, forward: Floats, outwards: Floats, up: Floats,
    look: Look, h: float, fine: bool,
) -> list[Solid]:  # fmt: skip
    pole = outwards * 0.6 - up - 0.4 * forward
    elbow, wrist = _bent(shoulder, target, 0.186 * h, 0.146 * h, pole)
    sleeve = look.skin if look.short_sleeves else look.top
    middle = ((shoulder + elbow) / 2).astype(np.float32)
    solids = [
        Solid(Capsule.between(shoulder, middle if look.short_sleeves else elbow, 0.031 * h), look.top),
        Solid(Capsule.between(middle, elbow, 0.025 * h), sleeve),
        Solid(Frustum.between(elbow, wrist, 0.026 * h, (0.016 if look.short_sleeves else 0.02) * h), sleeve),
    ]
    along = unit(wrist - elbow)
    if not fine:
        return [*solids, Solid(Capsule.between(wrist, wrist + 0.07 * h * along, 0.022 * h), look.skin)]
    return solids + hand(rng, wrist, along, look.skin, mirrored=bool(outwards @ np.cross(forward, up) < 0))


def hand(
    rng: np.random.Generator, wrist: Floats, along: Floats, look: Material, *, mirrored: bool = False,
    curl_rad: float | None = None, palm: Floats | None = None,
) -> list[Solid]:  # fmt: skip
    """Return a hand that points `along`; its palm faces `palm` if given, and its fingers are bent by `curl_rad`."""
    normal = palm if palm is not None else unit(rng.normal(size=3).astype(np.float32))
    turn = facing(along, normal)  # x across, y out of the palm, z along
    across, out, way = turn
    if mirrored:
        across = -across
    curl = float(rng.uniform(0.05, 1.2)) if curl_rad is None else curl_rad
    size = float(rng.uniform(0.88, 1.1))
    solids = [
        Solid(Ellipsoid(wrist + 0.045 * size * way, turn, vector(0.043, 0.018, 0.058) * np.float32(size)), look),
        Solid(Capsule.between(wrist - 0.01 * way, wrist + 0.03 * way, 0.025 * size), look),
    ]
    spread = rng.uniform(0.0, 0.12)
    for finger in range(4):
        place = (finger - 1.5) * 0.02
        length = (0.038, 0.044, 0.041, 0.031)[finger] * size
        bend = curl * float(rng.uniform(0.8, 1.2))
        direction = unit(way * math.cos(bend * 0.6) + out * math.sin(bend * 0.6) + across * (finger - 1.5) * spread)
        tip = unit(way * math.cos(bend * 1.6) + out * math.sin(bend * 1.6) + across * (finger - 1.5) * spread)
        start = wrist + size * (0.088 * way + place * across)
        joint = start + length * direction
        solids.append(Solid(Capsule.between(start, joint, 0.0095 * size), look))
        solids.append(Solid(Capsule.between(joint, joint + length * tip, 0.008 * size), look))
    root = wrist + size * (0.025 * way - 0.03 * across)
    joint = root + size * 0.045 * unit(way * 0.8 - across * 0.8 + out * 0.4)
    solids.append(Solid(Capsule.between(root, joint, 0.0125 * size), look))
    solids.append(Solid(Capsule.between(joint, joint + size * 0.035 * unit(way + out * curl * 0.5), 0.01 * size), look))
    return solids


def _leg(
    rng: np.random.Generator, hip: Floats, forward: Floats, outwards: Floats, look: Look, h: float, seated: bool
) -> list[Solid]:
    level = unit(forward * vector(1, 1, 0))
    if seated:
        knee = hip + 0.24 * h * unit(level + 0.25 * outwards)
        ankle = vector(float(knee[0]), float(knee[1]), 0.06) + float(rng.uniform(-0.1, 0.15)) * level
    else:
        stride = float(rng.normal(0, 0.12))
        foot = hip + stride * h * level + 0.02 * h * outwards
        knee, ankle = _bent(hip, vector(float(foot[0]), float(foot[1]), 0.05 * h), 0.245 * h, 0.246 * h, level)
    toes = ankle + 0.11 * h * unit(level + 0.2 * outwards)
    return [
        Solid(Capsule.between(hip, knee, 0.046 * h), look.trousers),
        Solid(Capsule.between(knee, ankle, 0.032 * h), look.trousers),
        Solid(Capsule.between(ankle - vector(0, 0, 0.02), toes - vector(0, 0, 0.02), 0.026 * h), look.shoes),
    ]
