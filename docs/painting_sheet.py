"""Draws a sheet that compares methods of painting: photographs in the style of paintings, a row per method.

python -m benchmarks.painting PAINTINGS PHOTOS
python docs/painting_sheet.py PAINTINGS PHOTOS out/painting/fast_1024 out/painting/steps200_1024 -o sheet.jpg

The folders after PAINTINGS and PHOTOS have the results of one method each, from top to bottom. --painting and --photo
choose the columns and rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from deepatelier import images

TITLES = {"fast": "--fast", "steps200": "200 steps", "magenta": "Magenta"}
"""By the name of a method in `benchmarks.painting`; other folders are shown by their own name."""

CELL, DPI, LETTERS = 320, 100, 16
"""Longest side of a picture and pixels per inch in the sheet; size of the letters, in points."""


def chosen_from(folder: Path, names: list[str] | None) -> list[Path]:
    """The pictures of a folder that have these names without suffix; all of them without names."""
    named = {path.stem: path for path in sorted(folder.iterdir())}
    return [named[name] for name in names or named]


def show(axis: Axes, path: Path) -> None:
    """Show a picture, at most as large as its cell."""
    picture = images.open_picture(path)
    axis.imshow(picture.tensor(picture.fitted(CELL))[0].permute(1, 2, 0).numpy())


def main() -> None:
    """Compose the results of all methods, and save the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paintings", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--painting", nargs="+", metavar="NAME", help="without suffix; default: all")
    parser.add_argument("--photo", nargs="+", metavar="NAME", help="without suffix; default: all")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    paintings = chosen_from(arguments.paintings, arguments.painting)
    rows: list[tuple[str, list[Path | None]]] = [("", [None, *paintings])]
    for photo in chosen_from(arguments.photos, arguments.photo):
        for number, folder in enumerate(arguments.results):
            method = TITLES.get(folder.name.rpartition("_")[0], folder.name)
            results = [folder / f"{photo.stem}__{painting.stem}.png" for painting in paintings]
            rows.append((method, [None if number else photo, *results]))
    heights = [max(images.open_picture(path).fitted(CELL)[0] for path in paths if path) for _, paths in rows]
    figure, axes = plt.subplots(
        len(rows),
        1 + len(paintings),
        figsize=(CELL * (1 + len(paintings)) / DPI, sum(heights) / DPI),
        height_ratios=heights,
        squeeze=False,
        layout="constrained",
    )
    for line, (method, paths) in zip(axes, rows, strict=True):
        for axis, path in zip(line, paths, strict=True):
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
            if path is not None:
                show(axis, path)
        line[1].set_ylabel(method, fontsize=LETTERS)
    for axis, painting in zip(axes[0, 1:], paintings, strict=True):
        axis.set_title(painting.stem, fontsize=LETTERS)
    figure.savefig(arguments.output, dpi=DPI, pil_kwargs={"quality": 90})


if __name__ == "__main__":
    main()
