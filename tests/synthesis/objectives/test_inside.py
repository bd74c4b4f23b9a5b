import torch

from deepatelier.features import extract
from deepatelier.synthesis import evaluate, gram_matrices, gram_style
from deepatelier.synthesis.objectives import cropped_maps, inside

STRIDES = {"relu1": 1, "relu2": 2}


def test_the_margin_is_not_counted(tiny):
    image, painting = torch.rand(1, 3, 24, 28), torch.rand(1, 3, 20, 20)
    target = gram_matrices(extract(tiny, painting, STRIDES), list(STRIDES))
    objective = gram_style(list(STRIDES), target)
    maps = {layer: each.clone() for layer, each in extract(tiny, image, STRIDES).items()}
    kept = {"relu1": maps["relu1"][..., 4:-4, 4:-4], "relu2": maps["relu2"][..., 2:-2, 2:-2]}
    assert all(torch.equal(each, kept[layer]) for layer, each in cropped_maps(maps, STRIDES, 4).items())
    wanted = objective.loss(gram_matrices(kept, list(STRIDES)))
    found = evaluate(tiny, {"style": (1.0, inside(objective, STRIDES, 4))}, image)["style"]
    assert torch.allclose(found, wanted)
    assert not torch.allclose(evaluate(tiny, {"style": (1.0, objective)}, image)["style"], wanted)


def test_without_a_margin_it_is_the_objective(tiny):
    image = torch.rand(1, 3, 12, 12)
    objective = gram_style(["relu2"], gram_matrices(extract(tiny, torch.rand(1, 3, 16, 16), ["relu2"]), ["relu2"]))
    first, second = (
        evaluate(tiny, {"style": (1.0, each)}, image)["style"] for each in (objective, inside(objective, STRIDES, 0))
    )
    assert torch.equal(first, second)
