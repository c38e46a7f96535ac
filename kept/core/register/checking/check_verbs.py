"""Verbs without a way in: public methods of models and their managers that no code outside of tests ever
calls.

A model that knows how something ends, and nobody who can say so, is a promise that cannot be kept: the unit
that cannot be sold, the member of staff who stays for ever. Read from the program's own files; the database
is not asked.

A verb is reached when code that is no model's calls it, or a template shows it, or another verb that is
reached calls it. A call counts by its name, in a module that imports something of the model's package:
``member.leave()`` in a file that knows nothing of staff does not let a member of staff go.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kept.core.register.checking.findings import Finding

KEPT = Path(__file__).resolve().parents[3]
LEFT_OUT = {"tests", "migrations", "testing.py", "demo.py", "crowd.py"}
"""Neither a test nor the story of the demo company is a way in."""
MODELS = re.compile(r"(Model|Manager|QuerySet|AbstractBaseUser|Subject)$")
# What a look at the text shows before a file is taken apart: a class that may be a model's, and attributes.
_CLASSES = re.compile(r"^[ \t]*class\s+\w+\s*\((.*?)\)\s*:", re.MULTILINE | re.DOTALL)
_OF_MODELS = re.compile(r"(Model|Manager|QuerySet|AbstractBaseUser|Subject)\b")
_ATTRIBUTES = re.compile(r"\.\s*(\w+)")
FRAMEWORK = frozenset(
    {
        "save",
        "delete",
        "update",
        "clean",
        "clean_fields",
        "check",
        "from_db",
        "refresh_from_db",
        "get_queryset",
        "get_absolute_url",
        "bulk_create",
        "bulk_update",
        "iterator",
        "deconstruct",
        "get_by_natural_key",
        "natural_key",
        "create_user",
        "set_password",
        "check_password",
    }
)
"""Names that Django and the sign-in library call themselves."""
EXCEPTIONS: Mapping[str, str] = {}
"""A verb that only something outside of this tree calls, as "Class.verb", and by whom. Kept tiny."""


@dataclass(frozen=True, slots=True)
class Verb:
    module: str
    model: str
    name: str
    line: int

    @property
    def said(self) -> str:
        return f"{self.model}.{self.name}"


@dataclass(slots=True)
class Source:
    """One file: the packages it knows, the names it uses outside of models, and those each verb of a model in
    it uses.
    """

    package: str
    knows: set[str]
    verbs: list[Verb] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    inside: dict[tuple[str, str], set[str]] = field(default_factory=dict)


def unreached(root: Path = KEPT) -> list[Verb]:
    """Every verb that nothing reaches, in the order of files and lines."""
    texts = {path: path.read_text(encoding="utf-8") for path in _files(root)}
    sources = [
        _read(path, root, text)
        for path, text in texts.items()
        if _may_have_models(text) or path.name == "personal.py"
    ]
    shown = _shown(root)
    waiting = [verb for source in sources for verb in source.verbs if verb.said not in EXCEPTIONS]
    callers = _Callers(texts, root, {verb.name for verb in waiting})
    reached = {verb for verb in waiting if verb.name in shown or callers.call(verb)}
    while True:
        used = list(_used(sources, reached))
        more = {verb for verb in waiting if verb not in reached and _calls(verb, used)}
        if not more:
            return [verb for verb in waiting if verb not in reached]
        reached |= more


class _Callers:
    """The files outside of models. Most of them show in their text that they name no verb, and of the others
    one is enough for each: a file is taken apart when it may decide, and once.
    """

    def __init__(self, texts: Mapping[Path, str], root: Path, names: set[str]) -> None:
        self.texts, self.root = texts, root
        self.by_name: dict[str, list[Path]] = {}
        for path, text in texts.items():
            for name in names.intersection(_ATTRIBUTES.findall(text)):
                self.by_name.setdefault(name, []).append(path)
        self.read: dict[Path, tuple[set[str], set[str]]] = {}

    def call(self, verb: Verb) -> bool:
        # Whoever imports of a package writes its name.
        package = _package(verb.module)
        name = package.rpartition(".")[2]
        may = [
            path
            for path in self.by_name.get(verb.name, ())
            if name in self.texts[path] or _package(_module(path, self.root)) == package
        ]
        may.sort(key=lambda path: path not in self.read)
        return any(_calls(verb, [self._used(path)]) for path in may)

    def _used(self, path: Path) -> tuple[set[str], set[str]]:
        if path not in self.read:
            source = _read(path, self.root, self.texts[path])
            self.read[path] = source.knows, source.outside
        return self.read[path]


def _may_have_models(text: str) -> bool:
    return any(map(_OF_MODELS.search, _CLASSES.findall(text)))


def findings(root: Path = KEPT) -> Iterator[Finding]:
    for verb in unreached(root):
        place = verb.module.removeprefix("kept.").replace(".", "/") + f".py:{verb.line}"
        yield Finding(
            "kept.E024",
            f"{verb.said} is a verb nobody can call: nothing but tests reaches it ({place}).",
            "Give it a way in, a page or a command; or take it out.",
        )


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*.py")):
        if not LEFT_OUT & set(path.relative_to(root).parts):
            yield path


def _package(module: str) -> str:
    """The room a module belongs to: kept.people, kept.core.vault, kept.touchpoints.registrations."""
    parts = module.split(".")
    deep = 3 if len(parts) > 2 and parts[1] in {"core", "touchpoints"} else 2
    return ".".join(parts[:deep])


def _module(path: Path, root: Path) -> str:
    return ".".join(("kept", *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")


def _read(path: Path, root: Path, text: str) -> Source:
    module = _module(path, root)
    nodes = list(ast.walk(ast.parse(text)))
    source = Source(_package(module), {_package(module)})
    source.knows |= {_package(name) for node in nodes for name in _imported(node)}
    of_models: list[ast.AST] = []
    for model in [node for node in nodes if isinstance(node, ast.ClassDef) and _is_model(node)]:
        for node in model.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = list(ast.walk(node))
                of_models += inner
                source.inside[model.name, node.name] = _names(inner) - {node.name}
                if _is_verb(node):
                    source.verbs.append(Verb(module, model.name, node.name, node.lineno))
    apart = set(map(id, of_models))
    # A declaration names a verb by its word: register.erases(Request, "forget").
    source.outside = _names(
        (node for node in nodes if id(node) not in apart), words=path.name == "personal.py"
    )
    return source


def _is_model(node: ast.ClassDef) -> bool:
    return any(
        MODELS.search(ast.unparse(base).split("[")[0].split(".")[-1].strip('"')) for base in node.bases
    )


def _is_verb(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    property_ = any("property" in ast.unparse(each) for each in node.decorator_list)
    return not node.name.startswith("_") and node.name not in FRAMEWORK and not property_


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kept"):
        yield from (f"{node.module}.{each.name}" for each in node.names)
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names if each.name.startswith("kept"))


def _names(nodes: Iterable[ast.AST], *, words: bool = False) -> set[str]:
    """What is called or handed on: attributes; with ``words`` also what stands alone as a text."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif words and isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def _shown(root: Path) -> set[str]:
    """Names that templates read of something: ``{% if made.undoable %}``."""
    templates = (
        path.read_text(encoding="utf-8")
        for ending in ("html", "txt")
        for path in root.rglob(f"templates/**/*.{ending}")
    )
    return {
        name
        for text in templates
        for tag in re.findall(r"\{[{%](.*?)[}%]\}", text, re.DOTALL)
        for name in re.findall(r"\.([a-z_]+)", tag)
    }


def _used(sources: list[Source], reached: set[Verb]) -> Iterator[tuple[set[str], set[str]]]:
    """(packages known, names used) of all code that runs: outside of models, and in what is no public verb or
    is reached.
    """
    names_of = {(verb.module, verb.model, verb.name) for verb in reached}
    for source in sources:
        public = {(verb.model, verb.name): verb for verb in source.verbs}
        names = set(source.outside)
        for key, inside in source.inside.items():
            verb = public.get(key)
            if verb is None or (verb.module, verb.model, verb.name) in names_of:
                names |= inside
        yield source.knows, names


def _calls(verb: Verb, used: list[tuple[set[str], set[str]]]) -> bool:
    package = _package(verb.module)
    return any(package in knows and verb.name in names for knows, names in used)
