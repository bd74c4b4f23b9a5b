import pytest

from deepatelier.errors import OptionError, UnknownNameError
from deepatelier.networks import class_name, class_names, find_class


@pytest.mark.parametrize(
    ("word", "number"),
    [("espresso", 967), ("Egyptian cat", 285), ("egyptian_cat", 285), ("TENCH", 0), ("toilet tissue", 999),
     ("Tinca tinca", 0), ("12", 12), ("jack-o-lantern", 607)],
)  # fmt: skip
def test_classes_by_name_and_number(word, number):
    assert find_class(word, class_names(1000)) == number


def test_every_first_name_that_is_one_class_alone_finds_it():
    names = class_names(1000)
    first = [each[0] for each in names]
    assert len(names) == 1000
    assert all(find_class(name, names) == number for number, name in enumerate(first) if first.count(name) == 1)


def test_a_near_miss_is_suggested():
    with pytest.raises(UnknownNameError, match="espresso"):
        find_class("espreso", class_names(1000))
    with pytest.raises(UnknownNameError, match="tabby cat"):
        find_class("cat", class_names(1000))


def test_a_name_of_several_classes_asks_for_the_number():
    with pytest.raises(OptionError, match=r"134 .*bittern.*517"):
        find_class("crane", class_names(1000))
    assert class_name(517, class_names(1000)) == "crane (517)"
    assert class_name(967, class_names(1000)) == "espresso"


def test_other_networks_have_numbers():
    assert find_class("3", class_names(10)) == 3
    assert class_name(3, class_names(10)) == "3"
    with pytest.raises(OptionError, match="10 classes, 0 to 9; received 10"):
        find_class("10", class_names(10))
