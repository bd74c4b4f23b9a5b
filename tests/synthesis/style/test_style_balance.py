import sys

import pytest
from tests_support import extractor

from deepatelier.errors import OptionError
from deepatelier.synthesis import StyleOptions, StyleTransfer
from deepatelier.synthesis.style.style_balance import balanced, style_share

SMALL = {"size": 32, "steps": 3, "device": "cpu", "precision": "float32"}


def _balanced(size=(300, 400), **options):
    options = StyleOptions(weights="oxford", device="cpu", **options)
    return balanced(options, extractor((*options.content_layers, *options.style_layers)), size)


def test_beta_is_for_each_pixel_of_the_result():
    assert _balanced().beta == pytest.approx(0.1 * 300 * 400)
    assert _balanced(style_loss="moments").beta == pytest.approx(300 * 1.4229e6 * 300 * 400)
    assert _balanced().tv == 50


def test_what_is_given_stays():
    options = _balanced(beta=3.0, tv=0.0)
    assert (options.beta, options.tv) == (3.0, 0.0)


def test_with_less_than_the_whole_strength_beta_grows_with_the_size():
    def over_pixels(size, strength):
        return _balanced(size, strength=strength).beta / (size[0] * size[1])

    assert over_pixels((512, 512), 0.25) == pytest.approx(0.1)
    assert over_pixels((100, 1024), 0.25) == pytest.approx(0.1 * 2 ** (0.8 * (1 - 0.25**1.5)))
    assert over_pixels((100, 1024), 1.0) == pytest.approx(0.1)


def test_the_share_of_the_style():
    shares = [style_share(StyleOptions(strength=strength)) for strength in (None, 0, 0.25, 1)]
    assert shares == [1, 0, 0.125, 1]


def _run(photo, painting, **options):
    transfer = StyleTransfer(photo, painting, StyleOptions(**{**SMALL, **options}))
    return transfer, list(transfer.steps())


def test_defaults_keep_their_balance_whatever_the_scale_of_the_activations(tmp_path, monkeypatch, photo, painting):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scaled_for_test.py").write_text(
        "from deepatelier import networks\n"
        "def make():\n"
        "    network = networks.build('vgg19', weights='oxford')\n"
        "    network.features[0].weight.data *= 0.02\n"
        "    for module in network.features:\n"
        "        if hasattr(module, 'bias'):\n"
        "            module.bias.data *= 0.02\n"
        "    return network\n"
    )
    plain, plain_steps = _run(photo, painting)
    try:
        scaled, scaled_steps = _run(photo, painting, network="scaled_for_test:make")
    finally:
        sys.modules.pop("scaled_for_test", None)
    assert scaled.options.tv == pytest.approx(plain.options.tv * 0.02**2, rel=1e-3)
    assert scaled.options.beta == pytest.approx(plain.options.beta / 0.02**2, rel=1e-3)
    # the whole objective is smaller by one factor, and L-BFGS does not mind
    assert scaled_steps[-1].total == pytest.approx(plain_steps[-1].total * 0.02**2, rel=0.02)


def test_a_network_that_is_silent(tmp_path, monkeypatch, photo, painting):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "silent_for_test.py").write_text(
        "from torch import nn\n"
        "def make():\n"
        "    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())\n"
        "    network[0].bias.data.fill_(-1e6)\n"
        "    return network\n"
    )
    try:
        with pytest.raises(OptionError, match="silent"):
            _run(photo, painting, network="silent_for_test:make", content_layers=("1",), style_layers=("1",))
    finally:
        sys.modules.pop("silent_for_test", None)
