"""What the tests see of the machine that they run on: as little as can be, and the same everywhere."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import MutableMapping

_KEPT = frozenset(("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "PYTHONPATH"))
_KEPT_PREFIXES = ("PYTEST_", "TEXTUAL_SNAPSHOT_", "COV_", "COVERAGE_", "LD_", "DYLD_", "NIX_", "OPENBLAS_")
"""How programs and libraries are found, and what pytest, its plugins and their workers tell each other."""

_ON_A_CPU = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY")
"""By which a CPU can be made to look like an older one, to see the tests pass there."""

_SET = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "COLUMNS": "80",
    "LINES": "24",
    # One thread each: there is a worker for each core, and what is computed here is small.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    # No accelerator: what is computed, and what it is called, is that of a CPU.
    "CUDA_VISIBLE_DEVICES": "",
    "HIP_VISIBLE_DEVICES": "",
    "OCL_ICD_VENDORS": "/nowhere",
}


def make_plain(environment: MutableMapping[str, str]) -> None:
    """Leave in the environment what is needed to run programs, and set what they look at; before torch is imported.

    What a user has set, be it proxies, colours, a terminal's size, a language, or options of this program, would
    otherwise be seen by every test and every program that a test starts.
    """
    for name in list(environment):
        if name not in _KEPT and name not in _ON_A_CPU and not name.startswith(_KEPT_PREFIXES):
            del environment[name]
    environment.update(_SET)
    for number in (signal.SIGINT, signal.SIGQUIT):  # a shell's `&` has them ignored, by all that is started, too
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
    time.tzset()
