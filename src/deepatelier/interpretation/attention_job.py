"""The job of drawing a map of attention."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deepatelier.errors import InputError, StateError
from deepatelier.inputs import RunInput
from deepatelier.interpretation.look_jobs import outputs_of
from deepatelier.jobs import Context, Job, PictureProduct, Plan, Result, State, Step, Work
from deepatelier.options import option

__all__ = ["AttentionJob"]


class AttentionJob(Job):
    """Weights of attention of a translation: which tokens of the source each written token depends on."""

    kind: ClassVar = "look attention"
    example: ClassVar = 'atelier look attention run "de 1234" -o attention.png'
    arguments: ClassVar = ("training", "text")
    outputs: ClassVar = outputs_of("attention.png")

    training: RunInput = Field(description="The run folder of a training with --task translate and attention.")
    text: str = Field(description="The text to translate.")
    beam: Literal[1, 5] = option(1, "The number of hypotheses of beam search.")
    device: str = option("auto", "The device: auto, cpu, cuda, cuda:1, mps.")

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        from deepatelier.text.translator import Translator

        Translator.of(self.training).notes(self.text)
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:
        """See `Job`. It has one step."""
        from deepatelier.jobs import isolated

        if state is not None:
            raise StateError("A look cannot be resumed after a step. Start it again.")
        result = yield from isolated(self._drawn(context), 0)
        return result

    def _drawn(self, context: Context) -> Work:
        from deepatelier.devices import choose_device
        from deepatelier.interpretation.figures.attention_figure import attention_figure
        from deepatelier.networks.sequence_models import run_input
        from deepatelier.text.translator import Translator

        device = choose_device(self.device)
        translator = Translator.of(self.training, device)
        if translator.network.attention is None:
            raise InputError(
                f"{self.training} was trained with --no-attention: it has no weights of attention to draw."
            )
        for note in translator.notes(self.text):
            context.say(note)
        found = translator.translate(self.text, self.beam)
        assert found.weights is not None
        picture = attention_figure(found.source, found.tokens, found.weights.numpy())
        yield Step(1, 1)
        return Result(
            self,
            {"picture": PictureProduct(picture)},
            {"training": run_input(self.training)},
            str(device),
            steps=1,
            notes=(f"{self.text} → {found.text}",),
        )
