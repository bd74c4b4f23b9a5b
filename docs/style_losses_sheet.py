"""Draws every style loss on the same three pairs, and prints how long each took and what it reached.

python docs/style_losses_sheet.py -o docs/images/style_losses.jpg
"""

from __future__ import annotations

import argparse
import time

import matplotlib.pyplot as plt
from deepatelier.synthesis.style.style_loss_names import names as style_losses

from deepatelier import images, samples
from deepatelier.synthesis import StyleOptions, StyleTransfer

PAIRS = (("astronaut", "swirl"), ("coffee", "woodblock"), ("chelsea", "mosaic"))


def main() -> None:
    """Paint everything, print the table, and save the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    figure, axes = plt.subplots(3, 1 + len(style_losses()), figsize=(18, 8.4), layout="constrained")
    print("| style loss | pair | seconds | style distance at other layers | SSIM of luminance |\n|---|---|---|---|---|")
    for row, names in zip(axes, PAIRS, strict=True):
        photo, painting = (samples.open_picture(name) for name in names)
        row[0].imshow(painting.tensor(painting.fitted(480))[0].permute(1, 2, 0).numpy())
        row[0].set_title(names[1], fontsize=11)
        for axis, name in zip(row[1:], style_losses(), strict=True):
            began = time.perf_counter()
            options = StyleOptions(size=arguments.size, steps=arguments.steps, style_loss=name, measure=True)
            transfer = StyleTransfer(photo, painting, options)
            *_, last = transfer.steps()
            seconds = time.perf_counter() - began
            written = images.decode(images.encode(last.image, "PNG"))
            found = transfer.measures(written)
            print(
                f"| {name} | {', '.join(names)} | {seconds:.0f} | {found['style distance at other layers']:.3f} "
                f"| {found['SSIM of luminance']:.2f} |",
                flush=True,
            )
            axis.imshow(written[0].permute(1, 2, 0).numpy())
            axis.set_title(name, fontsize=11)
    for axis in axes.flat:
        axis.set_axis_off()
    figure.savefig(arguments.output, dpi=100, pil_kwargs={"quality": 90})


if __name__ == "__main__":
    main()
