"""A model file and its card as a repository that a server of the protocol takes as it is."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui.depth.card import card_path, read_card_file
from tui.depth.engines.network import reason
from tui.depth.file_model import check_fits
from tui.depth.model_parts import parts_of
from tui.depth.remote.served import CARD_PARAMETER, RT_INFO
from tui.errors import InputError, ModelError
from tui.storage.atomic import make_folder, storage_error, write_atomically

KINDS: Final = ("triton", "ovms")
"""Triton Inference Server, OpenVINO Model Server."""

_BACKENDS = {".onnx": "onnxruntime", ".xml": "openvino"}
"""Of Triton, by the kind of file."""

_MOST_AT_ONCE = 8
"""Pictures that Triton may put together, where the network takes any number."""

_TYPES = {"f32": "FP32", "f16": "FP16", "f64": "FP64", "u8": "UINT8", "bf16": "BF16"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    name: str
    """Of the model, as it is asked for."""


def export(path: Path, kind: str, out: Path, card_file: Path | None = None) -> Exported:
    """Write the repository of one model: its file or its IR, the server's configuration, and the card.

    Args:
        path: of the model file.
        kind: one of `KINDS`.
        out: the folder of the repository; the model's own folder in it must not be there yet.
        card_file: instead of the one beside the model.

    Raises:
        ModelError: the model or its card cannot be used, or this server cannot run such a file.
        InputError: there is something of that name already.
        StorageError: nothing can be written there.
    """
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file; check the path")
    where = card_path(path) if card_file is None else card_file
    card = read_card_file(where, path.name)
    parts = parts_of(path)
    from tui.depth.engines.openvino_engine import FAILURES, read_model  # this engine's own cost

    try:
        model = read_model(path)
        check_fits(model, card.input, path, where)
    except FAILURES as error:
        raise ModelError(f"{path} is not a model that OpenVINO can use: {reason(error)}") from error
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", card.name).strip("._") or "model"
    target = out / name
    if target.exists():
        raise InputError(f"{target} is there already; remove it, or choose another --out")
    config = out / "config.json"
    listed = _listed_with(config, name) if kind == "ovms" else ""
    try:
        text = where.read_text(encoding="utf-8-sig")
        make_folder(out)
        with tempfile.TemporaryDirectory(dir=out, prefix=f".{name}-") as folder:
            draft = Path(folder) / name
            (draft / "1").mkdir(parents=True)
            (draft / "card.toml").write_text(text, encoding="utf-8")
            if kind == "triton":
                _copy(parts, draft / "1")
                (draft / "config.pbtxt").write_text(_triton(model, name, path, text), encoding="utf-8")
            else:
                _write_ir(model, draft / "1" / "model.xml", text)
            draft.rename(target)
        if listed:
            write_atomically(config, listed)
    except OSError as error:
        raise storage_error(out, error) from error
    return Exported(target, name)


def _copy(parts: tuple[Path, ...], folder: Path) -> None:
    """The files under the names that Triton looks for; weights that a file names stay where it names them."""
    first, *others = parts
    shutil.copyfile(first, folder / f"model{first.suffix.lower()}")
    for each in others:
        relative = Path("model.bin") if first.suffix.lower() == ".xml" else each.relative_to(first.parent)
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each, folder / relative)


def _triton(model: Any, name: str, path: Path, card: str) -> str:  # noqa: ANN401  # an openvino.Model
    """A `config.pbtxt`."""
    backend = _BACKENDS.get(path.suffix.lower())
    if backend is None:
        raise ModelError(f"Triton runs no {path.suffix}; give an .onnx or .xml, or export for ovms")
    ports = [_shape(each) for each in (*model.inputs, *model.outputs)]
    together = all(shape[:1] == [-1] for shape in ports)
    most = _MOST_AT_ONCE if together else 0
    lines = [f'name: "{name}"', f'backend: "{backend}"', f"max_batch_size: {most}"]
    lines += ["dynamic_batching { }"] if together else []
    for what, each in (*(("input", one) for one in model.inputs), *(("output", one) for one in model.outputs)):
        element = each.get_element_type().to_string()
        if element not in _TYPES:
            raise ModelError(f"{path}: its {what} {each.get_any_name()!r:.80} is {element}, which Triton is not told")
        dims = ", ".join(str(side) for side in _shape(each)[1 if together else 0 :])
        given = json.dumps(each.get_any_name(), ensure_ascii=False)
        lines.append(f"{what} [ {{ name: {given} data_type: TYPE_{_TYPES[element]} dims: [ {dims} ] }} ]")
    value = json.dumps(card, ensure_ascii=False)
    lines.append(f'parameters {{ key: "{CARD_PARAMETER}" value {{ string_value: {value} }} }}')
    return "\n".join(lines) + "\n"


def _shape(port: Any) -> list[int]:  # noqa: ANN401  # an openvino.Output
    shape = port.get_partial_shape()
    if shape.rank.is_dynamic:
        raise ModelError(f"output {port.get_any_name()!r:.80} has any number of axes: Triton must know how many")
    return [side.get_length() if side.is_static else -1 for side in shape]


def _write_ir(model: Any, path: Path, card: str) -> None:  # noqa: ANN401  # an openvino.Model
    import openvino

    model.set_rt_info(card, list(RT_INFO))
    try:
        openvino.save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:  # of whatever kind: it says only that a stream is bad
        raise OSError(f"{path.name} could not be written whole; is the disk full?") from error


def _listed_with(path: Path, name: str) -> str:
    """OpenVINO Model Server's configuration with the model beside those that are listed there already."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        listed = table["model_config_list"]
        listed = [each for each in listed if each["config"]["name"] != name]
    except FileNotFoundError:
        table, listed = {}, []
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"{path} is no configuration of OpenVINO Model Server; move it away") from error
    listed.append({"config": {"name": name, "base_path": name}})
    return json.dumps({**table, "model_config_list": listed}, indent=2) + "\n"
