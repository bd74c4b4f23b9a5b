"""The job that shows which words of a text decided its class."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import RunInput, TextInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import option

__all__ = ["WordsJob"]


class WordsJob(Job):
    """Words of a text that speak for its class, and against it, in colour (integrated gradients)."""

    kind: ClassVar = "look words"
    example: ClassVar = "atelier look words run 'def parse(self, text):' -o words.png --page words.html"
    arguments: ClassVar = ("training", "text")
    outputs: ClassVar = {
        "picture": Output("picture", "words.png", "The picture to write."),
        "page": Output("text", "", "Write a page (.html) too."),
    }

    training: RunInput = Field(description="The run folder of atelier train DATA --task classify.")
    text: TextInput = Field(description="A text, or the path of a file with it.")
    class_: str | None = option(None, "The class to explain. Default: the one that the network names.")
    by: Literal["words", "tokens"] = option("words", "What is coloured: words, or what the network reads.")
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        from deepatelier.interpretation.figures.words_figure import prepared

        prepared(self)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`. It has one step."""
        from deepatelier.interpretation.figures.words_figure import looked_at_words

        if state is not None:
            raise StateError("A look cannot be resumed after a step. Start it again.")
        result = yield from looked_at_words(self)
        return result
