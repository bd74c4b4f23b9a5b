"""The jobs of the labs that compute. Each is a function in its own file; labs that paint define their jobs there."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, ClassVar

from pydantic import field_validator

from deepatelier.inputs import RunInput
from deepatelier.jobs import Context, Job, Output, Plan, State, Work
from deepatelier.options import Words, option

__all__ = [
    "ActivationsLab",
    "AmountOfDataLab",
    "BackpropagationLab",
    "BpttLab",
    "CheckerboardsLab",
    "ClippingLab",
    "ComputedLab",
    "DescentLab",
    "EmbeddingsLab",
    "GatesLab",
    "InitializationLab",
    "NormalizationLab",
    "OptimizersLab",
    "PenaltiesLab",
    "UpsamplingLab",
    "WordsLab",
]


class ComputedLab(Job):
    """A worked example that is computed on the CPU, in the number formats that the lab uses."""

    outputs: ClassVar = {
        "picture": Output("picture", "lab.png", "The figure."),
        "film": Output("film", "lab.gif", "The animation, if the lab has one."),
    }
    function: ClassVar[str]
    """The function of the lab, as module:function."""

    seed: int = option(0, "Random seed.", ge=0, le=2**63 - 1)

    def plan(self, context: Context) -> Plan:  # noqa: ARG002
        """See `Job`."""
        return Plan(1)

    def work(self, context: Context, state: State | None) -> Work:  # noqa: ARG002
        """See `Job`."""
        from deepatelier.labs.worked import worked_out

        module, _, name = self.function.partition(":")
        result = yield from worked_out(self, getattr(import_module(module), name))
        return result


class ActivationsLab(ComputedLab):
    """Activation functions and their derivatives; softmax; a deep linear network is linear."""

    kind: ClassVar = "lab activations"
    example: ClassVar = "atelier lab activations -o ."
    function: ClassVar = "deepatelier.labs.activations:activations"


class BackpropagationLab(ComputedLab):
    """Manual gradients with δ, outer products and matrices, compared with autograd."""

    kind: ClassVar = "lab backpropagation"
    example: ClassVar = "atelier lab backpropagation -o ."
    function: ClassVar = "deepatelier.labs.backpropagation:backpropagation"


class DescentLab(ComputedLab):
    """Batch, stochastic and mini-batch gradient descent; learning rates."""

    kind: ClassVar = "lab descent"
    example: ClassVar = "atelier lab descent -o ."
    function: ClassVar = "deepatelier.labs.descent:descent"


class OptimizersLab(ComputedLab):
    """Optimisers from momentum to Adam, in a valley and at a saddle point, as an animation."""

    kind: ClassVar = "lab optimizers"
    example: ClassVar = "atelier lab optimizers -o ."
    function: ClassVar = "deepatelier.labs.optimizers:optimizers"


class InitializationLab(ComputedLab):
    """Activations and gradients per layer, for several initialisations."""

    kind: ClassVar = "lab initialization"
    example: ClassVar = "atelier lab initialization -o ."
    function: ClassVar = "deepatelier.labs.initialization:initialization"


class PenaltiesLab(ComputedLab):
    """L1 and L2 regularisation: geometry, and the effect on the weights."""

    kind: ClassVar = "lab penalties"
    example: ClassVar = "atelier lab penalties -o ."
    function: ClassVar = "deepatelier.labs.penalties:penalties"


class NormalizationLab(ComputedLab):
    """Training with and without batch and input normalisation."""

    kind: ClassVar = "lab normalization"
    example: ClassVar = "atelier lab normalization -o ."
    function: ClassVar = "deepatelier.labs.normalization:normalization"


class AmountOfDataLab(ComputedLab):
    """Accuracy over the amount of data and over the depth."""

    kind: ClassVar = "lab amount_of_data"
    example: ClassVar = "atelier lab amount_of_data -o ."
    function: ClassVar = "deepatelier.labs.amount_of_data:amount_of_data"


class WordsLab(ComputedLab):
    """Vocabulary, bag of words, TF-IDF and one-hot vectors of three sentences."""

    kind: ClassVar = "lab words"
    example: ClassVar = "atelier lab words -o ."
    function: ClassVar = "deepatelier.labs.words:words"


class EmbeddingsLab(ComputedLab):
    """Word vectors: neighbours, analogies, and a plane of words."""

    kind: ClassVar = "lab embeddings"
    example: ClassVar = "atelier lab embeddings -o ."
    function: ClassVar = "deepatelier.labs.embeddings:embeddings"

    training: RunInput | None = option(
        None, "A run folder of atelier train TEXT --network skipgram. Default: vectors of a small text, learnt here."
    )
    words: Annotated[tuple[str, ...], Words] = option((), "The words to show. Default: some frequent ones.")
    analogy: Annotated[tuple[str, ...], Words] = option(
        (), "Three words a b c: the words are shown that are to c as b is to a."
    )

    @field_validator("analogy")
    @classmethod
    def _has_three_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if len(words) not in (0, 3):
            raise ValueError("an analogy has three words")
        return words


class BpttLab(ComputedLab):
    """Backpropagation through time by hand, compared with autograd; how gradients vanish and explode."""

    kind: ClassVar = "lab bptt"
    example: ClassVar = "atelier lab bptt -o ."
    function: ClassVar = "deepatelier.labs.bptt:bptt"


class ClippingLab(ComputedLab):
    """Exploding gradients with and without clipping; truncated backpropagation through time."""

    kind: ClassVar = "lab clipping"
    example: ClassVar = "atelier lab clipping -o ."
    function: ClassVar = "deepatelier.labs.clipping:clipping"


class GatesLab(ComputedLab):
    """The gates of an LSTM along a sequence."""

    kind: ClassVar = "lab gates"
    example: ClassVar = "atelier lab gates -o ."
    function: ClassVar = "deepatelier.labs.gates:gates"


class UpsamplingLab(ComputedLab):
    """Nearest neighbour, bilinear, bed of nails, max unpooling, and transposed convolution in three forms."""

    kind: ClassVar = "lab upsampling"
    example: ClassVar = "atelier lab upsampling -o ."
    function: ClassVar = "deepatelier.labs.upsampling:upsampling"


class CheckerboardsLab(ComputedLab):
    """Checkerboards of transposed convolution, and resizing before a convolution, with spectra."""

    kind: ClassVar = "lab checkerboards"
    example: ClassVar = "atelier lab checkerboards -o ."
    function: ClassVar = "deepatelier.labs.checkerboards:checkerboards"
