"""Classification of a forward pass's calls into the kinds of a drawing."""

from __future__ import annotations

from torch import nn

from deepatelier.features import Call

__all__ = ["arranges", "details_of", "follows", "kind_of", "mark_of"]

_ARRANGING = ("InputNormalization", "Identity", "Dropout", "DropPath", "Flatten", "Pad")
_MARKS = {"BatchNorm": "BN", "LocalResponseNorm": "LRN", "LayerNorm": "LN", "GroupNorm": "GN", "ScaledTanh": "tanh"}


def arranges(call: Call) -> bool:
    """Return whether it has no effect in evaluation mode that a drawing would show."""
    return any(part in type(call.module).__name__ for part in _ARRANGING)


def follows(call: Call) -> bool:
    """Return whether it is a normalisation, an activation or has no effect: it gets no block of its own."""
    name, module = type(call.module).__name__, call.module
    if arranges(call) or "Norm" in name or type(module).__module__ == nn.ReLU.__module__:
        return True
    same = len(call.inputs) == 1 and call.inputs[0] == call.output
    if "Pool" in name:
        return same and "Adaptive" in name
    return same and not any(True for _ in module.parameters()) and call.path.startswith("network")


def mark_of(call: Call) -> str:
    """Return the detail by which a block mentions what follows it; empty for rearrangements of the data."""
    name = type(call.module).__name__
    if arranges(call) or "Pool" in name:
        return ""
    return next((mark for part, mark in _MARKS.items() if part in name), name)


def kind_of(call: Call) -> str:
    """Return the kind of its `Block`."""
    gate, name = call.path.partition(".")[0], type(call.module).__name__
    if gate != "network":
        return "join" if gate == "joins" else "pooling"
    if "Conv" in name:
        return "convolution"
    if "Pool" in name or "Subsampling" in name:
        return "pooling"
    return "dense" if len(call.output) == 2 and any(True for _ in call.module.parameters()) else "other"


def details_of(call: Call) -> tuple[str, ...]:
    """Return details as ``3×3 /2``, ``max 3×3 /2``, ``5×5 depthwise``; the class of a module without kernel."""
    module, name = call.module, type(call.module).__name__
    gate, _, sign = call.path.partition(".")
    if gate != "network":
        return (sign,) if gate == "poolings" else ("concatenated",) if sign == "[ ]" else ()
    how = ["max" if "Max" in name else "mean"] if "Pool" in name else []
    size, stride = getattr(module, "kernel_size", None), getattr(module, "stride", 1)
    if size is None:
        return tuple(how) if how or isinstance(module, nn.Linear) else (name,)
    sides = size if isinstance(size, tuple) else (size,) * (len(call.output) - 2)
    how.append("×".join(map(str, sides)))
    step = max(stride) if isinstance(stride, tuple) else stride
    how += [f"/{step}"] if step > 1 else []
    groups = getattr(module, "groups", 1)
    if groups > 1:
        how.append("depthwise" if groups == getattr(module, "in_channels", 0) else f"in {groups} groups")
    return (" ".join(how),)
