"""Record what the list of the networks tells of each of them, for `deepatelier.networks.listed`.

The list is shown without building anything, so listing.json holds it; this script writes it anew from the networks:

    .venv/bin/python tests/networks/record_listing.py
"""

import json
from dataclasses import asdict
from importlib import resources

import torch

from deepatelier import networks
from deepatelier.interpretation import summarize
from deepatelier.networks import Facts


def facts_of(name, network):
    summary = summarize(network)
    return Facts(
        name=name,
        **asdict(networks.paper_of(name)),
        weights=tuple(networks.weights_of(name)),
        takes=networks.input_kind(name),
        input=summary.input,
        parameters=summary.parameters,
        trainable=summary.trainable,
        multiply_adds=summary.multiply_adds,
    )


def main():
    with torch.device("meta"):  # blueprint would read the old list
        facts = [facts_of(name, networks.build(name)) for name in networks.names()]
    rows = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in facts)
    resources.files(networks).joinpath("listing.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
