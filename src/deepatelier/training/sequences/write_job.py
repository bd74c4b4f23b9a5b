"""The options and the job of writing with a trained language model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import RunInput
from deepatelier.jobs import Context, Job, Output, Plan, Result, State, Step, TextProduct, Work
from deepatelier.options import option

if TYPE_CHECKING:
    from deepatelier.text.language import Language

__all__ = ["WriteJob"]


class WriteJob(Job):
    """Write with a language model. The same seed gives the same text."""

    kind: ClassVar = "write"
    example: ClassVar = 'atelier write run --prompt "To be" --temperature 0.8 --length 500'
    arguments: ClassVar = ("training",)
    outputs: ClassVar = {"text": Output("text", "", "The text to write, with the prompt.")}

    training: RunInput = Field(description="The run folder of a training with --task language-model.")
    prompt: str = option("", "The text before. Default: none; the network begins a text.")
    label: str | None = option(None, "The class in whose manner it writes, after a training with --condition label.")
    temperature: float = option(
        0.8,
        "1 draws each token with the probability that the network gives it; a lower temperature prefers the more "
        "probable ones, and 0 takes the most probable one.",
        ge=0,
        le=100,
    )
    length: int = option(500, "The number of tokens to write: characters, words or bytes.", ge=1, le=10_000_000)
    seed: int = option(0, "The random seed.", ge=0, le=2**32 - 1)
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:
        """See `Job`. Opens the network."""
        self._opened(context)
        return Plan(self.length)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. The first step has the prompt too. It cannot be resumed."""
        if state is not None:
            raise StateError("A text cannot be resumed after a step. Write it again.")
        language, tokens = self._opened(context)
        texts, interrupted = [self.prompt], False
        try:
            for index, text in enumerate(tokens, 1):
                texts.append(text)
                yield Step(min(index, self.length), self.length, text=self.prompt + text if index == 1 else text)
        except KeyboardInterrupt:
            interrupted = True
        whole = "".join(texts)
        return Result(
            self,
            {"text": TextProduct(whole + "\n")},
            {"training": language.source},
            str(language.network.device),
            steps=min(len(texts) - 1, self.length),
            interrupted=interrupted,
            details={"text": whole},
        )

    def _opened(self, context: Context) -> tuple[Language, Iterator[str]]:
        """Return the network and what it will write. Raises all errors of options and inputs."""
        from deepatelier.devices import choose_device
        from deepatelier.text.language import Language
        from deepatelier.training.sequences.text_writing import unknown_in, written

        language = Language.open(Path(self.training))
        language.network.to(choose_device(self.device))
        tokens = written(
            language,
            self.prompt,
            self.label,
            temperature=self.temperature,
            length=self.length,
            seed=self.seed,
        )
        unknown = unknown_in(language, self.prompt)
        if unknown:
            few = ", ".join(map(repr, unknown[:12])) + (" …" if len(unknown) > 12 else "")
            context.say(f"The training text has no {few}: the network reads <unknown> there.")
        return language, tokens
