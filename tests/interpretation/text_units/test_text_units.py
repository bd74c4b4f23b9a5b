"""A network that is built by hand, one of whose units is on inside a string."""

import numpy as np
import pytest
import torch

from deepatelier.data import open_corpus
from deepatelier.errors import InputError, OptionError
from deepatelier.inputs import Input
from deepatelier.interpretation.text_units.read_segments import PARTS, activations_of, segments_of
from deepatelier.interpretation.text_units.text_units_job import TextUnitsJob
from deepatelier.jobs import Context, carried_out
from deepatelier.networks.recurrent.language_model import LanguageModel
from deepatelier.networks.sequence_models import SequenceModel, save_sequence_model
from deepatelier.text import UNKNOWN, Characters, Vocabulary
from deepatelier.text.language import START, Language

CODE = "def f(x):\n    return g('abc', x)\n\n" * 60
TOKENS = (UNKNOWN, *sorted(set(CODE)), START)


@pytest.fixture
def code(tmp_path):
    path = tmp_path / "code.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def network():
    """Unit 1 toggles with each quote: h = tanh(9·h_before·(−1)^quote …) cannot be linear, so it follows a, b and c."""
    torch.manual_seed(0)
    network = LanguageModel("rnn", len(TOKENS), embedding=2, width=3).eval()
    with torch.no_grad():
        layer = network.recurrent.layer
        for each in layer.parameters():
            each.zero_()
        network.embedding.weight.zero_()
        for sign in "abc":
            network.embedding.weight[TOKENS.index(sign), 1] = 1
        layer.weight_ih_l0[1, 1] = 2
    return network


@pytest.fixture
def run(network, tmp_path):
    options = {"layers": "rnn", "tokens": len(TOKENS), "embedding": 2, "width": 3}
    about = {"tokens": "characters", "vocabulary": list(TOKENS), "labels": []}
    folder = tmp_path / "run"
    folder.mkdir()
    model = SequenceModel(task="language-model", options=options, about=about)
    (folder / "weights.safetensors").write_bytes(save_sequence_model(network, model))
    return folder


def look(run, code, **options):
    return carried_out(TextUnitsJob(training=str(run), text=str(code), device="cpu", **options), Context())


def test_the_unit_is_found_and_verified(run, code):
    result = look(run, code, concept="string")
    best = result.details["concepts"]["string"]["units"][0]
    assert (best["unit"], best["sign"]) == ("layer 1, h 1", 1)
    assert 0.85 < best["verification"] < 1  # the opening quote is inside, and the unit does not know it
    assert result.files["picture"].image.shape[:2] == (1, 3)
    assert "AUC" in result.files["html"].text
    measures = result.measure(None).measures
    assert measures["string: AUC of layer 1, h 1"] == best["verification"]


def test_a_unit_of_choice(run, code):
    assert look(run, code, layer=1, unit=2).details["unit"] == "layer 1, h 2"
    for options, said in (
        ({"layer": 1}, "give both"),
        ({"of": "h"}, "is about one unit"),
        ({"layer": 2, "unit": 0}, "has layers 1 to 1 with units 0 to 2"),
        ({"layer": 1, "unit": 0, "of": "c"}, "this network has none"),
    ):
        with pytest.raises(OptionError, match=said):
            look(run, code, **options)


def test_text_that_is_no_python_or_too_short(run, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("A line 'of text\n" * 60)
    assert "string" not in look(run, path).details["concepts"]
    with pytest.raises(OptionError, match="is no Python code"):
        look(run, path, concept="string")
    path.write_text("short")
    with pytest.raises(InputError, match="too short"):
        look(run, path)


@pytest.mark.parametrize("layers", ["lstm", "gru"])
def test_activations_are_those_of_the_whole_text(code, layers):
    """Read side by side, with contexts of different lengths, and from the start of a document."""
    torch.manual_seed(1)
    network = LanguageModel(layers, len(TOKENS), embedding=3, width=4, num_layers=2).eval()
    language = Language(Input(name="run", sha256="0" * 64), network, Vocabulary(TOKENS), Characters())
    segments = segments_of(open_corpus(str(code)), language, 0.9, 0.09, 1200)
    segments = [*segments[PARTS[0]], *segments[PARTS[1]]]
    assert len({len(each.before) for each in segments}) > 1
    assert "".join(segments[-1].tokens) == CODE[-len(segments[-1].tokens) :]
    found = dict(activations_of(language, segments))
    for row in (0, len(segments) - 1):
        numbers = torch.tensor([[*segments[row].before, *segments[row].numbers]])
        with torch.no_grad():
            outputs, state = network.recurrent(network.embedding(numbers))
        length = len(segments[row].numbers)
        ours = np.stack([found[step][row, 0, 1] for step in range(length)])
        assert np.allclose(ours, outputs[0, -length:].numpy(), atol=1e-6)
        if layers == "lstm":
            assert np.allclose(found[length - 1][row, 1], state[1][:, 0].numpy(), atol=1e-6)
