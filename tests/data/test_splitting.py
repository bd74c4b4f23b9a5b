import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier.data import Dataset, Labelled, split
from deepatelier.errors import OptionError


def numbered(count, classes=3, test=None):
    """Pictures that say their own number."""
    images = torch.arange(count, dtype=torch.float32).view(-1, 1, 1, 1)
    own = Labelled(-1 - images[:test], torch.arange(test) % classes) if test else None
    return Dataset("numbers", Labelled(images, torch.arange(count) % classes), own, tuple(map(str, range(classes))))


def numbers(part):
    return part.images.flatten().tolist()


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(4, 80),
    validation=st.floats(0, 0.45),
    test=st.floats(0, 0.45),
    seed=st.integers(0, 2**32 - 1),
    ordered=st.booleans(),
)
def test_the_parts_never_overlap_and_nothing_is_lost(count, validation, test, seed, ordered):
    parts = split(numbered(count), validation=validation, test=test, seed=seed, ordered=ordered)
    together = [number for part in parts for number in numbers(part)]
    assert sorted(together) == list(range(count))
    assert len(parts.test) == round(test * count)
    again = split(numbered(count), validation=validation, test=test, seed=seed, ordered=ordered)
    assert [numbers(part) for part in parts] == [numbers(part) for part in again]


def test_each_class_in_the_same_proportion():
    parts = split(numbered(300), validation=0.2, test=0.1, seed=3)
    assert [part.targets.bincount().tolist() for part in parts] == [[72] * 3, [18] * 3, [10] * 3]


def test_the_seed_draws():
    first, second = (split(numbered(60), validation=20, test=0, seed=seed) for seed in (0, 1))
    assert numbers(first.validation) != numbers(second.validation)


def test_in_order_the_first_are_trained_on():
    parts = split(numbered(20), validation=5, test=3, seed=0, ordered=True)
    assert [numbers(part)[0] for part in parts] == [0, 12, 17]


def test_own_test_pictures_stay_the_test_part():
    parts = split(numbered(20, test=4), validation=0.5, test=0.5, seed=0)
    assert numbers(parts.test) == [-1, -2, -3, -4]
    assert [len(part) for part in parts] == [10, 10, 4]


def test_a_limit_leaves_the_other_parts_as_they_are():
    whole, few = (split(numbered(90), validation=0.2, test=0.1, seed=0, limit=limit) for limit in (None, 9))
    assert numbers(few.validation) == numbers(whole.validation)
    assert few.train.targets.bincount().tolist() == [3, 3, 3]
    assert set(numbers(few.train)) < set(numbers(whole.train))


@pytest.mark.parametrize("part", ["validation", "test"])
def test_something_must_be_left_to_train_on(part):
    with pytest.raises(OptionError, match=f"--{part} 20 leaves none of 20"):
        split(numbered(20), **{"validation": 0, "test": 0, "seed": 0, part: 20})
