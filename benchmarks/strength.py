"""Does a strength mean the same at every size? A table, and a sheet to look at.

    python benchmarks/strength.py PHOTO PAINTING [--sheet sheet.jpg]

The photograph should have 1024 pixels or more: one that must be enlarged has no fine structures to compare with.
Measured on the file as written (8-bit PNG), decoded again, in float32: the relative content distance ‖F − P‖ / ‖P‖ at
relu4_2, and the relative style distance, the root of the style loss over that of the photograph itself.
"""

from __future__ import annotations

import argparse
import math

import torch
from torch import Tensor, nn

from deepatelier import images, networks, samples
from deepatelier.features import extract
from deepatelier.images import Picture, resize
from deepatelier.synthesis import StyleOptions, StyleTransfer, gram_matrices

SIZES = (256, 512, 1024)
STRENGTHS = (0.25, 0.5, 0.75)
CONTENT = "relu4_2"
STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def paint(photo: Picture, painting: Picture, size: int, strength: float) -> Tensor:
    transfer = StyleTransfer(photo, painting, StyleOptions(size=size, strength=strength))
    *_, last = transfer.steps()
    return images.decode(images.encode(last.image, "PNG"))


@torch.no_grad()
def distances(network: nn.Module, image: Tensor, photo: Picture, painting: Picture, size: int) -> tuple[float, float]:
    seen, own, wanted = (
        extract(network, each, (CONTENT, *STYLE))
        for each in (image, photo.tensor(photo.fitted(size)), painting.tensor(painting.fitted(size)))
    )
    content = (seen[CONTENT] - own[CONTENT]).norm() / own[CONTENT].norm()
    target = gram_matrices(wanted, STYLE)

    def style(activations: dict[str, Tensor]) -> float:
        grams = gram_matrices(activations, STYLE)
        return math.sqrt(
            sum((grams[name] - target[name]).square().sum().item() / len(target[name]) ** 2 for name in STYLE)
        )

    return content.item(), style(seen) / style(own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo")
    parser.add_argument("painting")
    parser.add_argument("--sheet", help="write the pictures of all sizes and strengths, as one")
    arguments = parser.parse_args()
    photo, painting = samples.open_picture(arguments.photo), samples.open_picture(arguments.painting)
    network = networks.build("vgg19", weights="oxford", num_classes=0)
    cell = photo.fitted(SIZES[0])
    rows = {size: [resize(photo.tensor(photo.fitted(size)), cell)] for size in SIZES}
    print("| strength | " + " | ".join(f"{size} px: content, style" for size in SIZES) + " | largest over smallest |")
    print("|---|" + "---|" * (len(SIZES) + 1))
    for strength in STRENGTHS:
        pairs = []
        for size in SIZES:
            image = paint(photo, painting, size, strength)
            rows[size].append(resize(image, cell))
            pairs.append(distances(network, image, photo, painting, size))
        ratios = [max(values) / min(values) for values in zip(*pairs, strict=True)]
        cells = [f"{content:.3f}, {style:.3f}" for content, style in pairs]
        print(f"| {strength} | {' | '.join(cells)} | {ratios[0]:.2f}, {ratios[1]:.2f} |", flush=True)
    if arguments.sheet:
        sheet = torch.cat([torch.cat(row, dim=3) for row in rows.values()], dim=2)
        format_ = images.format_of(arguments.sheet)
        with open(arguments.sheet, "wb") as file:  # noqa: PTH123
            file.write(images.encode(sheet, format_))


if __name__ == "__main__":
    main()
