"""The models that can be asked for by name, and what is known of their files."""

from __future__ import annotations

from dataclasses import dataclass

from tui.errors import ModelError

_MIDAS_RELEASES = "https://github.com/isl-org/MiDaS/releases/download/"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model with published weights."""

    name: str
    aliases: tuple[str, ...]
    """Short names; the first is the one to show."""
    url: str
    """Of the official release."""
    size_bytes: int
    size_tolerance: float
    """How far the file's size may be off, as a fraction; 0 where the size is known to the byte."""
    sha256: str
    """All 64 hex digits where the file is known; then another file is refused."""
    sha256_prefix: str
    """The beginning of the hash as the makers wrote it into the file's earlier name; another one is only noted."""
    licence: str
    use: str
    """When to choose it, in one line."""
    description: str
    """What it is, in one line."""
    bundled: bool = False
    """Whether it comes with the program, as a model file with its card, and is never downloaded."""

    @property
    def short_name(self) -> str:
        """What a person types."""
        return self.aliases[0] if self.aliases else self.name

    @property
    def file_name(self) -> str:
        """Of the weights in the cache directory, or of the model file in the package."""
        return f"{self.name}.onnx" if self.bundled else self.url.rsplit("/", 1)[-1]

    @property
    def smallest_bytes(self) -> int:
        """A shorter file is another one."""
        return round(self.size_bytes * (1 - self.size_tolerance))

    @property
    def largest_bytes(self) -> int:
        """A longer file is another one."""
        return round(self.size_bytes * (1 + self.size_tolerance))


def _midas(
    name: str,
    release: str,
    size_bytes: int,
    use: str,
    description: str,
    *,
    aliases: tuple[str, ...] = (),
    sha256_prefix: str = "",
) -> ModelSpec:
    """An official MiDaS checkpoint; its size is that of its tensors and of 400 bytes around each."""
    return ModelSpec(
        name=name,
        aliases=aliases,
        url=f"{_MIDAS_RELEASES}{release}/{name.replace('-', '_')}.pt",
        size_bytes=size_bytes,
        size_tolerance=0.02,
        sha256="",
        sha256_prefix=sha256_prefix,
        licence="MIT",
        use=use,
        description=description,
    )


FIRST_TO_FETCH = "midas-small"
"""What to recommend to somebody who has no model yet: a small download that is fast enough everywhere."""

