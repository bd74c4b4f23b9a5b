"""Writes the table of all kinds of jobs from the jobs themselves.

.venv/bin/python tests/jobs/record_registry.py
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil

import deepatelier
from deepatelier.jobs import Job
from deepatelier.jobs.registry import TABLE


def found() -> dict[str, dict[str, str]]:
    """The rows of the table, by kind: of every job in the package that names its kind."""
    rows = {}
    for module in pkgutil.walk_packages(deepatelier.__path__, "deepatelier.", onerror=lambda _name: None):
        if module.name.startswith("deepatelier.cli"):  # which is made from the table
            continue
        for name, job in vars(importlib.import_module(module.name)).items():
            if not (inspect.isclass(job) and issubclass(job, Job) and "kind" in vars(job)):
                continue
            if job.__module__ == module.name:
                about = (job.__doc__ or "").splitlines()[0]
                rows[job.kind] = {"where": f"{job.__module__}:{name}", "about": about, "example": job.example}
    return dict(sorted(rows.items()))


def text() -> str:
    """The file's text."""
    return json.dumps(found(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
