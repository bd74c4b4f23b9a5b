import os
import platform
import subprocess
import sys

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has mallopt")
def test_freed_memory_is_kept():
    """Without it, a large block goes back to the system when it is freed, and is asked for again page by page."""
    program = (
        "import torch; from pathlib import Path; from deepatelier.devices import keep_freed_memory\n"
        "def mapped(): return int(Path('/proc/self/statm').read_text().split()[0])\n"
        "def given_back(): block = torch.ones(2**24); held = mapped(); del block; print(held - mapped())\n"
        "torch.ones(2**10).sum(); given_back(); assert keep_freed_memory(); given_back()"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    plain, kept = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in done.stdout.split())
    assert plain >= 2**24 * 4
    assert kept < 2**20
