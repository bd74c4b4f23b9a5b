"""The output sizes of every row of the documents' tables."""

import pytest
import torch

from deepatelier import networks
from deepatelier.features import extract

# name of the layer: (channels, side), from documents 003 (AlexNet, ZFNet, GoogLeNet) and 001
TABLES = {
    "alexnet": {
        "conv1": (96, 55),
        "pool1": (96, 27),
        "conv2": (256, 27),
        "pool2": (256, 13),
        "conv3": (384, 13),
        "conv4": (384, 13),
        "conv5": (256, 13),  # the list's 384 is an error: the table has 256
        "pool5": (256, 6),
    },
    "zfnet": {
        "conv1": (96, 110),
        "pool1": (96, 55),
        "conv2": (256, 26),
        "pool2": (256, 13),
        "conv3": (512, 13),
        "conv4": (1024, 13),
        "conv5": (512, 13),
        "pool5": (512, 6),
    },
    "googlenet": {
        "conv1": (64, 112),
        "pool1": (64, 56),
        "conv2": (192, 56),
        "pool2": (192, 28),
        "inception_3a": (256, 28),
        "inception_3b": (480, 28),
        "pool3": (480, 14),
        "inception_4a": (512, 14),
        "inception_4b": (512, 14),
        "inception_4c": (512, 14),
        "inception_4d": (528, 14),
        "inception_4e": (832, 14),
        "pool4": (832, 7),
        "inception_5a": (832, 7),
        "inception_5b": (1024, 7),
        "pool5": (1024, 1),
    },
    "resnet50": {
        "conv1": (64, 112),
        "pool1": (64, 56),
        "conv2_3": (256, 56),
        "conv3_4": (512, 28),
        "conv4_6": (1024, 14),
        "conv5_3": (2048, 7),
    },
    "resnet56": {"conv1": (16, 32), "conv2_9": (16, 32), "conv3_9": (32, 16), "conv4_9": (64, 8)},
    "densenet121": {
        "conv0": (64, 112),
        "pool0": (64, 56),
        "dense1": (256, 56),
        "transition1": (128, 28),
        "dense2": (512, 28),
        "transition2": (256, 14),
        "dense3": (1024, 14),
        "transition3": (512, 7),
        "dense4": (1024, 7),
    },
    "se_resnet50": {"conv2_3": (256, 56), "conv3_4": (512, 28), "conv4_6": (1024, 14), "conv5_3": (2048, 7)},
    "senet154": {"conv2_3": (256, 56), "conv3_8": (512, 28), "conv4_36": (1024, 14), "conv5_3": (2048, 7)},
    "efficientnet_lite0": {"stem": (32, 112), "block1": (16, 112), "block16": (320, 7), "top": (1280, 7)},
    "lenet5": {"conv1": (6, 28), "pool1": (6, 14), "conv2": (16, 10), "pool2": (16, 5)},
    "lenet5_original": {"C1": (6, 28), "S2": (6, 14), "C3": (16, 10), "S4": (16, 5), "C5": (120, 1)},
}
# parameters of each row, where document 003 prints them
WEIGHTS = {
    "alexnet": {
        "conv1": 34_944,
        "conv2": 614_656,
        "conv3": 885_120,
        "conv4": 1_327_488,
        "conv5": 884_992,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    },
    "zfnet": {
        "conv1": 14_208,
        "conv2": 614_656,
        "conv3": 1_180_160,
        "conv4": 4_719_616,
        "conv5": 4_719_104,
        "fc6": 75_501_568,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    },
    "vgg16": {"conv1_1": 1_792, "conv1_2": 36_928, "conv2_1": 73_856, "conv5_3": 2_359_808, "fc6": 102_764_544},
    "vgg16_gap": {"conv1_1": 1_792, "fc6": 2_101_248, "fc8": 4_097_000},
    "digits_dense": {"fc1": 219_800, "fc2": 78_680, "fc3": 2_810},
    "digits_conv5": {"conv1": 130, "fc2": 294_300, "fc3": 3_010},
    "digits_conv32": {"conv1": 832, "conv2": 25_632, "conv3": 9_248, "fc4": 330},
    "digits_conv64": {"conv1": 1_664, "conv2": 102_464, "conv3": 18_464, "fc4": 1_290},
    "lenet5": {"conv1": 156, "conv2": 2_416, "fc3": 48_120, "fc4": 10_164, "fc5": 850},
    "lenet5_original": {"C1": 156, "S2": 12, "C3": 1_516, "S4": 32, "C5": 48_120, "F6": 10_164, "output": 0},
}


@pytest.mark.parametrize("name", TABLES)
def test_output_sizes(name):
    network = networks.blueprint(name).eval()
    image = torch.empty(1, *network.input_size, device="meta")
    with torch.no_grad():
        found = extract(network, image, TABLES[name])
    assert {layer: tuple(tensor.shape[1:]) for layer, tensor in found.items()} == {
        layer: (channels, side, side) for layer, (channels, side) in TABLES[name].items()
    }


@pytest.mark.parametrize("name", WEIGHTS)
def test_parameters_of_each_row(name):
    network = networks.blueprint(name)
    for layer, parameters in WEIGHTS[name].items():
        module = network.get_submodule(network.layers[layer])
        assert sum(parameter.numel() for parameter in module.parameters()) == parameters, layer


def test_a_naive_inception_passes_all_maps_on():
    network = networks.blueprint("googlenet_naive").eval()
    with torch.no_grad():
        found = extract(network, torch.empty(1, 3, 224, 224, device="meta"), ["pool2", "inception_3a"])
    assert found["inception_3a"].shape[1] == 64 + 128 + 32 + found["pool2"].shape[1]
