"""Every kind of job by name: a static table, so that nothing is imported before it is used.

Commands, ``rerun``, the page of options and the lists of the tests are derived from it. A kind is a command's words; a
kind with a ``/`` is another job of the same command, which some of its flags mean (`Job.chosen_by`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from deepatelier.errors import UnknownNameError

if TYPE_CHECKING:
    from deepatelier.jobs.job import Job

__all__ = ["Entry", "command_of", "entry", "jobs_of", "kinds", "load", "restored"]


class Entry(NamedTuple):
    """A row of the table.

    Attributes:
        where: The module and the class.
        about: What it makes, in a line.
        example: A command that makes it.
    """

    where: str
    about: str
    example: str


_JOBS: dict[str, Entry] = {
    "style": Entry(
        "deepatelier.synthesis.style_options:StyleJob",
        "Paint a photograph in the style of a painting.",
        "atelier style photo.jpg swirl -o painted.png",
    ),
    "style/fast": Entry(
        "deepatelier.synthesis.fast_style_options:FastStyleJob",
        "The same at once, by a trained painter.",
        "atelier style photo.jpg swirl --fast -o painted.png",
    ),
    "sheet": Entry(
        "deepatelier.synthesis.style_sheet:StyleSheetJob",
        "How two options change a style transfer: a picture for each pair of values.",
        "atelier sheet photo.jpg swirl --rows layers --columns strength=0.3,0.6,1 -o sheet.png",
    ),
    "train": Entry(
        "deepatelier.training.options:TrainJob",
        "Fit a network to pictures: weights, learning curves and their record.",
        "atelier train digits --network mlp -o run",
    ),
    "evaluate": Entry(
        "deepatelier.training.evaluation_options:EvaluationJob",
        "What trained weights are worth on test pictures.",
        "atelier evaluate run digits",
    ),
    "train-painter": Entry(
        "deepatelier.painter_options:PainterJob",
        "Train a network that paints in a painting's style at once.",
        "atelier train-painter starry_night.jpg --photos FOLDER -o starry.safetensors",
    ),
    "texture": Entry(
        "deepatelier.synthesis.texture_options:TextureJob",
        "More of a painting's texture, from noise.",
        "atelier texture swirl --tileable -o texture.png",
    ),
    "texture/sheet": Entry(
        "deepatelier.synthesis.texture_options:TextureSheetJob",
        "One texture for the first layer, one for the first two, and so on, in a row.",
        "atelier texture swirl --sheet -o texture.png",
    ),
    "texture/wei-levoy": Entry(
        "deepatelier.synthesis.classical_texture_options:ClassicalTextureJob",
        "The classical synthesis: pixel by pixel from the nearest neighbourhood.",
        "atelier texture swirl --method wei-levoy -o texture.png",
    ),
    "reconstruct content": Entry(
        "deepatelier.synthesis.inversion_options:ContentReconstructionJob",
        "What relu1_1, relu2_1, relu3_1, relu4_1 and relu5_1 each keep of a picture's content.",
        "atelier reconstruct content chelsea -o content.png",
    ),
    "reconstruct style": Entry(
        "deepatelier.synthesis.texture_options:StyleReconstructionJob",
        "What relu1_1, then relu1_1 and relu2_1, and so on to relu5_1 keep of a painting's style.",
        "atelier reconstruct style swirl -o style.png",
    ),
    "invert": Entry(
        "deepatelier.synthesis.inversion_options:InversionJob",
        "The picture that a layer's activations stand for.",
        "atelier invert chelsea --layer relu3_3 -o inverted.png",
    ),
    "invert/sheet": Entry(
        "deepatelier.synthesis.inversion_options:InversionSheetJob",
        "The same for several layers, in a row after the photograph.",
        "atelier invert chelsea --layer relu2_2,relu4_3 -o inverted.png",
    ),
    "visualize": Entry(
        "deepatelier.synthesis.visualization_options:VisualizationJob",
        "What a class, a unit, a channel or a layer is most excited by.",
        "atelier visualize --class espresso -o espresso.png",
    ),
    "dream": Entry(
        "deepatelier.synthesis.dream_options:DreamJob",
        "DeepDream: a network sees more of what it sees already.",
        "atelier dream photo.jpg -o dream.png",
    ),
    "dream/film": Entry(
        "deepatelier.synthesis.dream_options:DreamFilmJob",
        "A film that goes into the dream.",
        "atelier dream photo.jpg --frames 60 -o film.mp4",
    ),
    "fool": Entry(
        "deepatelier.synthesis.fooling_options:FoolingJob",
        "A photograph that a network takes for something else.",
        "atelier fool coffee --as teapot -o fooled.png --panels panels.png",
    ),
    "fool/ascent": Entry(
        "deepatelier.synthesis.fooling_options:AscentJob",
        "The same by plain gradient ascent on the class's score.",
        "atelier fool coffee --as teapot --method ascent -o fooled.png",
    ),
    "look filters": Entry(
        "deepatelier.interpretation.options:FiltersJob",
        "A layer's filters as tiles: the first layer's in colours.",
        "atelier look filters --network vgg19 -o filters.png",
    ),
    "look activations": Entry(
        "deepatelier.interpretation.options:ActivationsJob",
        "What channels of a layer answer to a photograph, as maps.",
        "atelier look activations chelsea --layer relu3_1 --most 36 -o activations.png",
    ),
    "look patches": Entry(
        "deepatelier.interpretation.options:PatchesJob",
        "The patches of many pictures that excite units most.",
        "atelier look patches photos --layer relu4_1 --channel 7 -o patches.png",
    ),
    "look deconvolution": Entry(
        "deepatelier.interpretation.options:DeconvolutionJob",
        "The same patches, and beside them what made the units fire, carried back to the pixels.",
        "atelier look deconvolution photos -o deconvolution.png",
    ),
    "look unit": Entry(
        "deepatelier.unit_options:UnitJob",
        "One page for a unit: its patches, their deconvolution and its own picture.",
        "atelier look unit photos --layer relu4_1 --channel 7 -o unit.png",
    ),
    "look occlusion": Entry(
        "deepatelier.interpretation.options:OcclusionJob",
        "Where covering the photograph lowers a class's score.",
        "atelier look occlusion coffee --class espresso -o occlusion.png",
    ),
    "look cam": Entry(
        "deepatelier.interpretation.options:CamJob",
        "Where a class is seen, exactly: for networks that end in global average pooling.",
        "atelier look cam coffee --class espresso -o cam.png",
    ),
    "look gradcam": Entry(
        "deepatelier.interpretation.options:GradCamJob",
        "Where in a layer's maps the evidence for a class lies: for every network.",
        "atelier look gradcam chelsea --top 3 -o gradcam.png",
    ),
    "look saliency": Entry(
        "deepatelier.interpretation.options:SaliencyJob",
        "The pixels of which a class's score would change most.",
        "atelier look saliency chelsea -o saliency.png",
    ),
    "lab activations": Entry(
        "deepatelier.labs.computed:ActivationsLab",
        "Activation functions and their slopes; softmax; what is linear stays linear.",
        "atelier lab activations -o .",
    ),
    "lab backpropagation": Entry(
        "deepatelier.labs.computed:BackpropagationLab",
        "Gradients by hand: δ, outer products, matrices, beside autograd's.",
        "atelier lab backpropagation -o .",
    ),
    "lab descent": Entry(
        "deepatelier.labs.computed:DescentLab",
        "Batch, stochastic and mini-batch gradient descent; learning rates.",
        "atelier lab descent -o .",
    ),
    "lab optimizers": Entry(
        "deepatelier.labs.computed:OptimizersLab",
        "Momentum to Adam, down a valley and off a saddle, with a film.",
        "atelier lab optimizers -o .",
    ),
    "lab initialization": Entry(
        "deepatelier.labs.computed:InitializationLab",
        "Activations and gradients, layer by layer, by the first weights.",
        "atelier lab initialization -o .",
    ),
    "lab penalties": Entry(
        "deepatelier.labs.computed:PenaltiesLab",
        "L1 and L2: where they meet the loss, and what they leave of the weights.",
        "atelier lab penalties -o .",
    ),
    "lab normalization": Entry(
        "deepatelier.labs.computed:NormalizationLab",
        "Learning with and without batch and input normalisation.",
        "atelier lab normalization -o .",
    ),
    "lab amount_of_data": Entry(
        "deepatelier.labs.computed:AmountOfDataLab",
        "Accuracy by the amount of data, and by the depth.",
        "atelier lab amount_of_data -o .",
    ),
    "lab grid": Entry(
        "deepatelier.labs.grid:GridLab",
        "Style transfer by the layers of the style (down) and by α/β (across).",
        "atelier lab grid -o .",
    ),
    "lab pooling": Entry(
        "deepatelier.labs.pooling:PoolingLab",
        "Style transfer with maximum and with average pooling.",
        "atelier lab pooling -o .",
    ),
    "lab total_variation": Entry(
        "deepatelier.labs.total_variation:TotalVariationLab",
        "Style transfer without and with the total variation loss.",
        "atelier lab total_variation -o .",
    ),
}


def kinds() -> list[str]:
    """The names of all kinds of jobs."""
    return list(_JOBS)


def entry(kind: str) -> Entry:
    """A kind's row. Raises UnknownNameError."""
    if kind not in _JOBS:
        raise UnknownNameError("kind of job", kind, _JOBS)
    return _JOBS[kind]


def load(kind: str) -> type[Job]:
    """The class of a kind. Raises UnknownNameError."""
    module, _, name = entry(kind).where.partition(":")
    found: type[Job] = getattr(import_module(module), name)
    return found


def command_of(kind: str) -> str:
    """The words of the command that makes a kind."""
    return kind.partition("/")[0]


def jobs_of(command: str) -> list[type[Job]]:
    """The jobs of a command, the usual one first."""
    return [load(kind) for kind in _JOBS if command_of(kind) == command]


def restored(values: Mapping[str, Any]) -> Job:
    """A job from its kind and values, as JSON holds them.

    Raises:
        UnknownNameError: There is no such kind.
        ValidationError: A value cannot be used.
    """
    rest = dict(values)
    return load(str(rest.pop("kind", ""))).complete(rest)
