import pytest

from deepatelier import errors
from deepatelier.errors import AtelierError, DivergenceError, InputError, SurroundingsError, UnknownNameError


def test_every_error_has_an_exit_code_of_its_branch():
    for name in errors.__all__:
        error = getattr(errors, name)
        expected = (
            2 if issubclass(error, InputError) else 3 if issubclass(error, (SurroundingsError, DivergenceError)) else 1
        )
        assert issubclass(error, AtelierError)
        assert error.exit_code == expected


def test_the_tree_in_the_docstring_is_the_tree():
    for name in errors.__all__:
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("relu4_3", "relu4_2"), ("vgg", "vgg11"), ("nothing like it", "Known: relu4_2, vgg11.")],
)
def test_an_unknown_name_tells_the_nearest(name, expected):
    assert expected in str(UnknownNameError("thing", name, ["relu4_2", "vgg11"]))


def test_a_long_list_is_cut():
    assert "(40 in all)" in str(UnknownNameError("thing", "zzz", [f"relu{i}" for i in range(40)]))
