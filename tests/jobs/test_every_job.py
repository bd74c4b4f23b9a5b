"""What holds for every kind of job: it goes on from a state, disturbs no other, runs in a thread, is made again."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from small_jobs import QUICK, RESUMABLE, SMALL, small, write_inputs

from deepatelier.jobs import (
    Context,
    State,
    changes,
    difference,
    find_inputs,
    kinds,
    load,
    make,
    read_record,
    restored_job,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Inputs, a training to evaluate and one that translates."""
    place = tmp_path_factory.mktemp("jobs")
    write_inputs(place)
    make(small("train", place), {"folder": place / "run"})
    make(small("train/translate", place), {"folder": place / "translator"})
    return place


def _done(job, context=None, state=None):
    """The result of a job, and its last step's values."""
    steps, last = job.run(context, state), None
    while True:
        try:
            last = next(steps)
        except StopIteration as done:
            return done.value, last


@cache
def _whole(kind, folder):
    """What a kind's small job makes alone, as a vector, and the states of its steps."""
    steps, states = small(kind, folder).run(), []
    while True:
        try:
            states.append(next(steps).state)
        except StopIteration as done:
            return _numbers(done.value), states


def _numbers(result):
    """What a job has made, as one vector."""
    parts = []
    for product in result.files.values():
        tensors = [getattr(product, name) for name in ("image", "array") if hasattr(product, name)]
        tensors += getattr(product, "frames", ())
        tensors += [tensor for _, tensor in sorted(getattr(product, "tensors", {}).items())]
        parts += [torch.as_tensor(tensor).detach().double().reshape(-1) for tensor in tensors]
    measures = result.record.measures.values() if result.record else ()
    parts.append(torch.tensor([value for value in measures if not isinstance(value, str)]).double())
    return torch.cat(parts)


def _random_states():
    return torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002


def test_there_is_a_small_one_of_every_kind():
    assert sorted(SMALL) == kinds()


@pytest.mark.parametrize("kind", RESUMABLE)
def test_a_second_object_goes_on_bit_for_bit(folder, kind):
    """From a live state, and from one that was written and read; in the middle and after the first step."""
    whole, states = _whole(kind, folder)
    assert states
    for number in {0, len(states) // 2}:
        for state in (states[number], State.from_bytes(states[number].to_bytes())):
            again, last = _done(small(kind, folder), state=state)
            assert torch.equal(_numbers(again), whole), f"after step {number + 1}"
            assert last.index == last.of


@pytest.mark.parametrize("kind", [kind for kind in QUICK if kind not in RESUMABLE])
def test_the_others_have_no_state(folder, kind):
    assert [state for state in _whole(kind, folder)[1] if state is not None] == []


def test_another_process_goes_on_bit_for_bit(folder, tmp_path):
    """All kinds in one process, from states that another has written."""
    program = (
        "import sys; sys.path[:0] = sys.argv[1:3]; from pathlib import Path\n"
        "from small_jobs import RESUMABLE, small; from test_every_job import _done, _numbers\n"
        "from deepatelier.jobs import State; import torch\n"
        "out, place = Path(sys.argv[3]), Path(sys.argv[4])\n"
        "for number, kind in enumerate(RESUMABLE):\n"
        "    state = State.from_bytes((out / f'{number}.state').read_bytes())\n"
        "    torch.save(_numbers(_done(small(kind, place), state=state)[0]), out / f'{number}.pt')\n"
    )
    wanted = []
    for number, kind in enumerate(RESUMABLE):
        whole, states = _whole(kind, folder)
        (tmp_path / f"{number}.state").write_bytes(states[len(states) // 2].to_bytes())
        wanted.append(whole)
    here = Path(__file__).parent
    words = [sys.executable, "-c", program, str(here), str(here.parent), str(tmp_path), str(folder)]
    subprocess.run(words, check=True, capture_output=True)
    for number, kind in enumerate(RESUMABLE):
        assert torch.equal(torch.load(tmp_path / f"{number}.pt"), wanted[number]), kind


def test_another_criterion_drops_the_memory_live_or_saved(folder):
    """With another β, a live and a saved state give the same, and nothing of what L-BFGS remembered."""
    states = [step.state for step in small("style", folder, levels=1, steps=6, beta=10.0).run()]
    state = states[3]
    assert len(state.values["optimizer"]["state"]["s"]) > 0
    louder = small("style", folder, levels=1, steps=6, beta=1000.0)
    first = next(louder.run(state=state)).state
    second = next(louder.run(state=State.from_bytes(state.to_bytes()))).state
    assert first.fingerprint == second.fingerprint != state.fingerprint
    assert first.values["optimizer"]["state"]["s"] == second.values["optimizer"]["state"]["s"] == []
    results = [_numbers(_done(louder, state=each)[0]) for each in (state, State.from_bytes(state.to_bytes()))]
    assert torch.equal(*results)


@pytest.mark.parametrize("kind", QUICK)
def test_jobs_in_turn_do_not_disturb_each_other(folder, kind):
    """Step by step between two DeepDreams: each makes what it makes alone, and the process's random numbers stay."""
    alone, dream = _whole(kind, folder)[0], _whole("dream", folder)[0]
    torch.manual_seed(99)
    before = _random_states()
    first, second, results = small(kind, folder).run(), small("dream", folder).run(), {}
    running = {"first": first, "second": second}
    while running:
        for name, steps in list(running.items()):
            try:
                next(steps)
                assert torch.equal(torch.get_rng_state(), before[0])
            except StopIteration as done:
                results[name] = done.value
                del running[name]
    assert torch.equal(_numbers(results["first"]), alone)
    assert torch.equal(_numbers(results["second"]), dream)
    after = _random_states()
    assert torch.equal(after[0], before[0])
    assert after[1] == before[1]


@pytest.mark.parametrize("kind", QUICK)
def test_a_job_runs_in_a_thread_and_is_made_again_from_its_record(folder, tmp_path, kind):
    """The runner in a thread writes the file; its record gives the job again, and that the same file."""
    output, declared = next(iter(load(kind).outputs.items()))
    ending = {
        "picture": ".png",
        "film": ".gif",
        "weights": ".safetensors",
        "table": ".json",
        "text": ".txt",
        "folder": "",
    }[declared.kind]
    first, second = tmp_path / f"first{ending}", tmp_path / f"second{ending}"
    failed: list[BaseException] = []

    def work():
        try:
            make(small(kind, folder), {output: first}, Context())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not failed
    record = read_record(first)
    assert record.kind == kind
    found = find_inputs(record, [folder])
    assert found.keys() == record.inputs.keys()
    assert all(place.same for place in found.values())
    network = record.job.get("network")
    own = network if isinstance(network, str) and ":" in network else None
    again = make(restored_job(record, found, network=own), {output: second}).record
    assert changes(record, again, found) == []
    assert again.losses == record.losses
    assert again.measures == record.measures
    away = difference(declared.kind, first, second)
    assert away is not None
    assert away.largest == 0


def test_two_threads_at_once_make_what_each_makes_alone(folder, thin_vgg):
    """On one network, whose activations of another thread are nobody's business."""
    jobs = [small("style", folder, steps=8, levels=1, network="vgg19", **each) for each in ({}, {"init": "noise"})]
    jobs = [job.model_copy(update={"content_layers": ("relu2_1",), "style_layers": ("relu1_1",)}) for job in jobs]
    alone = [_numbers(_done(job)[0]) for job in jobs]
    with ThreadPoolExecutor(2) as pool:
        together = [_numbers(result) for result, _ in pool.map(_done, jobs)]
    assert all(torch.equal(*pair) for pair in zip(alone, together, strict=True))
