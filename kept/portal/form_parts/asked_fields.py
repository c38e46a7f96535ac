"""What a form may ask: each field names what it asks for and why (``personal``), or why that is nobody's
(``nobody``).

A field that does neither is refused where it is drawn, by whatever draws it: an error while developing and
testing; in front of people, a sentence in place of the question, which the walk through the portal finds.
What stands in a form class is found by ``kept check`` before anything starts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.urls import get_resolver
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kept.core.register.checking.check import also
from kept.core.register.checking.findings import Finding
from kept.portal.form_parts import selects

MARK = "data-undeclared"
LEFT_OUT = _(
    "This question was left out, because nothing says what it is asked for. Please tell us: the form waits"
    " until it is mended."
)
DRAWN: ContextVar[set[str] | None] = ContextVar("the names of fields drawn with a declaration", default=None)
"""Set by whoever wants to compare the controls of a page with what was declared."""

SERVING: ContextVar[bool] = ContextVar("a request is being answered", default=False)
"""Set around every request. What is drawn outside of one is seen by nobody, and asks nobody."""

log = logging.getLogger("kept.asked")


class UndeclaredField(Exception):
    """A form asks for something, and nothing says what it is or what for."""


def personal(form: BaseForm | type[BaseForm]) -> Mapping[str, tuple[str, str]]:
    """name → (field id or category, purpose), of a form and of the classes it is made of."""
    return _merged(form, "personal")


def nobody(form: BaseForm | type[BaseForm]) -> Mapping[str, str]:
    """name → why the answer is nobody's, or already asked for by a field beside it.

    A name may end in ``*``.
    """
    return _merged(form, "nobody")


def _merged(form: BaseForm | type[BaseForm], name: str) -> dict[str, Any]:
    kind = form if isinstance(form, type) else type(form)
    found: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        said = each.__dict__.get(name)
        found |= said if isinstance(said, Mapping) else {}
    own = getattr(form, name, None)
    return found | dict(own) if isinstance(own, Mapping) else found


def is_declared(bound: BoundField) -> bool:
    """A hidden field asks nobody anything."""
    if bound.is_hidden or bound.name in personal(bound.form):
        return True
    return any(fnmatchcase(bound.name, name) for name in nobody(bound.form))


def admit(bound: BoundField) -> SafeString | None:
    """None for a field that may be drawn; else what stands in its place.

    Raises UndeclaredField while developing and testing.
    """
    if is_declared(bound) or not SERVING.get():
        drawn = DRAWN.get()
        if drawn is not None:
            # A date is one question in three boxes, each with a name of its own.
            drawn |= {
                f"{bound.html_name}{part}" for part in ("", *getattr(bound.field.widget, "widgets_names", ()))
            }
        return None
    place = f"{type(bound.form).__module__}.{type(bound.form).__qualname__}.{bound.name}"
    if settings.UNDECLARED_FIELDS_RAISE:
        raise UndeclaredField(
            f"{place} asks for something nobody declared. Name it in the form’s personal, or in nobody with"
            " the reason."
        )
    log.error("A question was left out of a page: %s names neither what it asks for nor why.", place)
    return format_html('<span class="wrong" {}>{}</span>', SafeString(MARK), LEFT_OUT)


class AskedField(BoundField):
    """Every field of every form, ours or a library's, as it is drawn."""

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        return admit(self) or super().as_widget(widget, attrs, only_initial)


class Renderer(TemplatesSetting):
    """Django's FORM_RENDERER: our own templates, and no field that nobody declared."""

    bound_field_class = AskedField

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name == selects.TEMPLATE and selects.drawable(context["widget"]):
            return selects.select(context["widget"])
        return SafeString(super().render(template_name, context, request))


@also
def undeclared() -> Iterator[Finding]:
    """Fields that stand in a form class of ours, and name neither.

    Every room's views are loaded first, and their forms with them.
    """
    _ = get_resolver().url_patterns
    for path in (*settings.ACCOUNT_FORMS.values(), *settings.MFA_FORMS.values()):
        # The libraries load these when they are first asked for.
        import_string(path)
    for form in sorted(set(_forms(BaseForm)), key=lambda one: (one.__module__, one.__qualname__)):
        if any(True for _ in _forms(form)):
            # Others are made of it, and are asked themselves.
            continue
        known = {**personal(form), **nobody(form)}
        for name, field in getattr(form, "base_fields", {}).items():
            if name not in known and not field.widget.is_hidden:
                yield Finding(
                    "kept.E025",
                    f"{form.__module__.removeprefix('kept.')}.{form.__qualname__} asks for {name}, and"
                    " nothing says what that is.",
                    "Name its kind of data and purpose in the form's personal, or in nobody with the reason.",
                )


def _forms(kind: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for form in kind.__subclasses__():
        if form.__module__.startswith("kept.") and ".tests." not in form.__module__:
            yield form
        yield from _forms(form)
