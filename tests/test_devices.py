import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from deepatelier import devices
from deepatelier.errors import MemoryLimitError, OptionError


def test_auto_is_a_device_that_works():
    assert torch.ones(2, device=devices.choose_device()).sum() == 2


@pytest.mark.parametrize("name", ["toaster", "cuda:99", "", "meta", "cpu:x"])
def test_a_device_that_is_not_there(name):
    with pytest.raises(OptionError, match="--device auto"):
        devices.choose_device(name)


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"amx_bf16": True}, torch.bfloat16),
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"avx512_f": True, "amx_bf16": False}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_auto_precision_follows_the_processor(monkeypatch, capabilities, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert devices.choose_precision("auto", torch.device("cpu")) == expected
    assert devices.choose_precision("float32", torch.device("cpu")) == torch.float32
    assert devices.choose_precision("bfloat16", torch.device("cpu")) == torch.bfloat16


def test_names_of_precisions():
    assert [devices.precision_name(d) for d in (torch.float32, torch.bfloat16)] == ["float32", "bfloat16"]


def test_the_machine_has_memory():
    cpu = torch.device("cpu")
    assert devices.total_memory(cpu) >= devices.available_memory(cpu) > 2**28


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA"), RuntimeError("can't allocate memory")]
)
def test_memory_that_runs_out_is_said_in_a_line(error):
    with pytest.raises(MemoryLimitError, match="--size"), devices.memory_guard():
        raise error


def test_other_errors_pass_the_memory_guard():
    with pytest.raises(RuntimeError, match="shape"), devices.memory_guard():
        raise RuntimeError("shape mismatch")


def test_a_real_allocation_that_is_too_large():
    with pytest.raises(MemoryLimitError), devices.memory_guard():
        torch.empty(2**60)


_HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")
@pytest.mark.skipif(_HUGE_PAGES.exists() and "[always]" in _HUGE_PAGES.read_text(), reason="pages are 2 MiB large")
def test_freed_memory_is_kept():
    """Without it, each of the ten blocks is asked for page by page. (A busy system may take pages back by itself.)"""
    program = (
        "import sys, resource, torch; from deepatelier.devices import keep_freed_memory\n"
        "assert keep_freed_memory() if sys.argv[1] == 'kept' else True\n"
        "for _ in range(10): torch.ones(2**24).sum()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)"
    )

    def faults(way):
        done = subprocess.run([sys.executable, "-c", program, way], check=True, capture_output=True, text=True)
        return int(done.stdout)

    blocks = 2**24 * 4 / os.sysconf("SC_PAGE_SIZE")
    assert any(faults("plain") - faults("kept") > 5 * blocks for _ in range(3))
