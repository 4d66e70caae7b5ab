"""What every declaration must satisfy by itself, asked when an ``Api`` is made and answered in a sentence.

The arguments of ``Api``, as tables of what each takes; and today's schemas, where marshmallow can say more than JSON
and versions can carry. What follows from several declarations together is found where it is derived.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from string import Formatter
from typing import Any, Final, TypeVar

from marshmallow import fields
from marshmallow.exceptions import RegistryError

from translayer.errors import DeclarationError

from .deprecation import instant
from .rules import holds_objects
from .shape import Family, Leaf, Many, One, Resolve, Shape, Slot, Table, is_standard, slot_of

T = TypeVar("T")

_PREFIX: Final = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[\w.~!$&'()*+,;=:@-]+)*")
"""Segments of a path (RFC 3986, section 3.3) without escapes; none at all is a prefix too."""


def several(parameter: str, given: Any, kind: type[T]) -> tuple[T, ...]:
    """A list of one kind of thing, as a tuple."""
    if not isinstance(given, list | tuple):
        raise DeclarationError(f"{parameter} is a list of {kind.__name__}, not {given!r}")
    for item in given:
        if not isinstance(item, kind):
            raise DeclarationError(f"{parameter} takes {kind.__name__}, not {item!r}")
    return tuple(given)


def folder(parameter: str, given: Any) -> Path | None:
    """The path of a folder, which need not be there; ``None`` where none is given."""
    if given is None:
        return None
    if not isinstance(given, str | PathLike) or not os.fspath(given) or not isinstance(os.fspath(given), str):
        raise DeclarationError(f"{parameter} is the path of a folder, as in {parameter}='schemas', not {given!r}")
    return Path(given)


def check_choices(choices: Mapping[str, tuple[Any, ...]], chosen: Mapping[str, Any]) -> None:
    """Every parameter has one of the values that it may have."""
    for parameter, allowed in choices.items():
        if not any(chosen[parameter] is value or chosen[parameter] == value for value in allowed):
            listed = ", ".join(map(repr, allowed))
            raise DeclarationError(f"{parameter}={chosen[parameter]!r} is none of {listed}")


def check_vendor(vendor: Any) -> None:
    """A vendor is part of a media type's name (RFC 6838, section 4.2)."""
    if not isinstance(vendor, str) or not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", vendor):
        raise DeclarationError(f"the vendor {vendor!r} stands in media types: letters, digits, dots and hyphens")


def check_prefix(prefix: Any) -> None:
    """A prefix is the plain beginning of a path."""
    if not isinstance(prefix, str) or not is_prefix(prefix):
        raise DeclarationError(f"the prefix {prefix!r} must be empty or like '/api': a leading slash, none at the end")


def check_templates(templates: tuple[str, ...]) -> None:
    """Media-type templates name the version, and nothing that translayer does not know."""
    for template in templates:
        names = _names("media_types", template)
        if "version" not in names or names - {"vendor", "version", "resource"}:
            raise DeclarationError(
                f"media_types={template!r}: a template has {{version}} in it, and may have {{vendor}} and {{resource}}"
            )


def is_prefix(text: str) -> bool:
    """Whether a text is the plain beginning of a path."""
    return _PREFIX.fullmatch(text) is not None


def check_error_docs(link: Any) -> None:
    """The link to a code's documentation is a URL with the code in it; it goes into a header."""
    if link is None:
        return
    if not isinstance(link, str) or re.search(r"[\s<>\"]", link) or _names("error_docs", link) != {"code"}:
        raise DeclarationError(f"error_docs={link!r} must be a URL with {{code}} in it, as '/docs/errors#{{code}}'")


def check_functions(clock: Any, consumer: Any, extractors: Any) -> None:
    """What the author's functions must be that are asked while requests are served."""
    if not callable(clock):
        raise DeclarationError(f"clock is a function that tells the time, not {clock!r}")
    instant(clock(), "clock()")
    if consumer is not None and not callable(consumer):
        raise DeclarationError(f"consumer is a function of a request that returns a Consumer, not {consumer!r}")
    for extractor in several("app_errors", extractors, object):
        if not callable(extractor):
            raise DeclarationError(f"app_errors takes functions of a status and a body, not {extractor!r}")


def _names(parameter: str, template: str) -> set[str]:
    """The names in a format string."""
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise DeclarationError(f"{parameter}={template!r} cannot be filled in: {error}") from error


def check_families(all_families: Iterable[Family], shape: Callable[[Family, int], Shape], versions: int) -> None:
    """The schemas of every version say nothing that could not be kept."""
    seen: set[int] = set()
    for family in all_families:
        _check_names(family, shape(family, 0))
        _check_hooks(family)
        for position in range(versions):
            _check_shape(shape(family, position), partial(_resolved, shape=shape, position=position), seen)


