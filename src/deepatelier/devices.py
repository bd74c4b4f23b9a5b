"""Device, precision and memory choices, in one place.

torch is imported where it is asked: what only needs the processor and its memory works without it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deepatelier.errors import MemoryLimitError, OptionError

if TYPE_CHECKING:
    import torch

__all__ = [
    "Precision",
    "available_memory",
    "choose_device",
    "choose_precision",
    "cpu_capabilities",
    "fastest",
    "keep_freed_memory",
    "memory_guard",
    "precision_name",
    "processor_name",
    "processors",
    "release_freed_memory",
    "too_little_memory",
    "total_memory",
    "usable_devices",
    "used_memory",
]

Precision = Literal["auto", "float32", "bfloat16"]


def processors() -> int:
    """The number of threads that a computation without torch uses: OMP_NUM_THREADS, or the processors it may run on."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose_device(name: str = "auto") -> torch.device:
    """The device that a name stands for.

    Args:
        name: ``auto`` (the first of CUDA, MPS, CPU that is there), or what ``torch.device`` takes:
            ``cpu``, ``cuda``, ``cuda:1``, ``mps``.

    Raises:
        OptionError: The name is not a device, or this machine does not have it.
    """
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    # torch answers with half a dozen kinds of error for a device that is absent
    except Exception as error:
        raise OptionError(
            f"The device {name!r} cannot be used here. Use --device auto, or one of: {', '.join(usable_devices())}."
        ) from error
    if device.type == "meta":
        raise OptionError("The device 'meta' holds no numbers. Use --device auto.")
    return device


def choose_precision(precision: Precision, device: torch.device) -> torch.dtype:
    """The number format in which a network runs on a device.

    ``auto`` is bfloat16 on CPUs with AMX or AVX512-BF16 and on GPUs that compute in it, float32 elsewhere.
    """
    import torch

    if precision == "auto":
        return torch.bfloat16 if _computes_bfloat16(device) else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


def precision_name(dtype: torch.dtype) -> str:
    """``float32`` or ``bfloat16``: the word of the command line and the record for a number format."""
    return str(dtype).removeprefix("torch.")


def processor_name(device: torch.device | str) -> str:
    """The model of the device: of the processor for a CPU and for Apple's GPU."""
    if _is_cuda(device):
        import torch

        return torch.cuda.get_device_name(device)
    try:
        with Path("/proc/cpuinfo").open() as lines:  # Linux; elsewhere python knows
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def total_memory(device: torch.device | str) -> int:
    """Bytes of memory that the device has in all; of the machine for a CPU and for Apple's shared memory."""
    if _is_cuda(device):
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf: assume a small machine
        return 8 * 2**30


def available_memory(device: torch.device | str) -> int:
    """Return the bytes of memory that are free on the device, or of the machine for a CPU.

    Memory that this process has freed and the C library still holds is not free: see `release_freed_memory`. Where the
    system gives no answer, it is all the memory that there is.
    """
    if _is_cuda(device):
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    try:
        with Path("/proc/meminfo").open() as lines:  # Linux
            fields = dict(line.split(":") for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return total_memory(device)


def used_memory(device: torch.device | str) -> int:
    """Bytes of memory that this process has on the device; 0 if the system does not tell."""
    if _is_cuda(device):
        import torch

        return int(torch.cuda.memory_reserved(device))
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")  # Linux
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def too_little_memory(needed: float, free: float, advice: str) -> MemoryLimitError:
    """The error for work that needs more bytes than are free."""
    return MemoryLimitError(
        f"This needs about {needed / 2**30:.0f} GiB of memory, and {free / 2**30:.1f} GiB are free. {advice}"
    )


def fastest(action: Callable[[], object], repeats: int, device: torch.device | str) -> float:
    """Seconds of the fastest run of something on a device."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        if not str(device).startswith("cpu"):
            import torch

            torch.accelerator.synchronize()
        times.append(time.perf_counter() - began)
    return min(times)


@contextmanager
def memory_guard(work: str = "a picture of this size", advice: str = "Lower --size.") -> Iterator[None]:
    """Turn the several ways to say that memory has run out, torch's and onnxruntime's, into a MemoryLimitError.

    Args:
        work: For what there is not enough.
        advice: What helps, as a sentence.
    """
    try:
        yield
    except Exception as error:
        of_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"  # torch's
        if of_memory or any(words in str(error) for words in _OUT_OF_MEMORY):
            raise MemoryLimitError(f"There is not enough memory for {work}. {advice}") from error
        raise


_OUT_OF_MEMORY = ("can't allocate memory", "Failed to allocate memory")
"""What the errors of torch's and of onnxruntime's CPU allocator say."""


@cache
def keep_freed_memory() -> bool:
    """Let the process keep the large blocks that it frees, for the next step; whether the C library can.

    glibc gives each block above 32 MiB back to the system and asks for it again, which then clears it page by page.
    """
    if not _HAS_GLIBC:
        return False
    library = ctypes.CDLL(None)
    kept = any(library.mallopt(_M_MMAP_THRESHOLD, size) for size in (2**30, 2**25))  # older ones refuse more than 2²⁵
    return bool(library.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)) and kept


def release_freed_memory() -> None:
    """Return memory that this process has freed to the system, where the C library can."""
    if _HAS_GLIBC:
        ctypes.CDLL(None).malloc_trim(0)


_HAS_GLIBC = platform.libc_ver()[0] == "glibc"


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Parameters of ``mallopt``, from malloc.h."""


def cpu_capabilities() -> dict[str, bool]:
    """Whether the CPU has the instructions that matter here: AVX2, AVX-512, and those for bfloat16."""
    import torch

    known = torch.cpu.get_capabilities()
    return {name: bool(known.get(name)) for name in ("avx2", "avx512_f", "avx512_bf16", "amx_bf16")}


def usable_devices() -> list[str]:
    """The names of the devices that there are."""
    import torch

    names = ["cpu"]
    names += [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return [*names, "mps"] if torch.backends.mps.is_available() else names


def _is_cuda(device: torch.device | str) -> bool:
    return str(device).startswith("cuda")


def _computes_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        import torch

        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities = cpu_capabilities()
    return device.type == "cpu" and (capabilities["amx_bf16"] or capabilities["avx512_bf16"])
