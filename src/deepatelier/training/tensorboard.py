"""The measures of a training for TensorBoard."""

from __future__ import annotations

from pathlib import Path

from deepatelier.extras import from_extra
from deepatelier.training.history import Row

__all__ = ["Scalars"]


class Scalars:
    """An event file in ``folder``/tensorboard, with a scalar for each measure by step.

    Args:
        folder: The run folder.

    Raises:
        SurroundingsError: TensorBoard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self._writer = from_extra("torch.utils.tensorboard", "tensorboard").SummaryWriter(folder / "tensorboard")

    def add(self, row: Row) -> None:
        """Write the measures of an epoch."""
        for name, value in row.items():
            self._writer.add_scalar(name, value, int(row["step"]))

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
