"""The device, the precision and the processes of a training."""

from __future__ import annotations

import os
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision, Precision

from deepatelier.errors import OptionError

__all__ = ["end_processes", "fabric_for", "is_global_zero"]


def is_global_zero() -> bool:
    """Return whether this is the first process of a training, which writes files and prints messages."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def fabric_for(device: torch.device, precision: torch.dtype, processes: int) -> Fabric:
    """Return the fabric of a training, not yet launched.

    Args:
        device: The device of the network.
        precision: float32, or bfloat16 with weights in float32.
        processes: The number of processes, which average their gradients.

    Raises:
        OptionError: The device supports only one process.
    """
    if processes > 1 and device.type not in ("cpu", "cuda"):
        raise OptionError(f"The device {device.type} supports only one process. Leave --processes out.")
    several = processes > 1
    return Fabric(
        accelerator="gpu" if device.type == "cuda" else device.type,
        devices=processes if several or device.type != "cuda" else [device.index or 0],
        strategy="ddp" if several else "auto",
        plugins=_Mixed("bf16-mixed", device.type) if precision == torch.bfloat16 else Precision(),
    )


class _Mixed(MixedPrecision):
    """Mixed precision with inputs in float32: a network normalizes its input before it computes in bfloat16."""

    def convert_input(self, data: Any) -> Any:
        return data


def end_processes() -> None:
    """Leave the group of processes, if there is one. All processes have to come here, and wait for each other.

    While they wait, the group's threads can free their last tensors. Without that, destroying the group waits for
    threads that wait for Python.
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
