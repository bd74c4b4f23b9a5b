"""Sanity of maps: how much of a map is left in a network that has learnt nothing (Adebayo et al. 2018).

The map of the class that efficientnet_lite0 names first, against the map of the same class when the weights of the
last layer are random, or all weights, against the map of another class, against the photograph's edges, and against
the map of the photograph with a little noise: rank correlation (Spearman) over a map's positions, mean over eight
photographs, and the lowest and highest. Then units of vgg19: the eight of relu5_1 that answer most in the middle, each
back-projected from there, against each other.

Run: python benchmarks/sanity_of_maps.py
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from importlib import resources
from itertools import combinations

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from deepatelier import images, networks, samples
from deepatelier.features import extract
from deepatelier.interpretation import class_activation_map, deconvolution, grad_cam, occlusion, saliency

PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")
MORE = ("camera.png", "clock_motion.png", "coins.png", "motorcycle_left.png")
SIZE, WINDOW, STRIDE = 224, 32, 16
CLASSES, FAR, UNITS = 1000, 500, 8
NAMES = ("last layer random", "all random", "another class", "edges", "noise")
NOISE = 4 / 255


def back_projected(network: nn.Module, image: Tensor, target: int, *, guided: bool) -> Tensor:
    """A class back-projected to the pixels, as large as its largest colour."""
    return deconvolution(network, image, "fc", [(target, 0, 0)], guided=guided).abs().amax(dim=1)


MAPS: dict[str, Callable[[nn.Module, Tensor, int], Tensor]] = {
    "occlusion": partial(occlusion, window=WINDOW, stride=STRIDE),
    "CAM": lambda *given: class_activation_map(*given).maps,
    "Grad-CAM, block16": partial(grad_cam, layer="block16"),
    "Grad-CAM, block5": partial(grad_cam, layer="block5"),
    "saliency": saliency,
    "deconvolution": partial(back_projected, guided=False),
    "guided backpropagation": partial(back_projected, guided=True),
}


def main() -> None:
    trained = networks.build("efficientnet_lite0", weights="imagenet")
    found: dict[str, list[list[float]]] = {name: [] for name in MAPS}
    for number, image in enumerate(photographs()):
        torch.manual_seed(number)
        random = networks.build("efficientnet_lite0").requires_grad_(False)
        other_head = deepcopy(trained)
        other_head.load_state_dict({**trained.state_dict(), **last_layer(random)})
        with torch.no_grad():
            first = int(trained(image).argmax())
        noise = NOISE * torch.randn_like(image)
        for name, mapped in MAPS.items():
            own = mapped(trained, image, first)
            others = (
                mapped(other_head, image, first),
                mapped(random, image, first),
                mapped(trained, image, (first + FAR) % CLASSES),
                edges(image, own),
                mapped(trained, image + noise, first),
            )
            found[name].append([correlation(own, other) for other in others])
    print(f"| map | {' | '.join(NAMES)} |")
    print(f"|---{'|---:' * len(NAMES)}|")
    for name, values in found.items():
        columns = zip(*values, strict=True)
        cells = [f"{sum(each) / len(each):.2f} ({min(each):.2f} to {max(each):.2f})" for each in columns]
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n| vgg19, relu5_1 | two units |\n|---|---:|")
    for guided, name in enumerate(("deconvolution", "guided backpropagation")):
        between = [value for image in photographs() for value in between_units(image, guided=bool(guided))]
        print(f"| {name} | {sum(between) / len(between):.2f} ({min(between):.2f} to {max(between):.2f}) |")


def between_units(image: Tensor, *, guided: bool) -> list[float]:
    """How alike what is back-projected from two units at one place is, with its signs, for all pairs."""
    network = networks.build("vgg19", weights="oxford")
    answers = extract(network, image, ["relu5_1"])["relu5_1"][0]
    row, column = (side // 2 for side in answers.shape[1:])
    units = [(unit, row, column) for unit in answers[:, row, column].topk(UNITS).indices.tolist()]
    maps = [deconvolution(network, image, "relu5_1", [unit], guided=guided) for unit in units]
    seen = torch.stack(maps).abs().amax(dim=0) > 0
    return [correlation(one[seen], other[seen]) for one, other in combinations(maps, 2)]


def last_layer(network: nn.Module) -> dict[str, Tensor]:
    """The weights of the layer that gives the scores."""
    return dict(list(network.state_dict().items())[-2:])


def photographs() -> list[Tensor]:
    """Four that the package names, and four more of scikit-image's wheel: (1, 3, H, W)."""
    pictures = [samples.open_picture(name) for name in PHOTOGRAPHS]
    for name in MORE:
        with resources.as_file(resources.files("skimage.data") / name) as path:
            pictures.append(images.open_picture(path))
    return [picture.tensor(picture.fitted(SIZE)) for picture in pictures]


def edges(image: Tensor, like: Tensor) -> Tensor:
    """How steep the photograph's grey is, as coarse as a map (1, h, w)."""
    grey = image.mean(dim=1)
    down, right = grey[:, 1:, :-1] - grey[:, :-1, :-1], grey[:, :-1, 1:] - grey[:, :-1, :-1]
    return adaptive_avg_pool2d(down.hypot(right), (like.shape[-2], like.shape[-1]))


def correlation(one: Tensor, other: Tensor) -> float:
    """Of the ranks of two maps' values."""
    return float(spearmanr(one.flatten().numpy(), other.flatten().numpy()).statistic)


if __name__ == "__main__":
    main()
