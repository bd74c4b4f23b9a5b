import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier.data import Labelled
from deepatelier.training.batches import SMALL, Batches, together

CPU = torch.device("cpu")


def numbered(count):
    return Labelled(torch.arange(float(count)).view(-1, 1, 1, 1), torch.arange(count))


def passed(batches):
    return [targets.tolist() for _, targets in batches]


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 60), size=st.integers(1, 70), shuffled=st.booleans(), seed=st.integers(0, 99))
def test_a_pass_sees_each_picture_once(count, size, shuffled, seed):
    batches = Batches(numbered(count), size, CPU, shuffled=shuffled, seed=seed)
    found = passed(batches)
    assert len(found) == len(batches)
    seen = [target for each in found for target in each]
    assert len(set(seen)) == len(seen)
    if shuffled:
        assert {len(each) for each in found} == {min(size, count)}
        assert len(seen) > count - size
    else:
        assert seen == list(range(count))


def test_pictures_stay_with_their_targets():
    for images, targets in Batches(numbered(20), 6, CPU, shuffled=True):
        assert images.flatten().tolist() == targets.tolist()


def test_an_epoch_depends_on_its_number_and_the_seed_alone():
    batches = Batches(numbered(40), 8, CPU, shuffled=True, seed=1)
    first, second = passed(batches.epoch(0)), passed(batches.epoch(1))
    random = torch.rand(3)
    assert first != second
    torch.manual_seed(99)
    assert passed(batches.epoch(1)) == second
    assert torch.equal(torch.rand(3), random)  # what the network draws in an epoch depends on them too
    assert passed(Batches(numbered(40), 8, CPU, shuffled=True, seed=2)) != first


@given(processes=st.integers(1, 4), batches=st.integers(1, 5))
def test_processes_share_each_batch(processes, batches):
    size = 4 * processes
    whole = passed(Batches(numbered(size * batches), size, CPU, shuffled=True))
    shares = [
        passed(Batches(numbered(size * batches), size, CPU, shuffled=True, rank=rank, processes=processes))
        for rank in range(processes)
    ]
    for number, batch in enumerate(whole):
        assert sorted(batch) == sorted(target for share in shares for target in share[number])


def test_a_picture_is_mirrored_in_every_other_epoch():
    images = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).repeat(50, 1, 1, 1)
    batches = Batches(Labelled(images, torch.arange(50)), 50, CPU, seed=0, flip=True)

    def mirrored(epoch):
        ((seen, targets),) = list(batches.epoch(epoch))
        assert targets.tolist() == list(range(50))
        return seen[:, 0, 0, 0] == 1

    first = mirrored(0)
    assert 10 < first.sum() < 40
    assert torch.equal(mirrored(1), ~first)
    assert torch.equal(mirrored(2), first)


def test_an_epoch_can_start_later():
    batches = Batches(numbered(40), 8, CPU, shuffled=True)
    assert passed(batches.epoch(3, start=2)) == passed(batches.epoch(3))[2:]


def test_the_first_epochs_can_have_smaller_pictures():
    pictures = Labelled(torch.rand(4, 3, 16, 12), torch.arange(4))
    batches = Batches(pictures, 4, CPU, scale=lambda epoch: SMALL if epoch < 1 else 1.0)
    assert [next(batches.epoch(epoch))[0].shape[-2:] for epoch in (0, 1)] == [(12, 9), (16, 12)]


def test_levels_become_values():
    levels = Labelled(torch.full((2, 3, 4, 4), 51, dtype=torch.uint8), torch.zeros(2))
    ((images, _),) = list(Batches(levels, 2, CPU))
    assert images.unique().tolist() == pytest.approx([0.2])
    assert images.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("side", "count"), [(1, 512), (32, 512), (96, 303), (224, 55), (1024, 8)])
def test_large_pictures_are_measured_in_smaller_batches(side, count):
    assert together(Labelled(torch.zeros(0, 3, side, side, dtype=torch.uint8), torch.zeros(0))) == count
