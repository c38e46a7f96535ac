"""Ways to support from other pages, by mail, and from another help desk."""

from __future__ import annotations

from kept.core.register.hooks.imports import import_kind
from kept.portal import page_hooks
from kept.portal.navigation import AT_HOME, AT_ME, AT_PRODUCT, bar_entry, offer
from kept.sentences import sentence
from kept.touchpoints.support.case_imports import command
from kept.touchpoints.support.cases import received_mail
from kept.touchpoints.support.phone_system import flows as phone_system

__all__ = ["phone_system", "received_mail"]

WITH_FILES = ("/support/new/", "/support/cases/")
page_hooks.script(
    "support/uploads.js",
    on=lambda request: request.path.startswith(WITH_FILES) and request.user.is_authenticated,
)
page_hooks.script("desk/live.js", on=lambda request: request.path.startswith("/desk/cases/"))
bar_entry(sentence("Support"), "/support/", order=40)
offer(AT_HOME, sentence("Get help with a product"), url="support-new")
offer(AT_PRODUCT, sentence("Get help with this product"), url="support-new")
offer(
    AT_ME,
    sentence("Your cases"),
    url="support",
    term=sentence("Asked"),
    note=sentence("With our answers, calls and files"),
)
import_kind("cases", help=command.HELP, arguments=command.arguments, run=command.run)
