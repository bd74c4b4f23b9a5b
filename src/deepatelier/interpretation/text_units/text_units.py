"""The units of a language model: which concepts they know, and text coloured by their activation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deepatelier.data import CORPORA, open_corpus
from deepatelier.devices import choose_device, memory_guard
from deepatelier.errors import OptionError
from deepatelier.inputs import Input
from deepatelier.interpretation.drawing.colored_text import ColoredText
from deepatelier.interpretation.text_units.concepts import CONCEPTS, PYTHON_CONCEPTS
from deepatelier.interpretation.text_units.read_segments import PARTS, Segment, activations_of, segments_of
from deepatelier.interpretation.text_units.text_units_job import TextUnitsJob
from deepatelier.interpretation.text_units.unit_scores import is_binary, scores
from deepatelier.jobs import Measured, PictureProduct, Result, Step, TableProduct, TextProduct, Work
from deepatelier.text.language import Language

__all__ = ["TextUnits", "UnitName"]

_SHOWN = 3
"""The number of segments that are shown."""

_PREFERRED = ("string", "quotes")
"""The concepts that are shown if the user names none."""

_BEST = 5
"""The number of units of a concept in the table."""


class UnitName(NamedTuple):
    """A unit.

    Attributes:
        layer: Its layer, from 1.
        number: Its number in the layer, from 0.
        of: ``h``, its output; or ``c``, the cell of an LSTM.
    """

    layer: int
    number: int
    of: str

    def __str__(self) -> str:
        return f"layer {self.layer}, {self.of} {self.number}"


class TextUnits:
    """Selects for each concept the unit whose activation tells it best, and verifies the unit on other text.

    Source: Karpathy, Johnson and Li, 'Visualizing and Understanding Recurrent Networks' (2015), section 4.2, where
    units are found by eye. Here they are found by the area under the ROC curve; see `scores`.

    Args:
        job: The options.

    Attributes:
        planned: The number of steps.

    Raises:
        InputError: The run or the text is invalid, or the text is too short.
        OptionError: There is no such unit, or the text has no such concept.
    """

    def __init__(self, job: TextUnitsJob) -> None:
        self.job, self.language = job, Language.open(Path(job.training))
        self.language.network.to(choose_device(job.device))
        corpus = open_corpus(job.text, data_dir=job.data_dir)
        self.segments = segments_of(corpus, self.language, job.validation, job.test, job.count)
        self._name = f"{self.language.name} on {corpus.name}"
        known = {name for part in self.segments.values() for each in part for name in each.labels}
        self.concepts = [name for name in (*PYTHON_CONCEPTS, *CONCEPTS) if name in known]
        if job.concept is not None and job.concept not in self.concepts:
            raise OptionError(
                f"{corpus.name} is no Python code, so that it has no {job.concept}. Give another --concept."
            )
        if job.unit is None and job.of is not None:
            raise OptionError(f"--of {job.of} is about one unit. Give its --layer and --unit, or leave it out.")
        if (job.layer is None) != (job.unit is None):
            raise OptionError("A unit has a --layer and a --unit: give both, or none to show the best one.")
        self.wanted = None if job.unit is None else UnitName(job.layer or 1, job.unit, job.of or "h")
        self.planned = len(PARTS)

    def look(self) -> Work:
        """Read the segments and yield the steps of the job: one for each part."""
        found, activations = dict[str, dict[str, NDArray[np.float64]]](), dict[str, list[NDArray[np.float32]]]()
        shape: tuple[int, ...] = ()
        with memory_guard("these activations", "Lower --count."):
            for number, part in enumerate(PARTS, 1):
                activations[part], shape = self._read(self.segments[part])
                if number == 1 and self.wanted is not None:
                    self._index(self.wanted, shape)
                found[part] = self._scores(self.segments[part], activations[part])
                yield Step(number, len(PARTS))
        table = dict(self._table(found, shape))
        if not table:
            raise OptionError("The text has none of the concepts. Give a longer text, or raise --count.")
        unit, concept = self._chosen(table)
        text = self._colored(activations, self._index(unit, shape), concept, unit, found)
        measures: dict[str, bool | int | float | str] = {
            f"{name}: {row['measure']} of {row['units'][0]['unit']}": row["units"][0]["verification"]
            for name, row in table.items()
        }
        return Result(
            self.job,
            {
                "picture": PictureProduct(text.to_picture(self.job.columns)),
                "html": TextProduct(text.to_html()),
                "table": TableProduct({"concepts": table}),
            },
            self._inputs(),
            str(self.language.network.device),
            measure=lambda _written: Measured(measures=measures),
            steps=self.planned,
            details={"unit": str(unit), "concepts": table},
        )

    def _inputs(self) -> dict[str, Input]:
        if self.job.text in CORPORA:
            read = "".join("".join(each.tokens) for part in self.segments.values() for each in part)
            text = Input(name=self.job.text, sha256=hashlib.sha256(read.encode(errors="surrogatepass")).hexdigest())
        else:
            text = Input.of(self.job.text)
        return {"training": self.language.source, "text": text}

    def _read(self, segments: list[Segment]) -> tuple[list[NDArray[np.float32]], tuple[int, ...]]:
        """Return the activations of each segment, (T, units), and the shape of the units."""
        found = [np.empty(0, dtype=np.float32)] * len(segments)
        shape: tuple[int, ...] = ()
        for step, values in activations_of(self.language, segments):
            shape = values.shape[1:]
            for row, segment in enumerate(segments):
                if step == 0:
                    found[row] = np.empty((len(segment.numbers), values[row].size), dtype=np.float32)
                if 0 <= step < len(segment.numbers):
                    found[row][step] = values[row].reshape(-1)
        return found, shape

    def _scores(
        self, segments: list[Segment], activations: list[NDArray[np.float32]]
    ) -> dict[str, NDArray[np.float64]]:
        """Return the score of each unit for each concept. Concepts of Python: on the documents that are Python code."""
        found: dict[str, NDArray[np.float64]] = {}
        for names in (PYTHON_CONCEPTS, CONCEPTS):
            rows = [row for row, each in enumerate(segments) if names[0] in each.labels]
            if rows:
                labels = {name: np.concatenate([segments[row].labels[name] for row in rows]) for name in names}
                found |= scores(np.concatenate([activations[row] for row in rows]), labels)
        return found

    def _table(
        self, found: dict[str, dict[str, NDArray[np.float64]]], shape: tuple[int, ...]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the best units of each concept, with their scores on both parts."""
        selected, verified = (found[part] for part in PARTS)
        for name in self.concepts:
            if name not in selected or name not in verified:
                continue
            binary = self._is_binary(name)
            middle = 0.5 if binary else 0.0
            order = np.argsort(-np.abs(selected[name] - middle), kind="stable")[:_BEST]
            units = [
                {
                    "unit": str(_unit(int(place), shape)),
                    "sign": 1 if selected[name][place] >= middle else -1,
                    **{
                        part: round(_oriented(each[name][place], selected[name][place], binary), 4)
                        for part, each in zip(PARTS, (selected, verified), strict=True)
                    },
                }
                for place in order
            ]
            yield name, {"measure": "AUC" if binary else "rank correlation", "units": units}

    def _is_binary(self, name: str) -> bool:
        return all(is_binary(each.labels[name]) for each in self.segments[PARTS[0]] if name in each.labels)

    def _chosen(self, table: dict[str, dict[str, Any]]) -> tuple[UnitName, str]:
        """Return the unit that is shown, and the concept it is shown with."""
        concept: str = self.job.concept or next(name for name in (*_PREFERRED, *table) if name in table)
        if concept not in table:
            raise OptionError(f"The text that was read has no {concept}. Raise --count, or give another --concept.")
        if self.wanted is not None:
            return self.wanted, concept
        layer, rest = table[concept]["units"][0]["unit"].removeprefix("layer ").split(", ")
        of, number = rest.split()
        return UnitName(int(layer), int(number), of), concept

    def _index(self, unit: UnitName, shape: tuple[int, ...]) -> int:
        """Return the place of a unit among all. Raises OptionError if there is no such unit."""
        kinds, layers, width = shape
        if unit.of == "c" and kinds == 1:
            raise OptionError("--of c is the cell of an LSTM; this network has none. Give --of h.")
        if unit.layer > layers or unit.number >= width:
            raise OptionError(f"{self.language.name} has layers 1 to {layers} with units 0 to {width - 1}; got {unit}.")
        return int(np.ravel_multi_index((unit.of == "c", unit.layer - 1, unit.number), shape))

    def _colored(
        self,
        activations: dict[str, list[NDArray[np.float32]]],
        place: int,
        concept: str,
        unit: UnitName,
        found: dict[str, dict[str, NDArray[np.float64]]],
    ) -> ColoredText:
        """Return text of the verification part, coloured by a unit: that in which the concept varies most."""
        segments = self.segments[PARTS[1]]
        middle, spread = self._scale(activations[PARTS[0]], place, concept)
        varied = [float(each.labels[concept].std()) if concept in each.labels else -1.0 for each in segments]
        rows = sorted(np.argsort(varied)[::-1][:_SHOWN].tolist())
        tokens, values = list[str](), list[float]()
        for row in rows:
            if tokens:
                tokens += ["\n", "…\n"]
                values += [0.0, 0.0]
            tokens += segments[row].tokens
            values += ((activations[PARTS[1]][row][:, place] - middle) / spread).tolist()
        score, chosen = (found[part][concept][place] for part in (PARTS[1], PARTS[0]))
        binary = self._is_binary(concept)
        return ColoredText(
            tuple(tokens),
            tuple(values),
            title=f"{self._name}: {unit}; {concept}: {'AUC' if binary else 'rank correlation'} "
            f"{_oriented(score, chosen, binary):.3f}",
            positive=f"{unit.of} = {middle + spread:.2f} or more",
            negative=f"{unit.of} = {middle - spread:.2f} or less",
        )

    def _scale(self, activations: list[NDArray[np.float32]], place: int, concept: str) -> tuple[float, float]:
        """Return the activation that is white, and its distance from the strongest colours.

        White is the middle between the mean activations where the concept holds and where it does not.
        """
        pairs = [
            (values[:, place], segment.labels[concept])
            for values, segment in zip(activations, self.segments[PARTS[0]], strict=True)
            if concept in segment.labels
        ]
        values, labels = (np.concatenate(each) for each in zip(*pairs, strict=True))
        holds = labels > (0 if self._is_binary(concept) else np.median(labels))
        first, second = float(values[holds].mean()), float(values[~holds].mean())
        return (first + second) / 2, max(abs(first - second), 1e-6)


def _unit(place: int, shape: tuple[int, ...]) -> UnitName:
    kind, layer, number = (int(each) for each in np.unravel_index(place, shape))
    return UnitName(layer + 1, number, "hc"[kind])


def _oriented(score: float, selected: float, binary: bool) -> float:
    """Return the score of a unit whose sign was chosen where it was selected."""
    if selected >= (0.5 if binary else 0.0):
        return float(score)
    return float(1 - score if binary else -score)
