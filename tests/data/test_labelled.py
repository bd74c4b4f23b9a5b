import torch

from deepatelier.data import Dataset, Labelled


def test_levels_are_values_and_values_stay():
    levels = Labelled(torch.tensor([[[[0, 255]]]], dtype=torch.uint8), torch.zeros(1, dtype=torch.int64))
    assert levels.pixels().flatten().tolist() == [0, 1]
    values = Labelled(torch.tensor([[[[-3.0, 7.0]]]]), torch.zeros(1, 1))
    assert values.pixels().flatten().tolist() == [-3, 7]


def test_the_hash_is_of_pictures_and_targets():
    images, targets = torch.zeros(2, 1, 2, 2, dtype=torch.uint8), torch.tensor([0, 1])
    known = Labelled(images, targets).sha256()
    assert known == Labelled(images.clone(), targets.clone(), ("a", "b")).sha256()
    assert known != Labelled(images + 1, targets).sha256()
    assert known != Labelled(images, targets.flip(0)).sha256()
    assert known != Labelled(images.view(2, 1, 1, 4), targets).sha256()


def test_some_classes_are_numbered_anew():
    part = Labelled(torch.arange(6.0).view(-1, 1, 1, 1), torch.tensor([0, 1, 2, 0, 1, 2]), tuple("abcdef"))
    chosen = Dataset("six", part, part, ("x", "y", "z")).only((2, 0))
    assert chosen.classes == ("z", "x")
    for each in (chosen.train, chosen.test):
        assert each.names == ("a", "c", "d", "f")
        assert each.targets.tolist() == [1, 0, 1, 0]
