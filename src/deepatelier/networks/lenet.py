"""LeNet-5, in its usual modern form and as published.

Source: LeCun, Bottou, Bengio and Haffner, 'Gradient-Based Learning Applied to Document Recognition' (1998), section
II.B.
"""

from __future__ import annotations

from torch import Tensor, nn

from deepatelier.errors import OptionError
from deepatelier.networks.layers import (
    InputNormalization,
    Pooling,
    RadialBasis,
    ScaledTanh,
    SparseConv2d,
    Subsampling,
    pool2d,
)
from deepatelier.networks.network import Network

__all__ = ["C3_TABLE", "CODES", "LeNet5", "LeNet5Original"]


class LeNet5(Network):
    """Two convolutions with pooling and three dense layers: the modern textbook version with ReLU.

    Args:
        num_classes: The number of outputs.
        in_channels: The channels of the input.
        input_size: Height and width of the input, in pixels; it is padded by 2, so that 28 becomes the paper's 32.
        pooling: ``max`` or ``average``.

    Shape: (B, in_channels, input_size, input_size) sRGB in [0, 1] to (B, num_classes).

    Layers: ``conv1, relu1, pool1, conv2, relu2, pool2, fc3, relu3, fc4, relu4, fc5``.

    Raises:
        OptionError: ``input_size`` is less than 12, which leaves nothing after the second pooling.
    """

    def __init__(
        self, num_classes: int = 10, in_channels: int = 1, input_size: int = 28, pooling: Pooling = "max"
    ) -> None:
        super().__init__((in_channels, input_size, input_size), exact=True)
        side = (input_size // 2 - 4) // 2
        if side < 1:
            raise OptionError(f"LeNet-5 takes pictures of 12 x 12 pixels or more; received input_size={input_size}.")
        self.features = self._sequence(
            "features",
            {
                "conv1": nn.Conv2d(in_channels, 6, 5, padding=2),  # 28 x 28
                "relu1": nn.ReLU(),
                "pool1": pool2d(pooling, 2, 2),  # 14 x 14
                "conv2": nn.Conv2d(6, 16, 5),  # 10 x 10
                "relu2": nn.ReLU(),
                "pool2": pool2d(pooling, 2, 2),  # 5 x 5
            },
        )
        self.classifier = self._sequence(
            "classifier",
            {
                "fc3": nn.Linear(16 * side**2, 120),
                "relu3": nn.ReLU(),
                "fc4": nn.Linear(120, 84),
                "relu4": nn.ReLU(),
                "fc5": nn.Linear(84, num_classes),
            },
        )

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.prepare(image))  # B, 16, 5, 5
        return self.classifier(x.flatten(1))  # B, num_classes


C3_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
"""The paper's table I: the feature maps of S2 that each map of C3 is connected to."""

_GLYPHS = """
 .......  .......  .......  .......  .......  .......  .......  .......  .......  .......
 .#####.  ...##..  .#####.  .#####.  ....##.  #######  ..####.  #######  .#####.  .#####.
 ##...##  ..###..  ##...##  ##...##  ...###.  ##.....  .##....  .....##  ##...##  ##...##
 ##...##  .####..  .....##  .....##  ..####.  ##.....  ##.....  .....##  ##...##  ##...##
 ##...##  ...##..  .....##  .....##  .##.##.  ##.....  ##.....  ....##.  ##...##  ##...##
 ##...##  ...##..  ....##.  ..####.  ##..##.  ######.  ######.  ....##.  .#####.  .######
 ##...##  ...##..  ...##..  .....##  #######  .....##  ##...##  ...##..  ##...##  .....##
 ##...##  ...##..  ..##...  .....##  ....##.  .....##  ##...##  ...##..  ##...##  .....##
 ##...##  ...##..  .##....  ##...##  ....##.  ##...##  ##...##  ..##...  ##...##  ....##.
 .#####.  .######  #######  .#####.  ....##.  .#####.  .#####.  ..##...  .#####.  .####..
 .......  .......  .......  .......  .......  .......  .......  .......  .......  .......
 .......  .......  .......  .......  .......  .......  .......  .......  .......  .......
"""

CODES = tuple(
    tuple(1.0 if sign == "#" else -1.0 for row in rows for sign in row)
    for rows in zip(*(line.split() for line in _GLYPHS.strip().splitlines()), strict=True)
)
"""The code of each digit: a bitmap of it, 12 high and 7 wide, with values −1 and 1."""


class LeNet5Original(Network):
    """LeNet-5 as published: trainable subsampling, the sparse C3, scaled tanh, and outputs that compare with codes.

    It has 60,000 trainable parameters. The input is normalised as in the paper, black to −0.1 and white to 1.175
    (digits here are white on black).

    Departures from the source: the codes of the ten digits imitate its figure 3; the outputs are negative distances, so
    that the largest wins; inputs of 28 x 28 pixels are padded to the paper's 32 x 32.

    Shape: (B, 1, 28, 28) grey in [0, 1] to (B, 10).

    Layers: the paper's ``C1, S2, C3, S4, C5, F6, output``; ``C1/squash`` … are after the scaled tanh.
    """

    initialization = "lenet"

    def __init__(self) -> None:
        super().__init__((1, 28, 28), exact=True)
        self.normalization = InputNormalization(mean=(0.1 / 1.275,), std=(1 / 1.275,))
        self.pad = nn.ConstantPad2d(2, -0.1)
        self.features = self._sequence(
            "features",
            {
                "C1": nn.Conv2d(1, 6, 5),  # 28 x 28
                "C1/squash": ScaledTanh(),
                "S2": Subsampling(6),  # 14 x 14
                "S2/squash": ScaledTanh(),
                "C3": SparseConv2d(6, C3_TABLE, 5),  # 10 x 10
                "C3/squash": ScaledTanh(),
                "S4": Subsampling(16),  # 5 x 5
                "S4/squash": ScaledTanh(),
                "C5": nn.Conv2d(16, 120, 5),  # 1 x 1
                "C5/squash": ScaledTanh(),
            },
        )
        self.classifier = self._sequence(
            "classifier", {"F6": nn.Linear(120, 84), "F6/squash": ScaledTanh(), "output": RadialBasis(CODES)}
        )

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(self.pad(self.prepare(image)))  # B, 120, 1, 1
        return self.classifier(x.flatten(1))  # B, 10
