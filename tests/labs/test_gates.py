import torch

from deepatelier.labs.gates import course_of
from deepatelier.networks.recurrent import LSTMCell, Recurrent


def test_the_course_is_that_of_the_layer():
    torch.manual_seed(0)
    layer = Recurrent(LSTMCell, 2, 3)
    cell = layer.cells["l0"]
    x = torch.randn(4, 5, 2)
    outputs, (_, c) = layer(x)
    course = course_of(cell, x)
    torch.testing.assert_close(course.content[:, -1], c[0])
    torch.testing.assert_close(course.output * torch.tanh(course.content), outputs)
    before = torch.cat([torch.zeros(4, 1, 3), course.content[:, :-1]], dim=1)
    written = course.content - course.forget * before
    assert (written.abs() <= course.input + 1e-6).all()
