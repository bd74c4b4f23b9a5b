"""Films over a training."""

import torch

from deepatelier.images import decode_film
from deepatelier.training.training_films import TrainingFilms


def shades(values):
    return lambda: {"a": torch.full((1, 3, 8, 8), next(values))}


def test_frames_are_denser_at_first_and_survive_a_state():
    values = iter([0.0, 0.25, 0.5, 1.0])
    films = TrainingFilms(shades(values), 4, 90)  # due after 0, 10, 40 and 90 steps
    for step in range(11):
        films.note(step)
    again = TrainingFilms(shades(values), 4, 90)
    again.load_state_dict(films.state_dict())
    for step in range(11, 91):
        again.note(step)
    assert next(values, None) is None
    frames = list(decode_film(again.files()["a.webp"], "WEBP"))
    levels = [round(255 * float(frame.mean())) for frame in frames]
    assert [levels[0], levels[1], levels[2], levels[-1]] == [0, 64, 128, 255]


def test_none():
    films = TrainingFilms(dict, 0, 10)
    films.note(0)
    assert films.files() == {}
