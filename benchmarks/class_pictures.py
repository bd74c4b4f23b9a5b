"""Class pictures of 20 classes taken evenly over the 1000: how many does the network name first, also when handled?

Run: python benchmarks/class_pictures.py [FOLDER] [--statistics W]; the pictures go to FOLDER, with a sheet of them.
Every figure is of the written PNG, decoded again.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from deepatelier import images, networks
from deepatelier.features import at_half_size_and_back, classify, moved
from deepatelier.jobs import make
from deepatelier.synthesis import FeatureVisualization, VisualizationJob


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default="out/class_pictures", type=Path)
    parser.add_argument("--statistics", type=float)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    chosen = {} if arguments.statistics is None else {"statistics": arguments.statistics}
    counts, written, labels = [0, 0, 0, 0], [], []
    for number in range(0, 1000, 50):
        began = time.perf_counter()
        job, path = VisualizationJob(class_=str(number), **chosen), arguments.folder / f"{number:03}.png"
        make(job, {"picture": path})
        picture, extractor = images.open_picture(path).tensor(), FeatureVisualization(job).extractor
        handled = (
            picture,
            at_half_size_and_back(picture),
            moved(picture, 8),
            moved(at_half_size_and_back(picture), 8),
        )
        answers = [classify(extractor, image) for image in handled]
        counts = [count + (answer.number == number) for count, answer in zip(counts, answers, strict=True)]
        name = networks.class_name(number, extractor.class_names)
        said = ", ".join(f"{answer.name} ({answer.probabilities[number].item():.2f})" for answer in answers)
        print(f"{number:3} {name}: {said}; {time.perf_counter() - began:.0f} s", flush=True)
        written.append(picture)
        labels.append(name)
        height, width = picture.shape[-2:]
        sheet = images.Sheet((height, width), tuple(labels), columns=5).compose(written)
        (arguments.folder / "sheet.png").write_bytes(images.encode(sheet, "PNG"))
    words = ("as written", "at half size and back", "moved by 8 pixels", "both")
    print("named first, of 20: " + "; ".join(f"{word} {count}" for word, count in zip(words, counts, strict=True)))
    sys.exit(0 if counts[0] >= 19 and min(counts[1:]) >= 15 else 1)


if __name__ == "__main__":
    main()
