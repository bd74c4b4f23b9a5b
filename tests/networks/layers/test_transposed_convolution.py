"""Upsampling: a bed of nails, and the transposed convolution in three forms."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from deepatelier.errors import OptionError, ShapeError
from deepatelier.networks.layers import (
    BedOfNails,
    convolution_matrix,
    dilated,
    transposed_by_convolution,
    transposed_by_matrix,
    transposed_size,
)

CELLS = torch.tensor([[[[1.0, 2], [3, 4]]]])


def test_the_bed_of_nails_of_the_slide():
    nails = BedOfNails(2)(CELLS)
    assert nails[0, 0].tolist() == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    with pytest.raises(OptionError, match="1 or more; received 0"):
        BedOfNails(0)


def test_max_unpooling_puts_each_maximum_where_it_was():
    x = torch.tensor([[1.0, 2, 6, 3], [3, 5, 2, 1], [1, 2, 2, 1], [7, 3, 4, 8]])
    pooled, places = nn.functional.max_pool2d(x[None, None], 2, return_indices=True)
    found = nn.functional.max_unpool2d(pooled, places, 2)[0, 0]
    assert torch.equal(found != 0, torch.isin(x, torch.tensor([5.0, 6, 7, 8])))


def test_the_slides_sizes():
    assert [transposed_size(n, 3) for n in (2, 4, 8)] == [4, 6, 10]


def test_the_matrix_of_3x3_on_4x4_has_4_rows_of_9_weights():
    weight = torch.arange(1.0, 10).view(1, 1, 3, 3)
    matrix = convolution_matrix(weight, 4)
    assert matrix.shape == (4, 16)
    assert [row[row != 0].tolist() for row in matrix] == [list(range(1, 10))] * 4
    with pytest.raises(ShapeError, match="needs an input of 3 or more; got 2"):
        convolution_matrix(weight, 2)


def test_the_dilated_input_of_the_guide():
    """Dumoulin and Visin, figure 4.5: 3x3 over 5x5 with stride 2; a zero between, a border of two."""
    found = dilated(CELLS, torch.ones(1, 1, 3, 3), stride=2)
    assert found.shape == (1, 1, 7, 7)
    assert found[0, 0, 2:5, 2:5].tolist() == [[1, 0, 2], [0, 0, 0], [3, 0, 4]]
    assert found.sum() == CELLS.sum()


@st.composite
def cases(draw):
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    size, padding = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    output_padding = draw(st.integers(0, stride - 1))
    channels = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return size, kernel, stride, padding, output_padding, channels, draw(st.integers(0, 9999))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_three_forms_are_equal(case):
    size, kernel, stride, padding, output_padding, (outputs, inputs), seed = case
    options = {"stride": stride, "padding": padding, "output_padding": output_padding}
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, outputs, size, size, dtype=torch.float64, generator=generator)
    weight = torch.randn(outputs, inputs, kernel, kernel, dtype=torch.float64, generator=generator)
    if stride * (size - 1) + kernel - 2 * padding + output_padding < 1:
        with pytest.raises(OptionError, match="leaves nothing"):
            transposed_by_matrix(x, weight, **options)
        return
    wanted = nn.functional.conv_transpose2d(x, weight, **options)
    assert wanted.shape[-1] == transposed_size(size, kernel, **options)
    assert torch.allclose(transposed_by_matrix(x, weight, **options), wanted, atol=1e-12)
    assert torch.allclose(transposed_by_convolution(x, weight, **options), wanted, atol=1e-12)


@pytest.mark.parametrize(
    "form",
    [
        lambda x, weight: BedOfNails(3)(x) * weight.sum(),
        lambda x, weight: transposed_by_matrix(x, weight, 2, 1, 1),
        lambda x, weight: transposed_by_convolution(x, weight, 2, 1, 1),
    ],
    ids=["bed of nails", "matrix", "convolution"],
)
def test_gradients(form):
    torch.manual_seed(0)
    x = torch.randn(1, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(2, 1, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(form, (x, weight))


def test_numbers_that_are_no_transposed_convolution():
    with pytest.raises(OptionError, match="less than the stride; received 2, 3, 2, 0, 2"):
        transposed_size(2, 3, stride=2, output_padding=2)
