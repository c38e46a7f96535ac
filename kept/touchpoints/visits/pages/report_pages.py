"""The reports of the dashboard, made of those there are (``visits_log/dimensions.py``): title, heading of
each column, and what to say about it, in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kept.sentences import sentence
from kept.touchpoints.visits.pages import labels
from kept.visits_log.dimensions import REPORTS, Report


@dataclass(frozen=True, slots=True)
class Sheet:
    """``name`` is its address, ``report`` the report's own name; ``line`` one line under the title; ``told``
    what must be known to read it.

    ``timed`` adds the minutes a page is read, ``effect`` the pages of a visit; ``complete``: every key there
    can be is listed.
    """

    name: str
    report: str
    title: str
    line: str
    key: str | Promise
    measure: str
    group: str
    says: labels.Says = labels.plain
    key2: str | Promise = ""
    linked: bool = False
    timed: bool = False
    effect: bool = False
    told: str = ""
    complete: bool = False
    empty: str = sentence("Nothing in these days.")

    @property
    def inside(self) -> str:
        """The title inside a sentence."""
        return labels.inside(self.title)

    @property
    def keys(self) -> str:
        """The heading of the first column."""
        return f"{self.key} → {labels.inside(self.key2)}" if self.key2 else str(self.key)

    @property
    def coded(self) -> bool:
        """Whether people read another word than the one that was counted."""
        return self.says is not labels.plain


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    line: str


GROUPS = (
    Group("reading", sentence("What is read"), sentence("And where people go from there")),
    Group(
        "coming", sentence("Where they come from"), sentence("What our communication and advertising bring")
    ),
    Group("using", sentence("What they looked for"), sentence("Downloads, searches, and what was not there")),
    Group("who", sentence("Who they are"), sentence("All visitors as a whole, never one")),
    Group("when", sentence("When"), sentence("By the clock of this site")),
)


def _sheet(report: Report) -> Sheet:
    """A report as the pages show it, in the reader's language."""
    between = report.shape == "way"
    return Sheet(
        name=report.address or report.name,
        report=report.name,
        title=sentence(report.title),
        line=_said(report.line),
        key=pgettext_lazy("page", "From") if between else sentence(report.key),
        key2=pgettext_lazy("page", "To") if between else "",
        measure=sentence(report.measure),
        group=report.group,
        says=getattr(labels, report.says),
        linked=report.linked,
        timed=report.timed,
        effect=report.effect,
        told=_said(report.told),
        complete=report.complete,
    )


def _said(text: str) -> str:
    return sentence(text) if text else ""


SHEETS = tuple(_sheet(report) for report in REPORTS.values() if report.group)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
