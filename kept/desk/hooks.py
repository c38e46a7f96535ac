"""Small scripts of the desk. What they do, a page does without them by loading it again."""

from __future__ import annotations

from kept.portal import page_hooks

page_hooks.script("desk/live.js", on=lambda request: request.path.startswith("/desk/cases/"))
