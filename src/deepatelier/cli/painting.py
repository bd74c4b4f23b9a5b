"""Runs a recipe for a command: bar, interruption, record."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from deepatelier import images, samples
from deepatelier.cli.messages import explain_values, say
from deepatelier.cli.progress import progress_bar, undisturbed
from deepatelier.devices import memory_guard
from deepatelier.errors import InputError, OptionError
from deepatelier.images import Picture
from deepatelier.runs import Record, check_film_target, check_target, record_of, write_film, write_picture
from deepatelier.synthesis import DreamFilm, Recipe, StyleOptions

__all__ = ["as_given", "files_of", "open_input", "paint", "paint_and_report", "report", "say_of_masks", "weighted"]


_Options = TypeVar("_Options", bound=StyleOptions)


def open_input(source: str) -> Picture:
    """A picture from a file, a sample by its name, or ``-``, standard input; says which frame of an animation it is."""
    picture = _standard_input() if source == "-" else samples.open_picture(source)
    if picture.animated:
        say(f"{source} has several frames; the first one is used.")
    return picture


def as_given(sources: Sequence[str]) -> list[Picture | str]:
    """Pictures; samples by their names, since a painter need not have them drawn."""
    return [source if samples.is_sample(source) else open_input(source) for source in sources]


def weighted(words: Sequence[str], options: _Options) -> tuple[list[str], _Options]:
    """The paintings of PAINTING:WEIGHT words, and the options with the weights; one without has the weight 1."""
    pairs = [_pair(word) for word in words]
    sources = [source for source, _ in pairs]
    if all(weight is None for _, weight in pairs):
        return sources, options
    if options.style_weights is not None:
        raise OptionError("The weights stand behind the paintings and in --style-weights; give them once.")
    values = options.model_dump(include=options.model_fields_set)
    try:
        weights = [1.0 if weight is None else weight for _, weight in pairs]
        return sources, type(options)(**{**values, "style_weights": weights})
    except ValidationError as error:
        raise OptionError(explain_values(error)) from error


def _pair(word: str) -> tuple[str, float | None]:
    source, sign, weight = word.rpartition(":")
    if not sign or os.path.lexists(word):
        return word, None
    try:
        return source, float(weight)
    except ValueError:
        if samples.is_sample(source) or os.path.lexists(source):
            raise OptionError(f"The weight of {source} is no number: {weight!r}. Say it as {source}:0.5") from None
        return word, None


def files_of(options: StyleOptions) -> list[str]:
    """The files that the options name, which must not be overwritten."""
    named = (options.init, options.painter, options.weights, options.mask, *options.style_masks)
    return [name for name in named if name is not None]


def say_of_masks(options: StyleOptions, photo: Picture, paintings: Sequence[str]) -> None:
    """Say which masks have another size than what they are of."""
    pairs = [
        (mask, samples.open_picture(painting), painting)
        for mask, painting in zip(options.style_masks, paintings, strict=False)
    ]
    if options.mask is not None:
        pairs.insert(0, (options.mask, photo, "the photograph"))
    for mask, of, name in pairs:
        (height, width), (tall, wide) = samples.open_picture(mask).size, of.size
        if (height, width) != (tall, wide):
            how = "resized" if abs(height * wide - width * tall) <= 0.01 * height * wide else "stretched to fit"
            say(f"The mask {mask} has {width} x {height} pixels and {name} {wide} x {tall}; it is {how}.")


def _standard_input() -> Picture:
    if sys.stdin.isatty():
        raise InputError("- reads a picture from standard input, as in: atelier style - swirl -o out.png < photo.jpg")
    data = sys.stdin.buffer.read()
    if not data:
        raise InputError("Standard input is empty; a picture was expected there.")
    return images.picture_from_bytes("standard_input", data)


def paint(
    command: str,
    recipe: Callable[[], Recipe],
    output: Path,
    *,
    json: bool,
    metadata: bool = True,
    stop_after: int | None = None,
    whole: bool = False,
    panel: bool = False,
) -> Record:
    """Paint, write the picture, print its record if ``json``, and return it. Ctrl-C writes what is there, exits 130.

    Args:
        command: The recipe's, for the record.
        recipe: Makes the recipe; whatever takes time or memory happens in it and later.
        output: Where to write. It has been checked.
        json: Whether stdout gets the record.
        metadata: Whether the picture carries the record.
        stop_after: Steps after which to stop as if interrupted; all of them if None.
        whole: Whether Ctrl-C writes nothing: what is there counts as finished.
        panel: Whether it becomes a part of a sheet: opaque, with 8 bits.
    """
    began = time.perf_counter()
    interrupted = False
    taken = 0
    with memory_guard():
        made = recipe()
        image = made.initial() if made.planned == 0 else None
        try:
            with progress_bar("Painting", made.planned) as advance:
                for step in made.steps():
                    image, taken = step.image, taken + 1
                    height, width = image.shape[-2:]
                    advance(f"{width} x {height}  loss {step.total:.4g}")
                    if taken == stop_after:
                        break
        except KeyboardInterrupt:
            if whole:
                raise
            interrupted = True
        if image is None or (isinstance(made, DreamFilm) and not made.frames):
            raise KeyboardInterrupt
        image = made.finished(image)

        record = partial(record_of, made, command=command, output=str(output), began=began, steps=taken)
        with undisturbed():
            if isinstance(made, DreamFilm):
                kept = write_film(made.frames, output, record, fps=made.options.fps, metadata=metadata)
            else:
                alpha, bits = (None, 8) if panel else (made.alpha(), made.bits)
                kept = write_picture(image, output, record, alpha=alpha, bits=bits, metadata=metadata)
    if json:
        print(kept.to_json())
    for line in () if panel else _losses_of_the_format(made, output):
        say(line)
    if interrupted:
        say(f"Interrupted after {taken} steps; what was there is in {output}.")
        sys.exit(130)
    return kept


def paint_and_report(
    command: str,
    recipe: Callable[[], Recipe],
    output: Path,
    *,
    sources: Iterable[str],
    json: bool,
    metadata: bool,
    film: bool = False,
) -> None:
    """`paint`, with the check of the output before and what the picture shows after.

    Args:
        sources: Files that must not be overwritten; others as of `paint`.
        film: Whether the recipe makes a film.
    """
    (check_film_target if film else check_target)(output, sources=sources, metadata=metadata)
    record = paint(command, recipe, output, json=json, metadata=metadata)
    if json:
        return
    report(record, output)


def report(record: Record, output: Path, *, measures: bool = True) -> None:
    """Say what a picture shows, unless that is not asked for, and where it is."""
    for words, value in (record.measures if measures else {}).items():
        say(f"{words}: {f'{value:.4g}' if isinstance(value, float) else value}")
    width, height = record.size
    say(f"Wrote {output} ({width} x {height} pixels, {record.steps} steps, {record.seconds:.0f} s).")


def _losses_of_the_format(recipe: Recipe, output: Path) -> Iterator[str]:
    if isinstance(recipe, DreamFilm):
        return
    format_ = images.format_of(output)
    if recipe.alpha() is not None and not images.holds_alpha(format_):
        yield f"{format_} has no transparency: what was transparent is white. A .png keeps it."
    if recipe.bits > images.deepest(format_):
        yield f"{format_} is written with 8 bits a channel, and the photograph has {recipe.bits}. A .png keeps them."
