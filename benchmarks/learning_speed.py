"""How many pictures a second a training sees: plain Lightning in float32, and what the fast recipe adds step by step.

    python -m benchmarks.learning_speed [--pictures 4096]

The network is `airbench`, pictures are noise of 32 x 32 pixels, batches are of 512. Plain is what Lightning's first
pages show: float32, torch's default layout, a DataLoader whose data set crops and mirrors picture by picture, SGD of
Nesterov's form. Each row below adds one thing; the last is the whole recipe, half of whose epochs see smaller pictures.
All rows are of one run, the first epoch of each is left out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from benchmarks.style import table
from deepatelier import networks
from deepatelier.data import Dataset, Labelled
from deepatelier.devices import choose_precision, precision_name, processor_name
from deepatelier.training import Training, TrainingOptions

CLASSES, BORDER = 10, 3


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """Cropped and mirrored one by one."""

    def __init__(self, part: Labelled) -> None:
        self.part = part

    def __len__(self) -> int:
        return len(self.part)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = self.part.images[index].float() / 255
        image = functional.pad(image[None], (BORDER,) * 4, mode="reflect")[0]
        top, left = torch.randint(2 * BORDER + 1, (2,)).tolist()
        image = image[:, top : top + 32, left : left + 32]
        return image.flip(-1) if torch.rand(()) < 0.5 else image, int(self.part.targets[index])


class Plain(pl.LightningModule):
    """The network with its loss and optimiser; notes when epochs end."""

    def __init__(self) -> None:
        super().__init__()
        self.network = networks.build("airbench", num_classes=CLASSES)
        self.ends: list[float] = []

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        images, targets = batch
        return functional.cross_entropy(self.network(images), targets, label_smoothing=0.2)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=1e-3, momentum=0.85, nesterov=True)

    def on_train_epoch_end(self) -> None:
        self.ends.append(time.perf_counter())


def plain(part: Labelled, epochs: int, batch: int) -> float:
    """Pictures a second of plain Lightning."""
    module = Plain()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(Pictures(part), batch, shuffle=True, drop_last=True))
    steps = len(part) // batch
    return steps * batch * (epochs - 1) / (module.ends[-1] - module.ends[0])


def ours(part: Labelled, epochs: int, batch: int, **options: Any) -> float:
    """Pictures a second of our training with some options."""
    dataset = Dataset("noise", part, None, tuple(map(str, range(CLASSES))))
    chosen = {"network": "airbench", "validation": 0, "test": 0, "batch_size": batch, "augment": ("flip", "crop")}
    with tempfile.TemporaryDirectory() as folder:
        chosen |= {"epochs": epochs, "translation": BORDER / 32, "optimizer": "nesterov", "learning_rate": 1e-3}
        training = Training(dataset, TrainingOptions(**{**chosen, **options}), Path(folder) / "run")
        training.fit()
        first, last = training.rows[0], training.rows[-1]
    return (last["step"] - first["step"]) * batch / (last["seconds"] - first["seconds"])


def measure(count: int, epochs: int, batch: int = 512) -> list[dict[str, Any]]:
    """A row for each way to train."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=generator)
    part = Labelled(images, torch.randint(CLASSES, (count,), generator=generator))
    low = precision_name(choose_precision("auto", torch.device("cpu")))
    recipe = {"optimizer": "airbench", "schedule": "triangle", "label_smoothing": 0.2, "precision": "auto"}
    speeds = {
        "plain Lightning, float32": plain(part, epochs, batch),
        "batches in memory, channels last": ours(part, epochs, batch),
        f"and {low}": ours(part, epochs, batch, precision="auto"),
        "and airbench's optimiser": ours(part, epochs, batch, **recipe),
        "pictures of three quarters": ours(part, epochs, batch, **recipe, progressive_resizing=epochs),
    }
    full, small = list(speeds.values())[-2:]
    speeds["the recipe: half of each"] = 2 / (1 / full + 1 / small)
    first = next(iter(speeds.values()))
    return [
        {"": name, "pictures a second": round(speed), "times plain": speed / first} for name, speed in speeds.items()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=4096)
    parser.add_argument("--epochs", type=int, default=3)
    given = parser.parse_args(arguments)
    print(f"{processor_name(torch.device('cpu'))}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    print(table(measure(given.pictures, given.epochs)))


if __name__ == "__main__":
    main()
