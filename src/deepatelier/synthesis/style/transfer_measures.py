"""Metrics of a stylised picture that allow comparison across methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from deepatelier.features import FeatureExtractor, extract
from deepatelier.images import resized_plane, to_array, to_tensor
from deepatelier.jobs import Measures
from deepatelier.options import RecipeOptions
from deepatelier.synthesis.objectives import carried, content, gram_matrices, gram_style, whole
from deepatelier.synthesis.recipe.style_layers import STYLE_LAYERS
from deepatelier.synthesis.style.luminance import lab
from deepatelier.synthesis.style.regions import Style

__all__ = ["check_measurable", "transfer_measures"]

_CONTENT_LAYER = "relu4_2"

_HELD_OUT = ("relu1_2", "relu2_2", "relu3_3", "relu4_4")
"""Held-out layers: no style loss uses them by default."""

_WINDOW = 7
"""Side of the SSIM window, in pixels; scikit-image's default."""


_LAYERS = tuple(dict.fromkeys((_CONTENT_LAYER, *STYLE_LAYERS, *_HELD_OUT)))


def check_measurable(sizes: Mapping[str, Sequence[tuple[int, int]]], device: str) -> None:
    """Raise OptionError if a picture is too small to be measured, before the work begins.

    Args:
        sizes: Heights and widths, by a name for the pictures that messages use.
        device: The device of the network.
    """
    extractor = _extractor(device)
    for name, several in sizes.items():
        for size in several:
            extractor.geometry.check_size(name, size, "leave --measure out")


@torch.no_grad()
def transfer_measures(
    image: Tensor, photo: Tensor, paintings: Sequence[Tensor], styles: Sequence[Style], device: str = "auto"
) -> Measures:
    """Measure a picture against the photograph and the paintings, always with VGG-19 and Oxford's weights.

    - ``content distance``: ½ · Σ (F − P)² at relu4_2 (Gatys et al. 2015, equation 1).
    - ``style distance``: Σ 1/5 · E_l at relu1_1 to relu5_1 (Gatys et al. 2015, equations 4 and 5).
    - ``style distance at other layers``: the mean of ‖G − A‖ / ‖A‖ over relu1_2, relu2_2, relu3_3 and relu4_4, which
      no style loss uses by default. 0 is the painting, 1 is as far away as zero activations. It is comparable across
      sizes and style losses.
    - ``SSIM of luminance``: the structural similarity of L* with the photograph, at most 1 (Wang, Bovik, Sheikh and
      Simoncelli 2004).

    Args:
        image: (1, 3, H, W), sRGB in [0, 1].
        photo: (1, 3, H, W).
        paintings: (1, 3, H', W') each, in their own colours.
        styles: The region and the weight of each painting; distances are weighted means.
        device: The device of the network.
    """
    extractor = _extractor(device)
    seen = extract(extractor.module, image.to(extractor.device), _LAYERS)
    own = extract(extractor.module, photo.to(extractor.device), [_CONTENT_LAYER])
    term = content(_CONTENT_LAYER, own[_CONTENT_LAYER])
    regions = whole(seen)
    distance, elsewhere = 0.0, 0.0
    for style in styles:
        painting = photo if style.painting is None else paintings[style.painting]
        counts = style.where if style.painting is None else style.source
        maps = extract(extractor.module, painting.to(extractor.device), _LAYERS)
        where, source = (
            None
            if mask is None
            else carried(to_tensor(resized_plane(mask, (picture.shape[-2], picture.shape[-1]))), activations)
            for mask, picture, activations in ((style.where, image, seen), (counts, painting, maps))
        )
        objective = gram_style(STYLE_LAYERS, gram_matrices(maps, STYLE_LAYERS, source), guidance=where)
        distance += style.weight * objective.loss(objective.statistic(seen, regions)).item()
        found, wanted = gram_matrices(seen, _HELD_OUT, where), gram_matrices(maps, _HELD_OUT, source)
        away = [(found[layer] - wanted[layer]).norm() / wanted[layer].norm().clamp_min(1e-20) for layer in _HELD_OUT]
        elsewhere += style.weight * torch.stack(away).mean().item()
    return {
        "content distance": term.loss(term.statistic(seen, regions)).item(),
        "style distance": distance,
        "style distance at other layers": elsewhere,
        **_similarity(image, photo),
    }


def _extractor(device: str) -> FeatureExtractor:
    return FeatureExtractor(RecipeOptions(weights="oxford", precision="float32", device=device), _LAYERS)


def _similarity(image: Tensor, photo: Tensor) -> Measures:
    from skimage.metrics import structural_similarity  # here: importing it takes as long as torch

    if min(image.shape[-2:]) < _WINDOW:
        return {}
    first, second = (lab(to_array(picture))[..., 0] for picture in (image, photo))
    found = structural_similarity(first, second, win_size=_WINDOW, data_range=100.0)  # type: ignore[no-untyped-call]
    return {"SSIM of luminance": float(found)}
