"""Adversarial images: the smallest change of a photograph that changes a network's prediction.

Source: Goodfellow, Shlens and Szegedy 2014, 'Explaining and Harnessing Adversarial Examples' (fgsm); Madry et al. 2017,
'Towards Deep Learning Models Resistant to Adversarial Attacks' (pgd).
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from deepatelier import images, networks
from deepatelier.errors import OptionError
from deepatelier.extras import from_extra
from deepatelier.features import OUTPUT, Answer, FeatureExtractor, classify, with_weights, within_memory
from deepatelier.images import Picture, Pixels
from deepatelier.inputs import Input
from deepatelier.jobs import Measures, PictureProduct, State
from deepatelier.synthesis.engine.canvas import PixelCanvas
from deepatelier.synthesis.engine.synthesize import Step, synthesize
from deepatelier.synthesis.fooling.fooling_job import AscentOptions, AttackOptions, FoolingOptions
from deepatelier.synthesis.objectives import activation

__all__ = ["Ascent", "Attack", "Fooling", "paneled"]

_STEP = 0.25
"""The step size of pgd relative to ε, and the mean absolute step of ascent in levels of 255."""


class Fooling(ABC):
    """Change a photograph until a network predicts the target class, in whole levels of 255.

    Without a target class, any change of the prediction counts. A subclass implements the method.

    Args:
        photo: The photograph to change.
        options: See `FoolingOptions`.

    Attributes:
        target: The target class. None: any but the one predicted first.
        before: The prediction for the photograph.
        needs: See `PyramidRecipe`.
        succeeded: Whether the attack succeeded in the last step.

    Raises:
        UnknownNameError: No such network, weights or class.
        OptionError: The device cannot be used, the network has no classes, or it predicts the target class already.
        WeightsError: The weights are not available.
        SurroundingsError: captum is not installed.

    Departures from the source: pixels are rounded to whole levels before the prediction, so that the saved file is
    adversarial too.
    """

    bits = 8
    resumable = True
    advice: str
    """What to suggest if it does not succeed."""

    def __init__(self, photo: Picture, options: FoolingOptions) -> None:
        options = with_weights(options.resolved())
        self.extractor = FeatureExtractor(options, [OUTPUT], head=True)
        self.options = options = options.with_usual(size=self.extractor.usual_size(options.size))
        self.inputs = {"photo": Input.of(photo), **self.extractor.inputs}
        size = self.extractor.only_size or photo.fitted(options.size)
        self.extractor.geometry.check_size("photograph", size, "raise --size")
        self.needs = size[0] * size[1], 0
        self.extractor = within_memory(self.extractor, self.needs, max(size))
        self.photo = _rounded(self.extractor.in_channels(photo.tensor(size, options.resampling)))
        self.target = None if options.as_ is None else networks.find_class(options.as_, self.extractor.class_names)
        self.before = classify(self.extractor, self.photo)
        self.succeeded = False
        if self.target == self.before.number:
            raise OptionError(f"The network predicts {self.before.name} already. Give --as another class.")

    @abstractmethod
    def tries(self, state: State | None) -> Iterator[Step]:
        """Yield one changed photograph after the other. If the state of an earlier step is given, resume after it."""

    @property
    @abstractmethod
    def planned(self) -> int:
        """The maximum number of steps."""

    @property
    def device(self) -> torch.device:
        """The device it runs on."""
        return self.extractor.device

    @property
    def precision(self) -> torch.dtype:
        """The dtype of the network: float32."""
        return self.extractor.precision

    def alpha(self) -> Pixels | None:
        """Return None: the network's input is opaque."""
        return None

    def initial(self) -> Tensor:
        """Return the photograph with the network's number of channels: (1, C, H, W)."""
        return self.photo

    def steps(self, state: State | None = None) -> Iterator[Step]:
        """Run until the attack succeeds. If the state of an earlier step is given, resume after it."""
        self.succeeded = state is not None and state.values["fooled"]
        if self.succeeded:
            return
        for step in self.tries(state):
            self.succeeded = self._is_fooled(classify(self.extractor, self.finished(step.image)))
            yield replace(step, _snapshot=partial(_judged, step, fooled=self.succeeded))
            if self.succeeded:
                return

    def finished(self, image: Tensor) -> Tensor:
        """Return an image in whole levels of 255, with three channels."""
        return _rounded(image).expand(-1, 3, -1, -1)

    def losses(self, image: Tensor) -> dict[str, float]:
        """Return the cross-entropy of the target class; without a target, that of the original class, negated."""
        probabilities = classify(self.extractor, image).probabilities
        loss = -self.sign * probabilities[self.aim].clamp_min(1e-30).log().item()
        return {"cross-entropy": loss, "total": loss}

    def measures(self, image: Tensor) -> Measures:
        """Return both predictions with their confidence, the size of the change, and whether it survives JPEG."""
        after = classify(self.extractor, image)
        as_jpeg = classify(self.extractor, images.decode(images.encode(image, "JPEG")))
        change = 255 * (image - self.photo).abs()
        found: Measures = {
            "before": self.before.name,
            "confidence before": self.before.confidence,
            "now": after.name,
            "confidence now": after.confidence,
            "fooled": self._is_fooled(after),
            "largest change in levels of 255": round(change.max().item(), 3),
            "mean change in levels of 255": change.mean().item(),
            "as JPEG": as_jpeg.name,
            "confidence as JPEG": as_jpeg.confidence,
            "survives JPEG": self._is_fooled(as_jpeg),
        }
        if self.target is not None:
            name = networks.class_name(self.target, self.extractor.class_names)
            found |= {
                f"confidence of {name} before": self.before.probabilities[self.target].item(),
                f"confidence of {name} now": after.probabilities[self.target].item(),
            }
        return found

    @property
    def aim(self) -> int:
        """The class whose cross-entropy is optimised."""
        return self.before.number if self.target is None else self.target

    @property
    def sign(self) -> int:
        """1 to make the class more likely, -1 to make it less likely."""
        return -1 if self.target is None else 1

    def _is_fooled(self, answer: Answer) -> bool:
        return answer.number != self.before.number if self.target is None else answer.number == self.target


