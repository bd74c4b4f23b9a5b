import pytest
import torch

from deepatelier.training.augmentation import augmentation
from deepatelier.training.train_job import AUGMENTATIONS, TrainingOptions


def changed(name, **options):
    torch.manual_seed(0)
    ramp = torch.linspace(0.1, 0.9, 16).expand(64, 3, 16, 16).contiguous()
    return ramp, augmentation(TrainingOptions(augment=[name], **options), (16, 16))(ramp)


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "flip"])
def test_each_picture_is_changed_in_its_own_way_and_keeps_its_shape(name):
    before, after = changed(name)
    assert after.shape == before.shape
    assert after.min() >= 0
    assert after.max() <= 1
    assert len({tuple(image.flatten().tolist()) for image in after}) > 4
    assert not torch.equal(before, after)


def test_a_crop_is_a_shift_with_a_mirrored_border():
    _, after = changed("crop", translation=2 / 16)
    ramp = torch.linspace(0.1, 0.9, 16)
    padded = torch.nn.functional.pad(ramp.view(1, 1, -1), (2, 2), mode="reflect").flatten()
    shifts = [padded[start : start + 16] for start in range(5)]
    for image in after:
        assert any(torch.allclose(image[0, 0], each, atol=1e-6) for each in shifts)


def test_a_cutout_is_a_grey_square():
    before, after = changed("cutout", cutout=0.5)
    hit = (before != after).any(dim=1)
    assert hit.flatten(1).sum(dim=1).float().mean().item() == pytest.approx(64, rel=0.15)
    assert after[(before != after)].unique().tolist() == [0.5]


def test_no_turn_beyond_the_angle():
    _, after = changed("rotation", rotation=0.0)
    assert torch.allclose(after, changed("rotation", rotation=0.0)[0], atol=1e-5)


def test_without_changes_nothing_changes():
    image = torch.rand(2, 3, 8, 8)
    assert torch.equal(augmentation(TrainingOptions(augment=["flip"]), (8, 8))(image), image)
