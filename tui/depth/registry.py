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


MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="midas-v21-small-256",
        aliases=("midas-small",),
        url=_MIDAS_RELEASES + "v2_1/midas_v21_small_256.pt",
        size_bytes=85_770_000,  # 81.8 MiB; the tensors alone are 85.5 million bytes
        size_tolerance=0.02,
        sha256="",
        sha256_prefix="70d6b9c8",
        licence="MIT",
        use="fastest; live view on a laptop's CPU",
        description="MiDaS v2.1 small: EfficientNet-Lite3, 21 M parameters, 256 px",
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
        "or a file of your own: an .onnx, .tflite or .xml with its card beside it"
    )


def is_known(name: str) -> bool:
    """Whether `find_spec` would find it."""
    return _lookup(name) is not None


def _lookup(name: str) -> ModelSpec | None:
    wanted = name.strip().lower().replace("_", "-")
    return next((spec for spec in MODELS if wanted == spec.name or wanted in spec.aliases), None)
