import pytest
import torch

from deepatelier.errors import InputError, UnknownNameError
from deepatelier.jobs import Context, carried_out
from deepatelier.labs.computed import EmbeddingsLab
from deepatelier.labs.embeddings import plane
from deepatelier.networks import WEIGHTS_NAME
from deepatelier.text import Embeddings, Vocabulary

WORDS = ("lion", "tiger", "wolf", "stone", "rock", "sand", "blue")


@pytest.fixture
def run(tmp_path):
    """A run folder with vectors, among which those of animals and of stones are near each other."""
    generator = torch.Generator().manual_seed(0)
    kinds = torch.tensor([[1.0, 0, 0]] * 3 + [[0, 1.0, 0]] * 3 + [[0, 0, 1.0]])
    vectors = kinds + 0.1 * torch.randn(7, 3, generator=generator)
    (tmp_path / WEIGHTS_NAME).write_bytes(Embeddings(vectors, Vocabulary(WORDS, (9, 8, 7, 6, 5, 4, 3))).to_bytes())
    return str(tmp_path)


def found(**options):
    return carried_out(EmbeddingsLab(**options), Context())


def test_the_plane_has_the_largest_variance():
    points = torch.randn(50, 2, generator=torch.Generator().manual_seed(0)).double() * torch.tensor([3.0, 1.0])
    turned = torch.linalg.qr(torch.randn(5, 5, generator=torch.Generator().manual_seed(1)).double()).Q[:2]
    places, shares = plane(points @ turned + 7)
    assert shares.sum().item() == pytest.approx(1)
    assert (places.T @ places)[0, 1].item() == pytest.approx(0, abs=1e-9)
    torch.testing.assert_close(torch.pdist(places), torch.pdist(points))


def test_the_words_of_a_run(run):
    result = found(training=run, words=("lion", "rock"), analogy=("lion", "tiger", "stone"))
    measures = result.measure(None).measures
    nearest = {
        word: {each.split()[0] for each in measures[f"nearest to {word}"].split(", ")[:2]} for word in ("lion", "rock")
    }
    assert nearest == {"lion": {"tiger", "wolf"}, "rock": {"stone", "sand"}}
    assert measures["lion is to tiger as stone is to"].split()[0] in ("rock", "sand")
    assert result.inputs["training"].sha256
    assert found(training=run).measure(None).measures["words in the vocabulary"] == 7


def test_what_cannot_be_shown(run, tmp_path_factory):
    with pytest.raises(UnknownNameError, match="Did you mean lion"):
        found(training=run, words=("lions",))
    with pytest.raises(InputError, match="skipgram"):
        found(training=str(tmp_path_factory.mktemp("none")))


@pytest.mark.parametrize("count", [1, 2, 4])
def test_an_analogy_has_three_words(run, count):
    with pytest.raises(ValueError, match="three words"):
        EmbeddingsLab(training=run, analogy=("lion",) * count)
