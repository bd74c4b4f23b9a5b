"""Draws the sheet of the README: every painting that ships, and photographs in its style.

python docs/styles_sheet.py astronaut PHOTO... -o docs/images/styles.jpg
python docs/styles_sheet.py astronaut PHOTO... --fast -o sheet.jpg
"""

from __future__ import annotations

import argparse

import matplotlib.pyplot as plt

from deepatelier import samples
from deepatelier.images import Picture, Pixels, to_array
from deepatelier.painters import FastStyle, FastStyleOptions
from deepatelier.synthesis import StyleOptions, StyleTransfer


def paint(photo: Picture, painting: Picture, *, fast: bool) -> Pixels:
    """The photograph in the style of the painting, 384 pixels wide or high; 768 by the universal painter."""
    if fast:
        return FastStyle(photo, painting, FastStyleOptions(size=768)).paint()
    *_, last = StyleTransfer(photo, painting, StyleOptions(size=384)).steps()
    return to_array(last.image)


def main() -> None:
    """Paint everything, and save the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--fast", action="store_true", help="as atelier style --fast paints")
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    photos = [samples.open_picture(source) for source in arguments.photos]
    names = samples.paintings()
    rows = 1 + len(photos)
    figure, axes = plt.subplots(rows, len(names), figsize=(2.3 * len(names), 2 * rows), layout="constrained")
    for column, name in zip(axes.T, names, strict=True):
        painting = samples.open_picture(name)
        results = [
            painting.array(painting.fitted(480)),
            *(paint(photo, painting, fast=arguments.fast) for photo in photos),
        ]
        for axis, image in zip(column, results, strict=True):
            axis.imshow(image)
            axis.set_axis_off()
        column[0].set_title(name, fontsize=11)
    figure.savefig(arguments.output, dpi=100, pil_kwargs={"quality": 90})


if __name__ == "__main__":
    main()
