"""`python -m tui.training`: pack its data, train, validate and export `pocket`."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tui.depth.estimator import DepthEstimator
from tui.errors import DepthTuiError
from tui.extras import TRAIN, need

MOST_MAKERS = 8
"""Processes that make batches for a GPU: each makes about 250 samples a second."""


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; return 0, or 2 with one line of explanation where the user can help it."""
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        if options.needs:
            need(TRAIN, f"python -m tui.training {options.command}", *options.needs)
        options.run(options)
    except DepthTuiError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    top = argparse.ArgumentParser(prog="python -m tui.training", description=__doc__)
    commands = top.add_subparsers(required=True, dest="command")

    train = commands.add_parser("train", help="train; started again with the same --out it continues")
    train.add_argument("--data", type=Path, required=True, help="folder of <sequence>/<frame>.jpg + .png, or packed")
    train.add_argument("--out", type=Path, required=True, help="folder of the checkpoints")
    train.add_argument("--encoder-weights", type=Path, help="ImageNet weights of the encoder; without: a random start")
    train.add_argument("--encoder", type=int, choices=(0, 1, 2), default=2, help="EfficientNet-Lite variant")
    length = train.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="training time, over all starts")
    length.add_argument("--steps", type=int, help="number of steps: repeatable to the bit")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument(
        "--freeze",
        type=int,
        choices=range(8),
        metavar="N",
        help="leave the encoder's stem and its first N stages (0-7) as they begin, which saves time",
    )
    train.add_argument("--batch", type=int, default=12)
    train.add_argument("--threads", type=int, default=2)
    train.add_argument("--no-bfloat16", action="store_true", help="train in float32")
    train.add_argument("--init", type=Path, help="start from another run's checkpoint or an exported .onnx")
    train.add_argument(
        "--teacher",
        action="append",
        default=[],
        help="model whose distances are learnt too, a name or a file with its card; several: their mean",
    )
    train.add_argument("--scenes", type=int, default=0, help="number of made-up pictures that are trained on too")
    train.add_argument(
        "--sizes", type=int, nargs="+", default=[224, 224, 256, 224, 320], help="shorter sides of the samples, in turn"
    )
    train.add_argument("--rate", type=float, default=1.0, help="factor on all learning rates")
    train.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: a GPU where there is one"
    )
    train.add_argument("--validate-every", type=float, default=10.0, metavar="MINUTES")
    train.set_defaults(run=run_train, needs=("torch", "onnx"))

    check = commands.add_parser("validate", help="measure a checkpoint on the validation sequences")
    check.add_argument("--data", type=Path, required=True)
    check.add_argument("--checkpoint", type=Path, required=True)
    check.add_argument("--size", type=int, default=224, help="shorter side of the network's input")
    check.set_defaults(run=run_validate, needs=("torch",))

    packing = commands.add_parser(
        "pack", help="write all frames to one small file that --data takes as it takes a folder"
    )
    packing.add_argument("--data", type=Path, required=True)
    packing.add_argument("--out", type=Path, required=True, help="the .zip file")
    packing.add_argument("--limit", type=float, default=64.0, help="largest size in MiB")
    packing.set_defaults(run=run_pack, needs=())

    export = commands.add_parser("export", help="write a checkpoint as ONNX, fp16, with its card")
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--out", type=Path, required=True, help="the .onnx file; the card lies beside it")
    export.add_argument("--size", type=int, default=224)
    export.set_defaults(run=run_export, needs=("torch", "onnx"))

    scale = commands.add_parser("scale", help="how far away a network's value of 1 typically is, on training sequences")
    scale.add_argument("--data", type=Path, required=True)
    scale.add_argument("--model", default="pocket", help="a name, or a file with its card")
    scale.set_defaults(run=run_scale, needs=())
    return top


def run_train(options: argparse.Namespace) -> None:
    """Train until the budget is used up."""
    import cv2
    import torch

    from tui.depth.loader import ModelRequest, load_estimator
    from tui.training.data import load_picture, split
    from tui.training.packing import unpacked
    from tui.training.scenes.pictures import render_many
    from tui.training.schedule import Budget
    from tui.training.trainer import Recipe, Trainer

    def teachers() -> list[DepthEstimator]:
        return [
            load_estimator(ModelRequest(n, engine="openvino", threads=1, precision="auto")) for n in options.teacher
        ]

    torch.set_num_threads(1)  # each worker is one thread; waiting at every operator costs more on a busy machine
    cv2.setNumThreads(1)
    gpu = torch.cuda.is_available() if options.device == "auto" else options.device == "cuda"
    torch.backends.cudnn.benchmark = gpu
    base = Recipe(Budget(options.minutes, options.steps))
    recipe = Recipe(
        base.budget,
        seed=options.seed,
        variant=options.encoder,
        batch_size=options.batch,
        sizes=tuple(options.sizes),
        encoder_rate=base.encoder_rate * options.rate,
        decoder_rate=base.decoder_rate * options.rate,
        frozen_stages=options.freeze,
        half_precision=not options.no_bfloat16,
        workers=1 if gpu else options.threads,
        device="cuda" if gpu else "cpu",
        makers=max(1, min(MOST_MAKERS, (os.cpu_count() or 1) - 1)) if gpu and hasattr(os, "fork") else 1,
    )
    with unpacked(options.data) as folder:
        training, held_back = split(folder)
        with ThreadPoolExecutor(2) as pool:
            pictures = list(pool.map(load_picture, training))
        pictures += render_many(options.scenes, options.seed, (os.cpu_count() or 1) if gpu else options.threads)
        trainer = Trainer(recipe, pictures, held_back, options.out, options.encoder_weights, teachers)
        if options.init is not None and trainer.step == 0:
            trainer.start_from(options.init)
        trainer.run(validate_every_s=options.validate_every * 60)


def run_validate(options: argparse.Namespace) -> None:
    """Print the validation report of a checkpoint as JSON."""
    from tui.training.data import split
    from tui.training.export import load_network
    from tui.training.packing import unpacked
    from tui.training.validation import validate

    with unpacked(options.data) as folder:
        report = validate(load_network(options.checkpoint), split(folder)[1], options.size)
    sys.stdout.write(json.dumps(report.to_dict(), indent=2) + "\n")


def run_scale(options: argparse.Namespace) -> None:
    """Print, as JSON, distance times value over the pictures of the training sequences and over those held back."""
    from tui.depth.loader import ModelRequest, load_estimator
    from tui.training.data import split
    from tui.training.scale import typical_scale

    with closing(load_estimator(ModelRequest(options.model, precision="f32"))) as estimator:
        found = {
            name: typical_scale(frames, estimator.estimate)
            for name, frames in zip(("training", "held back"), split(options.data), strict=True)
        }
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def run_pack(options: argparse.Namespace) -> None:
    """Write all frames to one small file."""
    from tui.training.packing import pack

    sys.stdout.write(f"{options.out}: {pack(options.data, options.out, options.limit):.1f} MiB\n")


def run_export(options: argparse.Namespace) -> None:
    """Write the ONNX file and its card."""
    from tui.training.export import export_onnx, load_network

    export_onnx(load_network(options.checkpoint), options.out, options.size)


if __name__ == "__main__":
    sys.exit(main())
