"""Which forms an API renders beside JSON, as its author declares it."""

from __future__ import annotations

from translayer.document.forms import NAMES, Form, form
from translayer.errors import DeclarationError


def forms(renderers: tuple[str, ...], media_types: tuple[str, ...]) -> tuple[Form, ...]:
    """The forms of those names, in their order; ``media_types`` are the templates of JSON beside them.

    Raises ``DeclarationError`` for a form that there is not, that is named twice, whose library is not installed, or
    whose name a media type of JSON has.
    """
    for at, name in enumerate(renderers):
        if name not in NAMES:
            listed = ", ".join(map(repr, NAMES))
            raise DeclarationError(f"renderers={renderers!r}: {name!r} is none of {listed}; JSON is rendered always")
        if name in renderers[:at]:
            raise DeclarationError(f"renderers={renderers!r}: {name!r} stands there twice")
        for template in media_types:
            if template.partition(";")[0].strip().lower().endswith(f"+{name}"):
                raise DeclarationError(
                    f"media_types={template!r} is of JSON: let it end in +json, and renderers={renderers!r} makes "
                    f"the type that ends in +{name} of it"
                )
    return tuple(map(_form, renderers))


def _form(name: str) -> Form:
    try:
        return form(name)
    except ModuleNotFoundError as error:
        raise DeclarationError(
            f"the renderer {name!r} needs {error.name}, which is not installed; "
            f"install it with the extra {name}, as in: pip install 'translayer[{name}]'"
        ) from error
