import numpy as np
import pytest

from deepatelier.interpretation.text_units.concepts import PYTHON_CONCEPTS, concepts_of
from deepatelier.interpretation.text_units.unit_scores import scores


def marked(text, name):
    """The code points where a concept holds; a dot elsewhere."""
    values = concepts_of(text)[name]
    return "".join(sign if value else "." for sign, value in zip(text, values, strict=True))


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("x = 'ab'  # c\n", "string", "....'ab......."),
        ("x = rb'ab' + \"\"\n", "string", "......'ab....\".."),
        ('f(1)\n"""a\nb"""\n', "string", '....."""a\nb""..'),
        ("x = 'ab'  # c\n", "comment", "..........# c."),
        ("if x:\n  y = (1)\n", "indentation", "......  ........"),
        ("f(a, [b])(c) + d\n", "parentheses", ".(a, [b].(c....." + "."),
        ("f(\"é\", '')\n", "quotes", '.."é.......'),
        ("f(Ab)\n\nC", "upper case", "..A....C"),
    ],
)
def test_where_a_concept_holds(text, name, wanted):
    assert marked(text, name) == wanted


def test_a_quote_ends_with_its_paragraph_and_columns_begin_with_a_line():
    assert marked('a "b\n\nc “d” e', "quotes") == '.."b....“d...'
    assert concepts_of("ab\ncd\n\ne")["position in line"].tolist() == [1, 2, 0, 1, 2, 0, 0, 1]


@pytest.mark.parametrize(
    "text", ["No Python: it is 'English.\n", "def f(:\n", "plain words", "x = ('\n", "a line, (of text)\n"]
)
def test_a_text_that_is_no_python_has_no_concepts_of_python(text):
    assert not set(PYTHON_CONCEPTS) & set(concepts_of(text))


def test_scores_by_hand():
    activations = np.array([[0.1, 3], [0.4, 3], [0.35, 3], [0.8, 3]], dtype=np.float32)
    binary = np.array([0, 0, 1, 1], dtype=np.float32)
    number = np.array([4, 2, 2.5, 0], dtype=np.float32)
    found = scores(activations, {"b": binary, "n": number, "constant": np.ones(4, dtype=np.float32)})
    assert found.keys() == {"b", "n"}
    assert found["b"].tolist() == [0.75, 0.5]
    assert found["n"] == pytest.approx([-1, 0])


def test_the_auc_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(0)
    activations = generator.normal(size=(200, 3)).round(1).astype(np.float32)  # with ties
    labels = (generator.random(200) < 0.3).astype(np.float32)
    found = scores(activations, {"b": labels})["b"]
    assert found == pytest.approx([metrics.roc_auc_score(labels, each) for each in activations.T])
