from itertools import product

import pytest
import torch

from deepatelier.errors import OptionError
from deepatelier.text.beam_search import beam_search

END, START, TOKENS, LONGEST = 0, 3, 3, 4


@pytest.fixture
def model():
    """log p of the next token depends on the last two. The state is the last but one, and all tokens so far."""
    generator = torch.Generator().manual_seed(5)
    table = (2 * torch.randn(4, 4, TOKENS, generator=generator)).log_softmax(-1)

    def step(tokens, state):
        (before,) = state
        return table[before[:, 0], tokens], (tokens[:, None],)

    return step, table


def search(model, beam, power=0.0, longest=LONGEST):
    start = (torch.full((1, 1), START),)
    return beam_search(model[0], start, start=START, end=END, beam=beam, longest=longest, power=power)


def log_p(table, tokens):
    row = [START, START, *tokens]
    return sum(table[a, b, c].item() for a, b, c in zip(row, row[1:], row[2:], strict=False))


def everything(table):
    """log p of all sequences that end."""
    rows = [(*row, END) for count in range(LONGEST + 1) for row in product((1, 2), repeat=count)]
    return {row[:-1]: log_p(table, row) for row in rows}


def test_a_wide_beam_finds_what_trying_everything_finds(model):
    known = everything(model[1])
    found = search(model, len(known) + 2 ** (LONGEST + 1))
    assert {each.tokens: each.log_probability for each in found} == pytest.approx(known, abs=1e-5)
    assert [each.tokens for each in found] == sorted(known, key=known.get, reverse=True)
    assert all(each.ended for each in found)


def test_the_score_is_normalised_by_length(model):
    known = everything(model[1])
    for power in (0.6, 1.0):
        best, *_ = search(model, 100, power)
        assert best.score == pytest.approx(best.log_probability / (len(best.tokens) + 1) ** power)
        assert best.tokens == max(known, key=lambda row: known[row] / (len(row) + 1) ** power)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(seed):
    table = torch.randn(4, 4, TOKENS, generator=torch.Generator().manual_seed(seed)).log_softmax(-1)
    (found,) = search((lambda last, state: (table[state[0][:, 0], last], (last[:, None],)), table), 1)
    row = [START, START]
    while row[-1] != END and len(row) < LONGEST + 2:
        row.append(int(table[row[-2], row[-1]].argmax()))
    assert found.tokens == tuple(token for token in row[2:] if token != END)


def test_a_wider_beam_is_not_worse_here(model):
    scores = [search(model, beam)[0].log_probability for beam in (1, 5)]
    assert scores[1] >= scores[0]


def test_it_stops_at_the_longest():
    def step(tokens, state):
        return torch.tensor([[-20.0, 0.0, -1.0]]).log_softmax(-1).expand(len(tokens), -1), state

    found = beam_search(step, (), start=START, end=END, beam=1, longest=3)
    assert (found[0].tokens, found[0].ended) == ((1, 1, 1), False)


def test_invalid_numbers(model):
    for beam, longest in ((0, 3), (1, 0)):
        with pytest.raises(OptionError, match="1 or more"):
            search(model, beam, longest=longest)
