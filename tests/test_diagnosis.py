import pytest
import torch

from deepatelier import diagnosis
from deepatelier.devices import choose_precision
from deepatelier.diagnosis import self_check, survey


def test_the_survey_names_what_is_at_hand():
    found = survey("cpu")
    assert found.device == "cpu"
    assert "cpu" in found.devices
    assert found.memory >= found.free_memory > 0
    assert found.versions["torch"] == torch.__version__
    at_hand = {(each.network, each.weights) for each in found.weights if each.at_hand}
    assert {("vgg19", "oxford"), ("efficientnet_lite0", "imagenet")} <= at_hand
    assert len(found.weights) > 20
    assert {extra.name for extra in found.extras} >= {"dev", "docs"}
    assert next(extra for extra in found.extras if extra.name == "dev").missing == ()


def test_a_missing_package_of_an_extra_is_named(monkeypatch):
    monkeypatch.setattr(diagnosis.metadata, "requires", lambda _: ["nowhere-to-be-had>=1 ; extra == 'dev'"])
    missing = {extra.name: extra.missing for extra in survey("cpu").extras}
    assert missing["dev"] == ("nowhere-to-be-had",)
    assert missing["docs"] == ()


@pytest.mark.skipif(
    choose_precision("auto", torch.device("cpu")) != torch.bfloat16, reason="this processor emulates bfloat16, slowly"
)
def test_the_recorded_numbers_are_met_in_bfloat16():
    check = self_check("cpu", torch.bfloat16)
    assert check.passed, check


def test_the_recorded_numbers_are_met_and_others_are_noticed(monkeypatch):
    monkeypatch.setattr(diagnosis, "RECORDED", {**diagnosis.RECORDED, "style": diagnosis.RECORDED["style"] * 1.01})
    check = self_check("cpu", torch.float32)
    assert not check.passed
    assert check.deviation == pytest.approx(0.01, rel=0.05)
