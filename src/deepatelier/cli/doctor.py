"""``atelier doctor``: check device, precision, memory, weights and extras."""

from __future__ import annotations

import json as json_module
import sys
from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from deepatelier.cli.messages import say
from deepatelier.errors import AtelierError

if TYPE_CHECKING:
    from deepatelier.diagnosis import Check, FastCheck, Survey

__all__ = ["doctor"]


def doctor(*, device: str = "auto", json: bool = False) -> None:
    """Check this machine: device, precision, memory, weights, extras, two steps against recorded losses, and --fast.

    Parameters
    ----------
    device
        The device to check: auto, cpu, cuda, cuda:1, mps.
    json
        Print one JSON object on stdout.
    """
    from deepatelier.diagnosis import fast_check, self_check, survey  # here: other commands do not wait for torch

    found = survey(device)
    try:
        check, failure = self_check(device), ""
    except AtelierError as error:  # the survey is useful even without the self-check
        check, failure = None, str(error)
    fast = fast_check()
    if json:
        checks = {"check": check and asdict(check), "failure": failure or None, "fast": asdict(fast)}
        print(json_module.dumps({**asdict(found), **checks}))
    else:
        _show(found, check, failure, fast)
    if check is None or not check.passed:
        say("What is wrong: " + (failure or "the self-check gives other numbers here than the recorded ones."))
    if not fast.passed:
        say(f"What is wrong: --fast {_reason(fast)}.")
    if check is None or not (check.passed and fast.passed):
        sys.exit(3)


def _show(found: Survey, check: Check | None, failure: str, fast: FastCheck) -> None:
    table = Table.grid(padding=(0, 3))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _lines(found, check, failure, fast):
        table.add_row(name, text)
    Console(width=None if sys.stdout.isatty() else 120, markup=False, highlight=False).print(table)


def _lines(found: Survey, check: Check | None, failure: str, fast: FastCheck) -> list[tuple[str, str]]:
    others = [name for name in found.devices if name != found.device]
    versions = [f"{name} {version}" for name, version in found.versions.items()]
    lines = [
        ("versions", ", ".join(versions)),
        ("device", f"{found.device} ({found.processor})" + (f"; also {', '.join(others)}" if others else "")),
        ("precision", f"{found.precision}{_why(found)}"),
        ("threads", f"{found.threads} of {found.cores} cores"),
        ("memory", f"{found.free_memory / 2**30:.1f} of {found.memory / 2**30:.1f} GiB free"),
    ]
    there = [f"{each.network} {each.weights}" for each in found.weights if each.at_hand]
    lines.append(("weights here", ", ".join(there) or "none"))
    missing = defaultdict(list)
    for each in found.weights:
        if not each.at_hand:
            missing[each.how].append(each.network)
    lines += [("others", f"{', '.join(names)}: {how}") for how, names in missing.items()]
    for extra in found.extras:
        lack = f"missing {', '.join(extra.missing)}: pip install 'deepatelier[{extra.name}]'"
        lines.append((f"extra {extra.name}", lack if extra.missing else "installed"))
    lines.append(("self-check", _result(check, failure)))
    painted = f"passed: the universal painter painted on onnxruntime in {fast.seconds:.1f} s"
    lines.append(("--fast", painted if fast.passed else f"FAILED: it {_reason(fast)}"))
    return lines


def _reason(fast: FastCheck) -> str:
    return f"could not paint: {fast.failure}" if fast.failure else "leaves the photograph as it is"


def _why(found: Survey) -> str:
    if found.device != "cpu":
        return ""
    names = {"amx_bf16": "AMX", "avx512_bf16": "AVX512-BF16"}
    has = [name for key, name in names.items() if found.capabilities[key]]
    return f": the processor has {' and '.join(has)}" if has else ": the processor has neither AMX nor AVX512-BF16"


def _result(check: Check | None, failure: str) -> str:
    if check is None:
        return f"could not run: {failure}"
    verdict = "passed" if check.passed else "FAILED"
    return (
        f"{verdict}: two steps of style transfer, {check.seconds:.1f} s each in {check.precision}; "
        f"losses within {check.deviation:.1e} of the recorded ones (at most {check.tolerance:g})"
    )
