"""Putting one JSON document over another: JSON Merge Patch, and how one Thing Model extends another."""

from __future__ import annotations

from typing import Any

from wot.td.node import Json, is_object


def merge_patch(target: Any, patch: Any) -> Any:
    """`target` changed by `patch` as RFC 7396 says: null removes. New objects; both stay as they are."""
    if not is_object(patch):
        return patch
    out = dict(target) if is_object(target) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = merge_patch(out.get(name), value)
    return out


def overlay(parent: Any, child: Any) -> Any:
    """What a model inherits, with its own definitions over it (TD 1.1 section 9.3.2).

    A merge patch wherever there is something to patch. What the child adds is taken as it is, because a null in
    there is a value (`"const": null`) and removes nothing.
    """
    if not is_object(parent) or not is_object(child):
        return child
    out = dict(parent)
    for name, value in child.items():
        if value is None:
            out.pop(name, None)
        elif name in out:
            out[name] = overlay(out[name], value)
        else:
            out[name] = value
    return out


def removed(model: Any, within: bool = False) -> Json:
    """The nulls of a model beside or below a `tm:ref`, as a patch: the definition referred to forgets them.

    They are for whatever is inherited at the same place, too.
    """
    out: Json = {}
    if not is_object(model):
        return out
    within = within or isinstance(model.get("tm:ref"), str)
    for name, value in model.items():
        if value is None and within:
            out[name] = None
        elif is_object(value) and (inner := removed(value, within)):
            out[name] = inner
    return out


def without(target: Any, nulls: Json) -> Any:
    """`target` without what a patch of nulls takes out; what is not there stays so."""
    if not nulls or not is_object(target):
        return target
    out = dict(target)
    for name, value in nulls.items():
        if value is None:
            out.pop(name, None)
        elif name in out:
            out[name] = without(out[name], value)
    return out
