"""The one place that loads transformers: a checkpoint becomes a torch module with one picture in and one map out."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from tui.depth.engines.network import reason
from tui.depth.hub.checkpoint import Checkpoint
from tui.depth.sound import AGAIN
from tui.errors import ModelError
from tui.extras import HUB, need

if TYPE_CHECKING:
    from torch import nn


def load_hub_module(checkpoint: Checkpoint) -> nn.Module:
    """The network in evaluation mode on the CPU, float32; its output has shape (1, h, w).

    Raises:
        ModelError: the weights are damaged or do not fit the configuration, or transformers does not know the network.
    """
    need(HUB, checkpoint.label)
    try:
        import transformers  # what the weights are loaded for
    except ImportError as error:
        raise ModelError(f"transformers cannot be started ({reason(error)}); run: {HUB.install}") from error
    from tui.depth.hub.wrapper import OneMap

    _be_quiet(transformers)
    label = checkpoint.label
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for the authors of models
            model, found = transformers.AutoModelForDepthEstimation.from_pretrained(
                str(checkpoint.folder),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
            )
    except KeyError as error:
        raise ModelError(f"{label}: its configuration lacks {error}, or transformers is too old; {_NEWER}") from error
    except (OSError, ValueError, RuntimeError, TypeError, AttributeError, ImportError) as error:
        raise ModelError(f"{label} cannot be loaded: {_why(error, transformers.__version__)}") from error
    except Exception as error:  # safetensors' own error has no base but this
        if type(error).__name__ != "SafetensorError":
            raise
        raise ModelError(f"{label}: its weights are damaged ({reason(error)}); fetch the model again") from error
    for what in ("missing_keys", "mismatched_keys"):
        names = sorted(str(name) for name in found[what])
        if names:
            raise ModelError(f"{label}: {len(names)} tensors do not fit its config.json, such as {names[0][:80]}")
    for name, value in model.state_dict().items():
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise ModelError(f"{label}: its weights {name[:80]} are not all finite numbers; {AGAIN}")
    return OneMap(model, checkpoint.kind).float().eval()


_NEWER = "try: pip install -U transformers"


def _why(error: BaseException, version: str) -> str:
    text = str(error)
    if "does not recognize this architecture" in text or "Unrecognized" in text:
        return f"transformers {version} does not know this network; {_NEWER}"
    return f"{reason(error)} ({type(error).__name__} in transformers {version})"


def _be_quiet(transformers: Any) -> None:  # noqa: ANN401  # a module
    """Its bars and remarks would be painted over the app."""
    transformers.utils.logging.set_verbosity(transformers.utils.logging.CRITICAL)
    transformers.utils.logging.disable_progress_bar()
