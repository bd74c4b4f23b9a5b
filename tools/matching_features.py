"""Writes the network by which the universal painter compares pictures: `python -m tools.matching_features`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import torch
from torch import Tensor, nn

from deepatelier import networks

__all__ = ["MatchingFeatures", "main"]

LAYERS = ("relu1_2", "relu2_1", "relu3_1")


class MatchingFeatures(nn.Module):
    """VGG-19 with the weights of the Oxford authors, from sRGB in [0, 1] to the activations of `LAYERS`."""

    def __init__(self) -> None:
        super().__init__()
        network = networks.build("vgg19", weights="oxford", num_classes=0).eval()
        assert isinstance(network, networks.Network)
        self.normalization = network.normalization
        self.kept = [int(network.layers[name].rpartition(".")[2]) for name in LAYERS]
        self.modules_in_order = nn.Sequential(*list(network.get_submodule("features").children())[: self.kept[-1] + 1])

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:  # noqa: D102
        x, found = self.normalization(image), []
        for number, module in enumerate(self.modules_in_order):
            x = module(x)
            if number in self.kept:
                found.append(x)
        return tuple(found)


def main() -> None:
    """Export the network beside the painter."""
    path = Path(str(resources.files("deepatelier.painters"))) / "vgg19_relu3_1.onnx"
    sides = {2: "height", 3: "width"}
    torch.onnx.export(
        MatchingFeatures(),
        (torch.zeros(1, 3, 64, 64),),
        str(path),
        dynamo=False,
        input_names=["image"],
        output_names=list(LAYERS),
        dynamic_axes={"image": sides, **dict.fromkeys(LAYERS, sides)},
    )
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
