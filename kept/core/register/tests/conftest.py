"""A register with a policy beside it that can be edited: ``edited`` gives the default folder with one text
replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings

from kept.core.policy.loader import from_files, load
from kept.core.policy.model import Policy

Edit = Callable[..., Policy]


@pytest.fixture(scope="session")
def folder() -> Policy:
    return load(settings.KEPT_POLICY)


@pytest.fixture
def edited(folder: Policy) -> Edit:
    """edited("cookies.toml", pattern, replacement): the folder's policy with a pattern replaced, once at
    least.
    """

    def edit(file: str, pattern: str, replacement: str) -> Policy:
        text, times = re.subn(pattern, replacement, folder.files[file], flags=re.MULTILINE | re.DOTALL)
        assert times, f"{pattern} is not in {file}"
        return from_files({**folder.files, file: text})

    return edit


@pytest.fixture
def without_purpose(folder: Policy) -> Callable[[str], Policy]:
    """The folder's policy without one purpose: its table, its tag in the wording, and the cookies set for
    it.
    """

    def take_out(purpose: str) -> Policy:
        files = dict(folder.files)
        files["purposes.toml"] = re.sub(
            rf"^\[{purpose}\]\n.*?(?=^\[|\Z)", "", files["purposes.toml"], flags=re.MULTILINE | re.DOTALL
        )
        cookie = rf"^\[[a-z-]+\]\n(?:(?!^\[).)*?^purpose = \"{purpose}\"\n.*?(?=^\[|\Z)"
        files["cookies.toml"] = re.sub(cookie, "", files["cookies.toml"], flags=re.MULTILINE | re.DOTALL)
        for name in files:
            if name.startswith("text/"):
                files[name] = re.sub(
                    rf"^(\{{.*purposes:.*?)(?:, )?\b{purpose}\b(?!-)", r"\1", files[name], flags=re.MULTILINE
                )
                files[name] = re.sub(r"purposes: *,? *(?=[;}])", "", files[name])
                files[name] = (
                    files[name].replace("purposes: , ", "purposes: ").replace("; }", "}").replace("{}\n", "")
                )
        return from_files(files)

    return take_out