def names_within(shape: Shape) -> set[str]:
    """Every field name in a shape, also of the objects that stand at one place of it alone."""
    names = set(shape.slots)
    for slot in shape.slots.values():
        while isinstance(slot, Many | Table):
            slot = slot.inner
        if isinstance(slot, One) and isinstance(slot.target, Shape):
            names |= names_within(slot.target)
    return names


def _check_hooks(family: Family) -> None:
    """What an author does when marshmallow dumps would be left out without a word: nothing is dumped here."""
    hooks = family.instance()._hooks
    if any(hooks[when] for when in ("pre_dump", "post_dump")):
        raise DeclarationError(
            f"{family.schema.__name__} has a @pre_dump or @post_dump hook, which never runs here, since JSON is not "
            f"dumped again: say it with fields.Function, or with a field of your own"
        )


def _resolved(target: Family | Shape, shape: Callable[[Family, int], Shape], position: int) -> Shape:
    return target if isinstance(target, Shape) else shape(target, position)


def _check_names(family: Family, shape: Shape) -> None:
    """marshmallow lets one name read one field and write another; a document has one field per name."""
    declared = family.instance().fields
    if len(shape.slots) < len(declared):
        names = [field.data_key or name for name, field in declared.items()]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise DeclarationError(
            f"{shape.name} has several fields called {', '.join(twice)} outside: one field reads and writes a name; "
            f"where reading and writing differ, fields.Method or fields.Function does both"
        )


def _check_shape(shape: Shape, resolve: Resolve, seen: set[int]) -> None:
    for name, slot in shape.slots.items():
        if id(slot) not in seen:
            seen.add(id(slot))
            _check_slot(f"{shape.name}.{name}", slot, resolve, seen)


def _check_slot(where: str, slot: Slot, resolve: Resolve, seen: set[int]) -> None:
    if not isinstance(slot, Leaf) and not is_standard(slot.field, "_deserialize"):
        raise DeclarationError(
            f"{where} is a container that reads in its own way and writes in marshmallow's: override _serialize too, "
            f"so that it is a field of your own as a whole, or neither"
        )
    match slot:
        case One():
            _check_nested(where, slot)
            if isinstance(slot.target, Shape):
                _check_shape(slot.target, resolve, seen)
        case Many():
            _check_key(where, slot, resolve)
            _check_slot(where, slot.inner, resolve, seen)
        case Table():
            _check_slot(where, slot.inner, resolve, seen)
        case _:
            _check_leaf(where, slot.field)


def _check_nested(where: str, slot: One) -> None:
    if isinstance(slot.field, fields.Nested) and slot.field.schema.partial:
        raise DeclarationError(
            f"{where} nests a schema with partial=, which versions cannot carry: declare optional fields"
        )


def _check_key(where: str, slot: Many, resolve: Resolve) -> None:
    """Elements are recognised by a field of theirs that clients see."""
    if slot.key is None:
        return
    shape = resolve(slot.inner.target) if isinstance(slot.inner, One) else None
    key = shape.slots.get(slot.key) if shape is not None else None
    if not isinstance(key, Leaf) or key.write_only:
        raise DeclarationError(
            f"{where} recognises its elements by {slot.key!r}: that must be the name of a plain field of theirs "
            f"that clients see, not load_only"
        )


def _check_leaf(where: str, field: fields.Field[Any]) -> None:
    if isinstance(field, fields.Method) and field.parent is None:
        raise DeclarationError(f"{where} is a fields.Method outside of a schema, whose methods? Use fields.Function")
    if isinstance(field, fields.Pluck) and not _is_plucked(_plucked(where, field)):
        raise DeclarationError(f"{where} plucks {field.field_name!r}, which is no plain field: nest the schema instead")
    if isinstance(field, fields.Tuple) and not all(map(_is_plain, field.tuple_fields)):
        raise DeclarationError(f"{where} is a tuple of more than plain fields: nest a schema that names them instead")


def _plucked(where: str, field: fields.Pluck) -> fields.Field[Any]:
    try:
        return field.schema.fields[field.field_name]
    except (RegistryError, ValueError) as error:
        raise DeclarationError(f"{where} plucks {field.field_name!r} where there is none: {error}") from error


def _is_plucked(field: fields.Field[Any]) -> bool:
    return isinstance(slot_of(field), Leaf) or _is_plain(field)


def _is_plain(field: fields.Field[Any]) -> bool:
    """Whether a field takes values as they are, with no schema or function of the author's inside."""
    slot = slot_of(field)
    if isinstance(slot, Many | Table):
        return not holds_objects(slot) and _is_plain(slot.inner.field)
    computes = isinstance(field, fields.Method | fields.Function | fields.Pluck | fields.Constant)
    standard = is_standard(field, "_serialize") and is_standard(field, "_deserialize")
    return isinstance(slot, Leaf) and standard and not computes