class Attack(Fooling):
    """Attack with growing ε until it succeeds.

    - ``pgd``: x ← Π(x − ε/4 · sign ∇L), L the cross-entropy of the class, Π the projection to changes of at most ε
      levels; ε = 1, 2, 3 … until it succeeds.
    - ``fgsm``: x − ε · sign ∇L, a single step, ε = 1, 2, 3 … likewise.

    Without a target class, L is negated. Both are captum's. A step tries one value of ε.
    """

    options: AttackOptions
    advice = "The network was not fooled. Raise --epsilon or --steps, or choose another --method or class."

    def __init__(self, photo: Picture, options: AttackOptions | None = None) -> None:
        super().__init__(photo, options or AttackOptions())
        _captum()

    @property
    def planned(self) -> int:
        """The maximum number of values of ε."""
        return self.options.epsilon

    def tries(self, state: State | None) -> Iterator[Step]:
        """See `Fooling`."""
        fgsm, pgd = _captum()
        network = self.extractor.module
        photo = self.photo.to(self.device)
        target, targeted = torch.tensor([self.aim], device=self.device), self.target is not None
        for levels in range(state.index + 1 if state else 1, self.options.epsilon + 1):
            attack = {"forward_func": network, "loss_func": _cross_entropy, "lower_bound": 0.0, "upper_bound": 1.0}
            epsilon = levels / 255
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Input Tensor 0 did not already require gradients")
                if self.options.method == "fgsm":
                    image = fgsm(**attack).perturb(photo, epsilon, target, targeted=targeted)
                else:
                    image = pgd(**attack).perturb(
                        photo, epsilon, _STEP * epsilon, self.options.steps, target, targeted=targeted
                    )
            image = image.detach()
            yield Step(levels, self.losses(self.finished(image)), image.cpu(), partial(State, levels))


class Ascent(Fooling):
    """I ← I + ∂S_c/∂I with normalised step length, until it succeeds (Simonyan et al. 2014). A step is one gradient."""

    options: AscentOptions
    advice = "The network was not fooled. Raise --steps, or choose another --method or class."

    def __init__(self, photo: Picture, options: AscentOptions | None = None) -> None:
        super().__init__(photo, options or AscentOptions())

    @property
    def planned(self) -> int:
        """The maximum number of gradient evaluations."""
        return self.options.steps

    def tries(self, state: State | None) -> Iterator[Step]:
        """See `Fooling`."""
        criterion = {"score": (float(self.sign), activation(OUTPUT, self.aim))}
        canvas = PixelCanvas(self.photo.to(self.device))
        remaining = self.options.steps - (state.index if state else 0)
        return synthesize(
            self.extractor.module,
            criterion,
            canvas,
            optimizer="gradient",
            learning_rate=_STEP,
            steps=remaining,
            state=state,
        )


def paneled(recipe: Fooling, image: Tensor) -> PictureProduct:
    """Return the photograph, the finished image, the difference and ten times the difference, labelled.

    Middle grey means no difference.

    Args:
        recipe: The recipe that made it.
        image: The finished image as read from the file, (1, 3, H, W).
    """
    after = classify(recipe.extractor, image)
    difference = image - recipe.photo
    titles = [f"{answer.name} ({answer.confidence:.0%})" for answer in (recipe.before, after)]
    height, width = image.shape[-2:]
    sheet = images.Sheet((height, width), (*titles, "difference", "10 x difference"), columns=4)
    shown = [recipe.photo.expand(-1, 3, -1, -1), image, 0.5 + difference, (0.5 + 10 * difference).clamp(0, 1)]
    return PictureProduct(sheet.compose(shown))


def _judged(step: Step, *, fooled: bool) -> State:
    """Return the state after a step, which records whether the attack has succeeded."""
    state = step.state
    return replace(state, values={**state.values, "fooled": fooled})


def _rounded(image: Tensor) -> Tensor:
    return (255 * image).round() / 255


def _cross_entropy(scores: Tensor, target: Tensor) -> Tensor:
    return nn.functional.cross_entropy(scores, target, reduction="none")


def _captum() -> tuple[type, type]:
    robust = from_extra("captum.robust", "look", "--method ascent goes without.")
    return robust.FGSM, robust.PGD
