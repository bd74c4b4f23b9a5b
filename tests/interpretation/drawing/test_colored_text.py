import html.parser

import pytest
import torch

from deepatelier.errors import ShapeError
from deepatelier.interpretation.drawing.colored_text import Cell, ColoredText, color_of


def test_colors_are_red_white_and_blue():
    assert color_of(0) == color_of(float("nan")) == "#ffffff"
    assert color_of(1) == color_of(5) == "#ef6a5b"
    assert color_of(-1) == "#5b9fe0"
    red, blue = (int(color_of(0.5)[place : place + 2], 16) for place in (1, 5))
    assert (red, blue) == ((255 + 0xEF) // 2, (255 + 0x5B) // 2)


def test_lines_hold_every_character_once_and_in_order():
    text = ColoredText(("if", " ", "x", ":", "\n", "\t", "y日"), (0, 0, 1, -1, 0.5, 0, 0))
    assert list(text.lines(20)) == [
        [Cell("if", 0, 2), Cell(" ", 0, 1), Cell("x", 1, 1), Cell(":", -1, 1), Cell(" ", 0.5, 1)],
        [Cell("    ", 0, 4), Cell("y日", 0, 3)],
    ]
    assert [sum(cell.columns for cell in line) for line in ColoredText(("a" * 10,), (1.0,)).lines(4)] == [4, 4, 2]


def test_a_line_ends_between_two_words_if_they_fit():
    text = ColoredText(("one ", "two ", "three"), (0.1, 0.2, 0.3))
    assert [[cell.text for cell in line] for line in text.lines(9)] == [["one ", "two "], ["three"]]


def test_the_page_has_the_text_and_escapes_it():
    class Reader(html.parser.HTMLParser):
        found = ""
        inside = False

        def handle_starttag(self, tag, attributes):
            self.inside = self.inside or tag == "pre"

        def handle_endtag(self, tag):
            self.inside = self.inside and tag != "pre"

        def handle_data(self, data):
            self.found += data if self.inside else ""

    reader = Reader()
    page = ColoredText(("<b>", "&", "\x00"), (1.0, -0.5, 0.0), positive="for <i>").to_html()
    reader.feed(page)
    assert reader.found == "<b>&\ufffd"
    assert 'title="-0.50"' in page
    assert "for &lt;i&gt;" in page


def test_the_picture_shows_the_color_where_the_token_is():
    picture = ColoredText(("   ", "   "), (1.0, -1.0)).to_picture()
    assert picture.shape[:2] == (1, 3)
    height, width = picture.shape[2:]
    middle = picture[0, :, height // 2]
    for place, color in ((0.35, color_of(1)), (0.65, color_of(-1)), (0.02, "#ffffff")):
        wanted = torch.tensor([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        assert torch.allclose(middle[:, int(place * width)], wanted, atol=1e-3)


def test_letters_that_the_font_lacks_are_drawn_without_warning():
    assert ColoredText(("$x$ 日",), (0.0,), title="$t").to_picture().min() < 0.5


def test_as_many_values_as_tokens():
    with pytest.raises(ShapeError, match="received 2 and 1"):
        ColoredText(("a", "b"), (1.0,))
