"""How many small faults the tests catch, before a change and after it.

    python -m benchmarks.faults cover CHECKOUT                 once for each of the two checkouts
    python -m benchmarks.faults choose BEFORE AFTER -o faults.json
    python -m benchmarks.faults try CHECKOUT faults.json

``cover`` runs the tests once and keeps which of them run which line, and how long each takes. ``choose`` draws lines
that stand in both checkouts, in files that may have moved, and a fault for each: another sign, another constant, two
swapped arguments, a removed line. ``try`` puts the faults into the checkout one at a time, and runs the tests that
cover the line, the quickest first, until one fails. A checkout is a clone of its own; each fault is taken out again.

Needs ``pytest-cov``, of the extra ``bench``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COVERED, TIMES = ".coverage", ".test_times.json"
"""What ``cover`` leaves in a checkout."""

_SECONDS = 900
"""After so long the tests of a fault count as failed: it made an endless loop."""


class Fault(NamedTuple):
    """A fault: in a file (its paths before and after), a line and what takes its place."""

    kind: str
    before: str
    after: str
    line: str
    faulty: str


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    cover_ = commands.add_parser("cover")
    cover_.add_argument("checkout", type=Path)
    choose_ = commands.add_parser("choose")
    choose_.add_argument("before", type=Path)
    choose_.add_argument("after", type=Path)
    choose_.add_argument("-o", "--output", type=Path, default=Path("faults.json"))
    choose_.add_argument("--count", type=int, default=40)
    choose_.add_argument("--seed", type=int, default=0)
    try_ = commands.add_parser("try")
    try_.add_argument("checkout", type=Path)
    try_.add_argument("faults", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "cover":
        cover(arguments.checkout)
    elif arguments.command == "choose":
        faults = chosen(arguments.before, arguments.after, arguments.count, arguments.seed)
        arguments.output.write_text(json.dumps([each._asdict() for each in faults], indent=1, ensure_ascii=False))
        print(f"{len(faults)} faults: {dict(Counter(each.kind for each in faults))}")
    else:
        faults = [Fault(**each) for each in json.loads(arguments.faults.read_text())]
        caught = sum(is_caught(arguments.checkout, fault) for fault in faults)
        print(f"caught {caught} of {len(faults)}")


def cover(checkout: Path) -> None:
    """Run all tests of a checkout, and keep which lines each runs; one that fails already tells nothing."""
    words = ("-q", "-n", "2", "--cov=deepatelier", "--cov-context=test", "--cov-report=", "-p", "fault_times")
    _pytest(checkout, *words, quiet=False)


def _pytest(checkout: Path, *words: str, timeout: float | None = None, quiet: bool = True) -> int:
    """Run pytest in a checkout on its own source, on one thread a process, and return its exit status."""
    source = os.pathsep.join(map(str, (checkout.resolve() / "src", Path(__file__).resolve().parent)))
    environment = os.environ | {"PYTHONPATH": source, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", *words]
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(
            command, cwd=checkout, env=environment, check=False, timeout=timeout, stdout=output, stderr=output
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


def chosen(before: Path, after: Path, count: int, seed: int) -> list[Fault]:
    """Draw faults in lines that stand once in a file of both checkouts, at most two a file, equally many of a kind."""
    draw = random.Random(seed)
    candidates = [fault for fault in _candidates(before, after) if covering(before, fault.before, fault.line)]
    draw.shuffle(candidates)
    files: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    most = -(-count // len({fault.kind for fault in candidates}))
    found: list[Fault] = []
    for fault in candidates:
        if len(found) < count and files[fault.before] < 2 and kinds[fault.kind] < most:
            found.append(fault)
            files[fault.before] += 1
            kinds[fault.kind] += 1
    return found


def _candidates(before: Path, after: Path) -> Iterator[Fault]:
    moved = {path.stem: path for path in sorted((after / "src").rglob("*.py"))}
    for path in sorted((before / "src").rglob("*.py")):
        name = str(path.relative_to(before))
        there = after / name if (after / name).exists() else moved.get(path.stem)
        if there is None or path.name == "__init__.py":
            continue
        text, other = path.read_text(), there.read_text().splitlines()
        lines = text.splitlines()
        for kind, number, faulty in _faults(text):
            line = lines[number - 1]
            if lines.count(line) == 1 == other.count(line):
                yield Fault(kind, name, str(there.relative_to(after)), line, faulty)


def _faults(text: str) -> Iterator[tuple[str, int, str]]:
    """Faults in a file's functions: the kind, the line's number and the line with the fault."""
    tree = ast.parse(text)
    lines = text.splitlines()
    ascii_lines = [line if line.isascii() else "" for line in lines]  # ast counts bytes
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for node in ast.walk(function):
            number = getattr(node, "lineno", 0)
            line = ascii_lines[number - 1] if number else ""
            if not line or node.end_lineno != number:  # type: ignore[attr-defined]
                continue
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
                old, new = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
                start, end = node.left.end_col_offset or 0, node.right.col_offset
                if line[start:end].count(old) == 1:
                    yield "sign", number, line[:start] + line[start:end].replace(old, new) + line[end:]
            elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
                if isinstance(node.value, bool):
                    continue
                known = node.value
                value = known + 1 if isinstance(known, int) else known * 1.5
                yield "constant", number, line[: node.col_offset] + repr(value) + line[node.end_col_offset :]
            elif isinstance(node, ast.Call) and len(node.args) > 1:
                first, second = node.args[:2]
                if not any(isinstance(each, ast.Starred) for each in (first, second)):
                    one = line[first.col_offset : first.end_col_offset]
                    other = line[second.col_offset : second.end_col_offset]
                    between = line[first.end_col_offset : second.col_offset]
                    swapped = other + between + one
                    yield "swapped", number, line[: first.col_offset] + swapped + line[second.end_col_offset :]
            elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)) or isinstance(node, ast.AugAssign):
                yield "removed", number, line[: node.col_offset] + "pass"


def covering(checkout: Path, file: str, line: str) -> list[str]:
    """Return the tests that run a line of a file, the quickest first."""
    path = checkout / file
    number = path.read_text().splitlines().index(line) + 1
    times = json.loads((checkout / TIMES).read_text())
    with sqlite3.connect(checkout / COVERED) as base:
        rows = base.execute(
            "select context.context, line_bits.numbits from line_bits join file on file.id = line_bits.file_id "
            "join context on context.id = line_bits.context_id where file.path = ?",
            (str(path.resolve()),),
        ).fetchall()
    found = {context.partition("|")[0] for context, bits in rows if _has(bits, number) and context}
    return sorted(found & times.keys(), key=times.__getitem__)


def _has(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] >> number % 8 & 1)


def is_caught(checkout: Path, fault: Fault) -> bool:
    """Return whether a test fails when the fault is in the checkout."""
    after = (checkout / fault.after).exists() and fault.line in (checkout / fault.after).read_text().splitlines()
    file = fault.after if after else fault.before
    tests = covering(checkout, file, fault.line)
    path = checkout / file
    text = path.read_text()
    path.write_text(text.replace(f"{fault.line}\n", f"{fault.faulty}\n", 1))
    try:
        caught = bool(tests) and _pytest(checkout, "-x", "-q", "-p", "no:cacheprovider", *tests, timeout=_SECONDS) != 0
    finally:
        path.write_text(text)
    print(f"{'caught' if caught else 'NOT CAUGHT'} {fault.kind:8} {file}: {fault.faulty.strip()} ({len(tests)} tests)")
    sys.stdout.flush()
    return caught


if __name__ == "__main__":
    main()
