"""The job of translating texts with a trained translator."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from deepatelier.errors import StateError
from deepatelier.inputs import RunInput
from deepatelier.jobs import Context, Job, Output, Plan, Result, State, Step, TextProduct, Work
from deepatelier.options import option

__all__ = ["TranslateJob"]


class TranslateJob(Job):
    """Translate texts with a network that was trained with --task translate."""

    kind: ClassVar = "translate"
    example: ClassVar = 'atelier translate run "de 1234" --beam 5'
    arguments: ClassVar = ("training", "texts")
    outputs: ClassVar = {
        "text": Output("text", "", "Write the translations to this file, a line each. Default: standard output.")
    }

    training: RunInput = Field(description="The run folder of a training with --task translate.")
    texts: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="The texts to translate.")
    beam: Literal[1, 5] = option(
        1, "The number of hypotheses of beam search; 1 takes the most probable token at each step."
    )
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`. It has one step for each text."""
        from deepatelier.text.translator import Translator

        Translator.of(self.training)
        return Plan(len(self.texts))

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. The text of a step is a translation."""
        from deepatelier.jobs import isolated

        if state is not None:
            raise StateError("A translation cannot be resumed after a step. Start it again.")
        result = yield from isolated(self._translated(context), 0)
        return result

    def _translated(self, context: Context) -> Work:
        from deepatelier.devices import choose_device
        from deepatelier.networks.sequence_models import run_input
        from deepatelier.text.translator import Translator

        device = choose_device(self.device)
        translator = Translator.of(self.training, device)
        for text in self.texts:
            for note in translator.notes(text):
                context.say(note if len(self.texts) == 1 else f"{text[:40]!r}: {note}")
        rows: list[dict[str, str | float]] = []
        for number, text in enumerate(self.texts, 1):
            found = translator.translate(text, self.beam)
            rows.append({"source": text, "translation": found.text, "score": found.score})
            yield Step(number, len(self.texts), text=f"{found.text}\n")
        return Result(
            self,
            {"text": TextProduct("".join(f"{row['translation']}\n" for row in rows))},
            {"training": run_input(self.training)},
            str(device),
            steps=len(rows),
            details={"translations": rows},
        )
