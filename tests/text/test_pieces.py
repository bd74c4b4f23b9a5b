import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepatelier.errors import InputError
from deepatelier.text import read_pieces, tokenizer


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("texts") / "text.txt"


@settings(max_examples=40)
@given(text=st.text(min_size=1), size=st.integers(1, 9))
def test_it_is_the_text_however_it_is_cut(place, text, size):
    place.write_bytes(text.encode())
    wanted = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8-sig").read()
    assert "".join(read_pieces(place, size)) == wanted


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_byte_order_mark_and_the_ends_of_lines(place, size):
    place.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n\xef\xbb\xbf")
    assert "".join(read_pieces(place, size)) == "one\ntwo\nthree\n\ufeff"


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("data", "offset"), [(b"caf\xe9 au lait", 3), ("a€".encode()[:-1], 1), (b"\xff\xfea\0", 0), (b"1234567\x80", 7)]
)
def test_the_offset_of_an_invalid_byte(place, size, data, offset):
    place.write_bytes(data)
    with pytest.raises(InputError, match=f"0x{data[offset]:02x} at offset {offset} is invalid"):
        list(read_pieces(place, size))


def _one_line(place, sentences, size):
    place.write_text("a word and another, " * sentences)
    words = sum(len(tokens) for tokens in tokenizer("words").stream(read_pieces(place, size)))
    assert words == 4 * sentences


def test_one_long_line(place):
    _one_line(place, 5_000, 2**12)


@pytest.mark.long
def test_one_line_of_10_mb(place):
    _one_line(place, 500_000, 2**20)


def test_what_is_no_text(place, tmp_path):
    place.write_bytes(b"")
    with pytest.raises(InputError, match="is empty"):
        list(read_pieces(place))
    with pytest.raises(InputError, match="a folder"):
        list(read_pieces(tmp_path))
    with pytest.raises(InputError, match="missing"):
        list(read_pieces(tmp_path / "none.txt"))
