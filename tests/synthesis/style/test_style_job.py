import pytest
from pydantic import ValidationError

from deepatelier.errors import UnknownNameError
from deepatelier.synthesis import StyleOptions


def test_an_explicit_value_goes_before_the_preset_and_that_before_the_default():
    options = StyleOptions(preset="neural-style", steps=300, alpha=1.0).resolved()
    assert (options.steps, options.alpha) == (300, 1.0)
    assert (options.beta, options.levels, options.resampling) == (100.0, 1, "bilinear")
    assert options.seed == 0
    assert StyleOptions().resolved() == StyleOptions()


def test_every_preset_is_valid():
    for name in StyleOptions.presets:
        assert StyleOptions(preset=name).resolved().preset == name
    with pytest.raises(UnknownNameError, match="neural-style"):
        StyleOptions(preset="neural").resolved()


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 31}, {"size": 16385}, {"size": 100.5}, {"steps": 0}, {"alpha": -1}, {"beta": float("nan")},
        {"tv": float("inf")}, {"seed": -1}, {"margin": -1}, {"optimizer": "sgd"}, {"style_layers": []}, {"typo": 1},
        {"style_layer_weights": (1.0,)}, {"style_layer_weights": (-1.0,) * 5}, {"alpha": 0, "beta": 0}, {"levels": 0},
        {"learning_rate": 0}, {"strength": 1.1}, {"strength": -0.1}, {"strength": 0.5, "alpha": 1},
        {"strength": 0.5, "beta": 1}, {"strength": 0.5, "beta": 1, "preset": "report"}, {"level_ratio": 1},
        {"style_layers": ("relu1_1", "relu1_1")},
        {"level_shares": (1, 2)}, {"level_shares": (1, 2), "levels": 3}, {"level_shares": (1, 0), "levels": 2},
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_refused(wrong):
    with pytest.raises(ValidationError):
        StyleOptions(**wrong)


def test_strength_may_stand_beside_what_others_set():
    assert StyleOptions(preset="report", strength=0.5).resolved().beta == 5e4
    recorded = StyleOptions(strength=0.5).model_dump() | {"beta": 3.0}
    assert StyleOptions.complete(recorded).strength == 0.5


def test_layers_may_be_separated_by_commas():
    assert StyleOptions(style_layers="relu1_1,relu2_1").style_layers == ("relu1_1", "relu2_1")
    assert StyleOptions(style_layers=["a,b", "c"], style_layer_weights="1,2,.5").style_layer_weights == (1.0, 2.0, 0.5)


def test_a_style_loss_that_is_not_known():
    with pytest.raises(ValidationError, match=r"There is no style loss named 'gramm'\. Did you mean gram\?"):
        StyleOptions(style_loss="gramm")


def test_a_style_loss_may_have_layers_of_its_own():
    assert StyleOptions(style_loss="markov").style_layers == ("relu3_1", "relu4_1")
    assert StyleOptions(style_loss="markov", preset="report").resolved().style_layers == ("relu3_1", "relu4_1")
    assert StyleOptions(style_loss="markov", style_layers="relu2_1").style_layers == ("relu2_1",)
    assert StyleOptions(style_loss="nearest").style_layers == StyleOptions().style_layers


def test_options_are_frozen_and_survive_json():
    options = StyleOptions(size=64, style_layers="relu1_1")
    with pytest.raises(ValidationError):
        options.size = 3  # type: ignore[misc]
    assert StyleOptions.model_validate_json(options.model_dump_json()) == options


def test_every_option_is_explained():
    for name, field in StyleOptions.model_fields.items():
        assert field.description, name
