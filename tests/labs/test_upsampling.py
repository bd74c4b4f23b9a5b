"""The slides' arrays of upsampling."""

import torch

from deepatelier.labs.upsampling import enlarged, seeded, unpooled


def test_the_arrays_of_the_slide():
    found = {name: after.tolist() for name, (_, after) in enlarged().items()}
    assert found["nearest neighbour"] == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    truncated = [[int(value) for value in row] for row in found["bilinear interpolation"]]
    assert truncated == [[10, 12, 17, 20], [15, 17, 22, 25], [25, 27, 32, 35], [30, 32, 37, 40]]
    assert found["bed of nails"] == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]


def test_values_return_to_where_the_maxima_were():
    array, pooled, restored = unpooled()
    assert pooled.tolist() == [[5, 6], [7, 8]]
    assert [array[restored == value].item() for value in (1, 2, 3, 4)] == [5, 6, 7, 8]


def test_the_seeded_tensor_and_the_sizes_of_the_slide():
    wanted = [
        [-0.2863, -0.2766, -0.1478, -0.3274],
        [-0.3522, -0.5356, -0.1591, -0.2911],
        [-0.3054, -0.4644, -0.3286, -0.2444],
        [-0.2332, -0.2557, -0.1876, -0.3970],
    ]
    image, layer = seeded(2)
    assert torch.allclose(layer(image)[0, 0], torch.tensor(wanted), atol=5.1e-5)
    for side, size in ((2, 4), (4, 6), (8, 10)):
        image, layer = seeded(side)
        assert layer(image).shape == (1, 1, size, size)
