"""Inversion of a picture into a code."""

import pytest
import torch

from deepatelier import networks
from deepatelier.errors import OptionError
from deepatelier.images import picture_from_array
from deepatelier.jobs import Context, carried_out
from deepatelier.networks.trained import Trained, save_trained
from deepatelier.synthesis.engine.code_canvas import CodeCanvas
from deepatelier.synthesis.inversion.code_inversion_job import CodeInversionJob


@pytest.fixture
def run(tmp_path):
    """A linear decoder of four features, so that the nearest picture is known."""
    torch.manual_seed(0)
    network = networks.build("autoencoder_sparse", code=4, input_size=8)
    network.decoder.bias.data.fill_(0.5)
    network.describe(torch.randn(50, 4) * torch.tensor([0.5, 0.2, 0.1, 0.02]))
    about = Trained.normalized(
        network, network="autoencoder_sparse", options={"code": 4, "input_size": 8}, input_size=(1, 8, 8)
    )
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes(save_trained(network, about))
    return folder


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_nearest_picture_is_found(run, optimizer):
    network = networks.build(str(run))
    torch.manual_seed(1)
    wanted = network.decode(torch.tensor([[0.6, -0.3, 0.1, 0.02]])) + 0.02 * torch.randn(1, 1, 8, 8)
    photo = picture_from_array(
        "photo", (255 * wanted[0].clamp(0, 1).expand(3, -1, -1)).permute(1, 2, 0).round().byte().numpy()
    )
    job = CodeInversionJob(photo="photo", network=str(run), optimizer=optimizer, steps=300, device="cpu")
    recipe = job.recipe(_Given(photo))
    *_, last = recipe.steps()
    features = network.features().flatten(1).T
    seen = recipe.photo.flatten() - 0.5
    nearest = features @ torch.linalg.lstsq(features, seen[:, None]).solution[:, 0]
    assert (last.image.flatten() - 0.5 - nearest).abs().max() < 5e-3
    measures = recipe.measures(recipe.finished(last.image))
    assert measures["squared error"] <= measures["squared error of the encoder's code"]


class _Given:
    """A context that opens one picture."""

    def __init__(self, photo):
        self._photo = photo

    def picture(self, _source):
        return self._photo


def test_the_canvas_begins_with_the_mean_code_and_has_one_parameter(run):
    network = networks.build(str(run))
    canvas = CodeCanvas(network)
    assert [tuple(each.shape) for each in canvas.parameters()] == [(1, 4)]
    assert torch.equal(canvas.picture(), network.decode(network.code_mean[None]).clamp(0, 1))
    canvas.position.data[0, 1] = 2.0
    assert torch.allclose(canvas.code, network.code_mean + 2 * network.code_axes[1])


def test_it_is_chosen_by_the_run_of_an_autoencoder(run):
    assert not CodeInversionJob.chosen_by({"network": "vgg19"})
    assert not CodeInversionJob.chosen_by({"network": str(run)})  # weights without a record
    with pytest.raises(OptionError, match="is no autoencoder"):
        carried_out(CodeInversionJob(photo="chelsea", network="mlp"), Context())
