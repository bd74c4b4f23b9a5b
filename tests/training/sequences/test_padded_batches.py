"""Batches of texts of different lengths."""

import torch

from deepatelier.training.sequences.padded_batches import PaddedBatches

LENGTHS = torch.randint(1, 30, (103,), generator=torch.Generator().manual_seed(0)).tolist()
TEXTS = [torch.full((length,), length) for length in LENGTHS]
CPU = torch.device("cpu")


def batches(seed=None):
    return PaddedBatches(TEXTS, torch.arange(103), 10, CPU, seed)


def test_every_text_occurs_once_in_an_epoch():
    source = batches(seed=3)
    found = list(source.epoch(2))
    assert len(found) == len(source) == 11
    assert torch.cat([targets for _, targets in found]).sort().values.tolist() == list(range(103))
    for texts, targets in found:
        assert [len(TEXTS[index]) for index in targets] == texts.lengths.tolist() == texts.tokens[:, 0].tolist()
        inside = torch.arange(texts.tokens.shape[1]) < texts.lengths[:, None]
        assert (texts.tokens[~inside] == 0).all()


def test_the_order_depends_only_on_the_seed_and_the_epoch():
    def order(source, epoch, start=0):
        return [targets.tolist() for _, targets in source.epoch(epoch, start)]

    assert order(batches(1), 4) == order(batches(1), 4)
    assert order(batches(1), 4, start=5) == order(batches(1), 4)[5:]
    assert order(batches(1), 4) != order(batches(1), 5)
    assert order(batches(1), 4) != order(batches(2), 4)
    assert [each for batch in order(batches(), 4) for each in batch] == list(range(103))


def test_texts_of_similar_lengths_are_together():
    spread = [int(texts.lengths.max() - texts.lengths.min()) for texts, _ in batches(seed=0).epoch(0)]
    assert max(spread) < 10
