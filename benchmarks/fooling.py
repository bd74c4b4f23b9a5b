"""Fooling: chelsea and coffee to five other classes each, by projected gradient; every figure is of the decoded PNG.

Run: python benchmarks/fooling.py
"""

from __future__ import annotations

import sys

from deepatelier import images, samples
from deepatelier.synthesis import Attack, AttackOptions

CLASSES = ("teapot", "goldfish", "toaster", "volcano", "umbrella")


def main() -> None:
    succeeded = 0
    print("| photograph | before | as | now | levels of 255 | as JPEG |")
    print("|---|---|---|---|---:|---|")
    for name in ("chelsea", "coffee"):
        for wanted in CLASSES:
            recipe = Attack(samples.open_picture(name), AttackOptions(as_=wanted))
            for step in recipe.steps():
                image = recipe.finished(step.image)
            found = recipe.measures(images.decode(images.encode(image, "PNG")))
            levels = float(found["largest change in levels of 255"])
            succeeded += bool(found["fooled"]) and levels <= 2
            print(
                f"| {name} | {found['before']} ({found['confidence before']:.2f}) | {wanted} "
                f"| {found['now']} ({found['confidence now']:.2f}) | {levels:g} "
                f"| {found['as JPEG']} ({found['confidence as JPEG']:.2f}) |",
                flush=True,
            )
    print(f"\nsucceeded with at most 2 levels: {succeeded} of {2 * len(CLASSES)}")
    sys.exit(succeeded != 2 * len(CLASSES))


if __name__ == "__main__":
    main()
