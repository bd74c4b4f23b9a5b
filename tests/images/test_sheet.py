import torch

from deepatelier.images import Sheet


def test_pictures_come_out_as_they_went_in():
    pictures = [torch.rand(1, 3, 20, 30) for _ in range(5)]
    sheet = Sheet((20, 30), ("a", "b", "c", "d", "a label that is far too long for its picture"), columns=3)
    composed = sheet.compose(pictures)
    assert composed.shape[-1] == 3 * 38 + 8
    assert all(torch.equal(sheet.picture(composed, number), picture) for number, picture in enumerate(pictures))


def test_labels_are_black_on_white_below_their_picture():
    white = [torch.ones(1, 3, 64, 64)] * 2
    blank, labelled = (Sheet((64, 64), (label, ""), columns=2).compose(white) for label in ("", "relu1_1"))
    assert blank.min() == 1
    rows, columns = (labelled[0, 0] < 0.5).nonzero(as_tuple=True)
    assert 72 <= rows.min() < rows.max() < 90
    assert 8 <= columns.min() < columns.max() < 72


def test_what_is_not_there_yet_is_grey():
    sheet = Sheet((8, 8), ("", ""), columns=1)
    assert (sheet.picture(sheet.compose([torch.zeros(1, 3, 8, 8)]), 1) == 0.9).all()
