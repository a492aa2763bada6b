"""Depthwise convolution with bias and ReLU6 for training on a CPU, several times faster than PyTorch's.

The C++ kernel is compiled on first use by the system's compiler and kept in the user's cache. Without a compiler, or on
a processor without AVX-512, `available()` is false and the caller uses PyTorch's operators: the same result, later.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

log = logging.getLogger("tui.training")

SOURCE = Path(__file__).with_name("depthwise.cpp")
FLAGS = ("-O3", "-march=native", "-ffp-contract=fast", "-std=c++17", "-shared", "-fPIC", "-pthread")
LANES = 16


class _Shape(ctypes.Structure):
    _fields_: ClassVar = [
        (name, ctypes.c_int64) for name in ("batch", "height", "width", "channels", "out_height", "out_width", "before")
    ]


@functools.cache
def _library() -> ctypes.CDLL | None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None or not _has_avx512():
        log.info("no C++ compiler or no AVX-512: depthwise convolutions by PyTorch, slower")
        return None
    text = SOURCE.read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "depth-tui" / "training"
    built = cache / f"depthwise-{hashlib.sha256(text + ' '.join(FLAGS).encode()).hexdigest()[:16]}.so"
    if not built.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = built.with_suffix(f".{os.getpid()}-{threading.get_ident()}")  # workers may meet here
        command = [compiler, *FLAGS, str(SOURCE), "-o", str(fresh)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            log.warning("depthwise kernel not built, PyTorch's operators instead: %s", done.stderr.strip()[:500])
            return None
        fresh.replace(built)
    return ctypes.CDLL(str(built))


def available() -> bool:
    """Return whether the kernel can be used here; builds it on the first call."""
    return _library() is not None


def suits(x: Tensor, weight: Tensor) -> bool:
    """Return whether to use the kernel for this call: in training, where it is available and has the sizes."""
    trains = torch.is_grad_enabled() and weight.requires_grad and x.dtype in (torch.float32, torch.bfloat16)
    return trains and x.device.type == "cpu" and len(weight) % LANES == 0 and weight.shape[-1] in (3, 5) and available()


def _has_avx512() -> bool:
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text("ascii", "replace")
    except OSError:
        return False


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(  # torch's context has no type
        ctx: Any,  # noqa: ANN401 - see above
        x: Tensor,
        weight: Tensor,
        bias: Tensor,
        stride: int,
        before: int,
        relu_first: bool,
    ) -> Tensor:
        library = _library()
        assert library is not None  # noqa: S101  # the caller asked available()
        kernel = weight.shape[-1]
        x = x.contiguous(memory_format=torch.channels_last)
        taps = weight.detach().float().flatten(1).t().contiguous()
        bias = bias.detach().float().contiguous()
        batch, channels, height, width = x.shape
        shape = _Shape(batch, height, width, channels, height // stride, width // stride, before)
        y = torch.empty(
            (batch, channels, height // stride, width // stride), dtype=x.dtype, memory_format=torch.channels_last
        )
        failed = library.depthwise_forward(
            _at(x),
            _at(taps),
            _at(bias),
            _at(y),
            ctypes.byref(shape),
            kernel,
            stride,
            _half(x),
            int(relu_first),
            torch.get_num_threads(),
        )
        if failed:
            raise ValueError(f"no depthwise kernel for size {kernel}, stride {stride}")
        ctx.save_for_backward(x, y, taps)
        ctx.how = (shape, kernel, stride, weight.shape, relu_first)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None, None]:  # noqa: ANN401  # as above
        library = _library()
        assert library is not None  # noqa: S101  # forward ran
        x, y, taps = ctx.saved_tensors
        shape, kernel, stride, weight_shape, relu_first = ctx.how
        grad_y = gradients[0].to(x.dtype).contiguous(memory_format=torch.channels_last)
        grad_x = torch.empty_like(x)
        grad_taps, grad_bias = torch.empty_like(taps), torch.empty(x.shape[1])
        library.depthwise_backward(
            _at(grad_y),
            _at(y),
            _at(x),
            _at(taps),
            _at(grad_x),
            _at(grad_taps),
            _at(grad_bias),
            ctypes.byref(shape),
            kernel,
            stride,
            _half(x),
            int(relu_first),
            torch.get_num_threads(),
        )
        return grad_x, grad_taps.t().reshape(weight_shape), grad_bias, None, None, None


def depthwise_relu6(
    x: Tensor, weight: Tensor, bias: Tensor, *, stride: int, before: int, relu_first: bool = False
) -> Tensor:
    """Return relu6(conv(x) + bias), (B, C, H / stride, W / stride), for x (B, C, H, W), float32 or bfloat16.

    `weight` is (C, 1, K, K), K 3 or 5; C a multiple of 16; `before` zeros are thought above and left of x, as many as
    needed below and right. With `relu_first`, x is taken through ReLU6 before.
    """
    return _Depthwise.apply(x, weight, bias, stride, before, relu_first)


def _at(tensor: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr())


def _half(tensor: Tensor) -> int:
    return int(tensor.dtype == torch.bfloat16)
