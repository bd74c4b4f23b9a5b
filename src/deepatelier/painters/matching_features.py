"""The features by which the universal painter compares a photograph with a painting, without torch."""

from __future__ import annotations

from functools import cache
from importlib import resources
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from deepatelier.devices import processors
from deepatelier.errors import SurroundingsError
from deepatelier.images import Pixels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["STRIDE", "FeatureMaps", "feature_maps", "prepare"]

STRIDE = 4
"""The stride of the coarsest maps, in pixels."""

_SHIPPED = "vgg19_relu3_1.onnx"
"""VGG-19 up to relu3_1 with the weights of the Oxford authors; `tools/matching_features.py` writes it."""

_MARGIN = 8
"""Pixels mirrored at each border, so that the network's padding with zeros is not seen."""


_VARIED = 0.1
"""An image with such a range of values cannot have constant activations."""


class FeatureMaps(NamedTuple):
    """Activations of VGG-19 for an image of H x W pixels.

    Attributes:
        fine: relu1_2, (H, W, 64).
        middle: relu2_1, (H / 2, W / 2, 128).
        coarse: relu3_1, (H / 4, W / 4, 256).
    """

    fine: Pixels
    middle: Pixels
    coarse: Pixels


def prepare() -> None:
    """Load the network in the background, so that the first call of `feature_maps` waits less."""
    Thread(target=_session, daemon=True).start()


def feature_maps(image: Pixels) -> FeatureMaps:
    """Return the activations for an image (H, W, 3), sRGB in [0, 1], H and W multiples of `STRIDE`.

    Raises:
        SurroundingsError: onnxruntime gave no valid activations twice.
    """
    framed = np.pad(image, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), mode="symmetric")
    found = _activations(np.ascontiguousarray(framed.transpose(2, 0, 1)[None]))
    height, width = image.shape[:2]
    maps = []
    for stride, activations in zip((1, 2, STRIDE), found, strict=True):
        skip = _MARGIN // stride
        inner = activations[0, :, skip : skip + height // stride, skip : skip + width // stride]
        maps.append(np.ascontiguousarray(inner.transpose(1, 2, 0)))
    return FeatureMaps(*maps)


def _activations(batch: Pixels) -> list[Pixels]:
    """Run the network on an image (1, 3, H, W), and once more with a newly loaded one if its activations are invalid.

    Two of some 280 processes gave a picture of a single patch, which NaN or constant activations explain to the bit.
    """
    for _ in range(2):
        found: list[Pixels] = _session().run(None, {"image": batch})
        varied = np.ptp(batch) < _VARIED or np.ptp(found[-1]) > 0
        if varied and all(np.isfinite(each.sum()) for each in found):
            return found
        _loaded.cache_clear()
    raise SurroundingsError("onnxruntime gave invalid activations. Run the command again, or use --steps 50.")


def _session() -> InferenceSession:
    with _LOADING:
        return _loaded()


_LOADING = Lock()


@cache
def _loaded() -> InferenceSession:
    import onnxruntime  # here: what is imported with this module may never paint

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = processors()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # numpy needs the processors between
    network = (resources.files(__package__) / _SHIPPED).read_bytes()
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