# Order, errors and speeds follow the table in upstream's README: less or more error than dpt-large-384 (its column
# "Imp."), pictures a second on an RTX 3090.
MODELS: tuple[ModelSpec, ...] = (
    _midas(
        "dpt-beit-large-512",
        "v3_1",
        1_581_970_000,
        "most accurate, above all indoors; wants a GPU",
        "MiDaS v3.1 DPT, BEiT-L: 345 M parameters, 512 px, 19-34 % less error, 5.7 fps",
    ),
    _midas(
        "dpt-swin2-large-384",
        "v3_1",
        880_380_000,
        "accurate and seven times as fast as dpt-beit-large-512",
        "MiDaS v3.1 DPT, Swin2-L: 213 M parameters, 384 px square, 22 % less error, 41 fps",
    ),
    _midas(
        "dpt-swin2-base-384",
        "v3_1",
        436_250_000,
        "accurate, with half the download of dpt-swin2-large-384",
        "MiDaS v3.1 DPT, Swin2-B: 102 M parameters, 384 px square, 22 % less error, 39 fps",
    ),
    _midas(
        "dpt-beit-large-384",
        "v3_1",
        1_441_470_000,
        "as dpt-beit-large-512 at half the cost",
        "MiDaS v3.1 DPT, BEiT-L: 344 M parameters, 384 px, 17 % less error, 13 fps",
    ),
    _midas(
        "dpt-swin-large-384",
        "v3_1",
        867_400_000,
        "the forerunner of dpt-swin2-large-384",
        "MiDaS v3.1 DPT, Swin-L: 213 M parameters, 384 px square, 17 % less error, 49 fps",
    ),
    _midas(
        "dpt-next-vit-large-384",
        "v3_1",
        289_750_000,
        "accurate for its size, and keeps the aspect ratio",
        "MiDaS v3.1 DPT, Next-ViT-L: 72 M parameters, 384 px, 16 % less error, 30 fps",
    ),
    _midas(
        "dpt-large-384",
        "v3",
        1_376_370_000,
        "the yardstick; has seen neither KITTI nor NYU",
        "MiDaS v3 DPT, ViT-L: 344 M parameters, 384 px, 61 fps",
        sha256_prefix="2f21e586",
    ),
    _midas(
        "dpt-hybrid-384",
        "v3",
        492_740_000,
        "nearly dpt-large-384 with a third of the download",
        "MiDaS v3 DPT, ResNet-50 and ViT-B: 123 M parameters, 384 px, 10 % more error, 50 fps",
        sha256_prefix="501f0c75",
    ),
    _midas(
        "dpt-swin2-tiny-256",
        "v3_1",
        172_160_000,
        "the best of the small ones",
        "MiDaS v3.1 DPT, Swin2-T: 42 M parameters, 256 px square, 11 % more error, 64 fps",
    ),
    _midas(
        "dpt-beit-base-384",
        "v3_1",
        478_200_000,
        "half of dpt-large-384's cost; weak on roads",
        "MiDaS v3.1 DPT, BEiT-B: 112 M parameters, 384 px, 31 % more error, 31 fps",
    ),
    _midas(
        "midas-v21-384",
        "v2_1",
        422_530_000,
        "convolutions only",
        "MiDaS v2.1: ResNeXt-101, 105 M parameters, 384 px, 32 % more error, 47 fps",
        sha256_prefix="f6b98070",
    ),
    _midas(
        "dpt-levit-224",
        "v3_1",
        204_530_000,
        "the fastest transformer; coarse",
        "MiDaS v3.1 DPT, LeViT: 51 M parameters, 224 px square, 40 % more error, 73 fps",
    ),
    _midas(
        "midas-v21-small-256",
        "v2_1",
        85_770_000,  # 81.8 MiB in a log of upstream's
        "fastest; live view on a laptop's CPU",
        "MiDaS v2.1 small: EfficientNet-Lite3, 21 M parameters, 256 px, 76 % more error, 90 fps",
        aliases=("midas-small",),
        sha256_prefix="70d6b9c8",
    ),
    ModelSpec(
        name="pocket",
        aliases=(),
        url="",
        size_bytes=10_050_402,
        size_tolerance=0.2,
        sha256="",
        sha256_prefix="",
        licence="MIT, see README",
        use="at once and offline: small and quick",
        description="our own, 5.3 M parameters, 224 px; comes with the program",
        bundled=True,
    ),
)
"""Best first: the first one installed is the default."""


def find_spec(name: str) -> ModelSpec:
    """The model with this name or alias, upper and lower case and underscores forgiven.

    Raises:
        ModelError: lists the names there are.
    """
    spec = _lookup(name)
    if spec is not None:
        return spec
    known = ", ".join(f"{spec.short_name} ({spec.name})" if spec.aliases else spec.name for spec in MODELS)
    raise ModelError(
        f"no model is called {name[:80]!r}; there are: {known}, "
        "hf:OWNER/NAME of the Hugging Face Hub, oip:http://HOST:8000/NAME of a server, "
        "or a file of your own: an .onnx, .tflite or .xml with its card beside it"
    )


def is_known(name: str) -> bool:
    """Whether `find_spec` would find it."""
    return _lookup(name) is not None


def _lookup(name: str) -> ModelSpec | None:
    wanted = name.strip().lower().replace("_", "-")
    return next((spec for spec in MODELS if wanted == spec.name or wanted in spec.aliases), None)
