"""A folder that keeps the pictures of a batch's jobs, so that none is made twice."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deepatelier.errors import AtelierError
from deepatelier.files import make_folder
from deepatelier.jobs.job import Job
from deepatelier.jobs.products import PictureProduct
from deepatelier.jobs.request import is_finished, request_of
from deepatelier.jobs.runner import check_targets, write
from deepatelier.jobs.step import Step

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["KeptPictures"]


class KeptPictures:
    """A folder with one picture per job of a batch, each with its record.

    Args:
        folder: The folder; it is created if necessary.
        children: The jobs by name. The file names are derived from these names.

    Attributes:
        folder: The folder.
        finished: The names of the jobs whose pictures exist already.

    Raises:
        OutputError: A picture cannot be written there, or an existing file carries no record.
    """

    def __init__(self, folder: Path, children: Mapping[str, Job]) -> None:
        self.folder, self._is_new = folder, not folder.exists()
        make_folder(folder)
        self._children = children
        self._targets = {name: folder / file for name, file in _file_names(children).items()}
        for name, job in children.items():
            check_targets(job, {next(iter(type(job).outputs)): self._targets[name]})
        self.finished = [name for name, job in children.items() if is_finished(job, self._targets[name])]
        self._began = time.perf_counter()

    def close(self) -> None:
        """Remove the folder if it was created here and is empty."""
        if self._is_new and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def picture(self, name: str, _job: Job) -> Tensor | None:
        """Return the picture of a job that was finished before; None if it was not."""
        from deepatelier import images

        return images.open_picture(self._targets[name]).tensor() if name in self.finished else None

    def keep(self, step: Step) -> None:
        """Write the picture of the job that ends with this step."""
        if step.finished is None:
            self._began = time.perf_counter() if step.index == 1 else self._began
            return
        (output, product), *_ = step.finished.files.items()
        if not isinstance(product, PictureProduct):
            raise AtelierError(f"{step.child} has made no picture, so there is nothing to keep.")
        panel = replace(step.finished, files={output: PictureProduct(product.image)}, derived={})
        job = self._children[step.child]
        write(panel, {output: self._targets[step.child]}, request=request_of(job), began=self._began)
        self._began = time.perf_counter()


def _file_names(children: Mapping[str, Job]) -> dict[str, str]:
    """Return the file name of each picture by its label."""
    stems = {label: re.sub(r"[^\w.+-]+", "_", label).strip("_") for label in children}
    taken = list(stems.values())
    return {
        label: f"{stem}_{number}.png" if taken.count(stem) > 1 else f"{stem}.png"
        for number, (label, stem) in enumerate(stems.items())
    }
