import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from deepatelier import networks
from deepatelier.cli import main


def run(capsys, *arguments):
    code = 0
    try:
        main(["networks", *map(str, arguments)])
    except SystemExit as exited:
        code = exited.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_list_as_json(capsys):
    code, out, err = run(capsys, "--json")
    assert (code, err) == (0, "")
    found = {network["name"]: network for network in json.loads(out)["networks"]}
    assert list(found) == networks.names()
    assert found["vgg16"] == {
        "name": "vgg16",
        "authors": "Simonyan, Zisserman",
        "year": 2014,
        "title": "Very Deep Convolutional Networks for Large-Scale Image Recognition",
        "weights": ["imagenet"],
        "takes": "pictures",
        "input": [3, 224, 224],
        "parameters": 138_357_544,
        "trainable": 138_357_544,
        "multiply_adds": 15_470_264_320,
    }
    assert found["resnet20"]["input"] == [3, 32, 32]


def test_the_list_as_a_table(capsys):
    code, out, _ = run(capsys)
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert set(networks.names()) <= set(lines)
    assert "138,357,544" in lines["vgg16"]
    assert "15,470,264,320" in lines["vgg16"]


def test_one_network_as_document_003_prints_it(capsys):
    code, out, err = run(capsys, "zfnet")
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip()}
    assert rows["conv1"] == ["Conv2d", "96x110x110", "7x7/2+1", "14,208", "170,755,200", "7x7", "edges,", "colours"]
    assert rows["conv2"][:4] == ["Conv2d", "256x26x26", "5x5/2", "614,656"]
    assert rows["fc8"] == ["Linear", "1000", "4,097,000", "4,096,000", "all"]
    assert rows["total"] == ["107,627,624", "2,476,704,896"]
    assert "relu1" not in rows
    assert "--all" in err
    assert "relu1" in run(capsys, "zfnet", "--all")[1]
    assert "Which layer for what:\n  look filters: conv1\n" in err
    code, out, _ = run(capsys, "zfnet", "--json")
    (told,) = json.loads(out)["networks"]
    assert told["choices"]["look gradcam"] == ["relu5"]
    assert told["layers"][1]["shows"] == "edges, colours"


def test_markdown(capsys):
    _, out, _ = run(capsys, "lenet5", "--markdown")
    lines = out.splitlines()
    assert lines[0] == "| layer | kind | output | kernel | parameters | multiply-adds | sees | shows |"
    assert lines[1] == "|---|---|---|---|---:|---:|---:|---|"
    assert "| conv1 | Conv2d | 6x28x28 | 5x5+2 | 156 | 117,600 | 5x5 | textures |" in lines
    assert lines[-1] == "| total |  |  |  | 61,706 | 416,520 |  |  |"


def test_layers_as_json(capsys):
    _, out, _ = run(capsys, "vgg16", "--json", "--input", "3x512x384")
    (network,) = json.loads(out)["networks"]
    assert network["input"] == [3, 512, 384]
    layers = {layer["name"]: layer for layer in network["layers"]}
    assert layers["relu4_2"]["output"] == [512, 64, 48]
    assert layers["conv5_1"]["receptive_field"] == [132, 132]
    assert layers["conv5_1"]["stride"] == [16, 16]
    assert sum(layer["parameters"] for layer in network["layers"]) == network["parameters"]


def test_a_drawing(capsys, tmp_path):
    output = tmp_path / "out.svg"
    code, _, err = run(capsys, "googlenet", "--draw", output)
    assert (code, err.strip()) == (0, f"Wrote {output}.")
    assert "inception_3a" in "".join(ET.parse(output).getroot().itertext())
    run(capsys, "googlenet", "--draw", output, "--part", "inception_3a")
    assert "5x5_reduce" in "".join(ET.parse(output).getroot().itertext())


def test_a_network_of_ones_own(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine_for_cli.py").write_text(
        "from torch import nn\n"
        "def make(): return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))\n"
    )
    try:
        code, out, _ = run(capsys, "mine_for_cli:make", "--input", "1x8x8")
        assert code == 0
        assert "4x6x6" in out
        code, _, err = run(capsys, "mine_for_cli:make")
        assert code == 2
        assert "does not accept pictures of shape (3, 224, 224)" in err
    finally:
        sys.modules.pop("mine_for_cli", None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vgg6"], "Did you mean vgg16"),
        (["vgg16", "--input", "224"], "--input is channels, height and width"),
        (["vgg16", "--input", "1x224x224"], "takes pictures of shape (B, 3, H, W of 32 or more)"),
        (["mlp", "--input", "1x32x32"], "takes pictures of shape (B, 1, 28, 28)"),
        (["vgg16", "--draw", "out.png"], "Use one of: .svg"),
        (["vgg16", "--part", "conv1_1"], "--draw"),
        (["--all"], "for one network"),
        (["--json", "--markdown"], "choose one"),
        (["vgg16", "--input", "3x999999x9"], "each up to 100,000"),
        (["googlenet", "--draw", "out.svg", "--part", "inception_3c"], "Did you mean inception_4c"),
        (["no_module:make"], "No module named"),
    ],
)
def test_wrong_input(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 3
    assert list(tmp_path.iterdir()) == []


def test_a_network_of_ones_own_that_fails_is_not_our_fault(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "failing_for_cli.py").write_text(
        "import sys\nfrom torch import nn\n"
        "class Two(nn.Module):\n    def forward(self, a, b): return a\n"
        "def fails(): raise KeyError('weights')\n"
        "def leaves(): sys.exit(7)\n"
    )
    (tmp_path / "unreadable_for_cli.py").write_text("def (")
    for name, message in {
        "failing_for_cli:Two": "missing 1 required positional argument",
        "failing_for_cli:fails": "KeyError: 'weights'",
        "failing_for_cli:leaves": "SystemExit: 7",
        "unreadable_for_cli:make": "SyntaxError",
    }.items():
        code, out, err = run(capsys, name)
        assert (code, out) == (2, "")
        assert message in err
    assert str(tmp_path) not in sys.path


def test_what_a_network_of_ones_own_prints_is_no_result(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loud_for_cli.py").write_text(
        "from torch import nn\nprint('imported')\ndef make():\n    print('made')\n    return nn.Conv2d(3, 4, 3)\n"
    )
    _, out, err = run(capsys, "loud_for_cli:make", "--json")
    assert json.loads(out)["networks"][0]["parameters"] == 112
    assert "made" in err


def test_a_reader_that_has_enough_is_no_error():
    command = f"{sys.executable} -c 'from deepatelier.cli import main; main()' networks resnet18 --json | head -c 10"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_narrow_terminal_keeps_names_whole(capsys, monkeypatch):
    from deepatelier.cli import tables

    monkeypatch.setattr(tables, "_WIDTH_OF_A_PIPE", 80)
    _, out, _ = run(capsys)
    assert set(networks.names()) <= set(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_the_cells_of_a_recurrent_network_are_one_row(capsys):
    code, out, _ = run(capsys, "gru_reset_before")
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip()}
    assert rows["input"] == ["150x2"]
    assert rows["recurrent_l0"] == ["ResetBeforeGRUCell", "128", "50,688", "7,488,000", "all"]
    assert rows["total"] == ["50,817", "7,488,128"]
