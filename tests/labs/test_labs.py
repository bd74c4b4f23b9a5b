import pytest
import torch
from conftest import gradient_picture

from deepatelier import labs
from deepatelier.errors import UnknownNameError
from deepatelier.labs import LabOptions

PHOTO, PAINTING = gradient_picture(40, 56), gradient_picture(48, 36)
OPTIONS = LabOptions(size=32, steps=2, device="cpu", precision="float32")


def test_the_grid_has_a_row_for_each_number_of_layers_and_a_column_for_each_ratio():
    sheet = labs.lab("grid").make(PHOTO, PAINTING, OPTIONS)
    recipes = list(sheet.recipes.values())
    assert len(recipes) == 20
    assert [recipe.options.alpha / recipe.options.beta for recipe in recipes[:4]] == pytest.approx(
        [1e-4, 1e-3, 1e-2, 1e-1]
    )
    assert [len(recipe.options.style_layers) for recipe in recipes[::4]] == [1, 2, 3, 4, 5]


def test_pooling_differs_in_the_pooling_alone():
    first, second = labs.lab("pooling").make(PHOTO, PAINTING, OPTIONS).recipes.values()
    differ = {name for name, value in first.options if value != getattr(second.options, name)}
    assert differ == {"pooling"}


def test_total_variation_says_what_it_does():
    sheet = labs.lab("total_variation").make(PHOTO, PAINTING, OPTIONS)
    image = torch.rand(sheet.initial().shape, generator=torch.Generator().manual_seed(0))
    smooth = sheet.picture(image, "with total variation")
    smooth.copy_(torch.nn.functional.avg_pool2d(smooth, 3, 1, 1))
    found = sheet.measures(image)
    assert found["the total variation falls by"] > 0.3
    assert set(found) == {"the total variation falls by", "the style loss rises by"}


def test_an_unknown_lab():
    with pytest.raises(UnknownNameError, match="grid"):
        labs.lab("gird")
