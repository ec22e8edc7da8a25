"""The files of a spec as pages to change: which thing stands where, and changes that are done whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from amoconf.errors import Problem, SpecError, Where
from amoconf.spec.editpage import Page, Path
from amoconf.spec.edittree import Unwritable, paths, tree
from amoconf.spec.merge import merge
from amoconf.spec.node import Node
from amoconf.spec.variables import fill_in
from amoconf.spec.yamlfile import scan
from amoconf.tongue import tr


class Book:
    """The pages by the names that places have, the main file first."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.pages = {name: Page(name, text) for name, text in texts.items()}
        self.index = {
            Where(name, entry.key.line, entry.key.column): (page, path)
            for name, page in self.pages.items()
            for path, entry in paths(page.root)
        }

    def place(self, where: Where | None) -> tuple[Page, Path]:
        """Where a thing stands, by the place that it had when the book was opened."""
        found = self.index.get(where) if where is not None else None
        if found is None:
            raise Unwritable(tr("its place in the file was not found: change it by hand"), where)
        return found

    def holder(self, path: Path) -> Page:
        """The page that holds the most of a path; of several, the last one."""
        return max(
            self.pages.values(), key=lambda page: (page.depth(path), list(self.pages).index(page.name))
        )

    @contextmanager
    def whole(self) -> Iterator[None]:
        """What is done inside is taken back where it fails."""
        before = self.state
        try:
            yield
        except Unwritable:
            self.state = before
            raise

    @property
    def state(self) -> Mapping[str, str]:
        """The texts as they are now."""
        return {name: page.text for name, page in self.pages.items()}

    @state.setter
    def state(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            page = self.pages[name]
            if page.text != text:
                page.text, page.root = text, tree(text)

    @property
    def changed(self) -> dict[str, str]:
        """The files that differ from what was read, whole."""
        return {name: page.made for name, page in self.pages.items() if page.made != self.texts[name]}

    def root(self, environment: Mapping[str, str]) -> Node:
        """The spec as its files would be read now. SpecError where they could not be."""
        problems: list[Problem] = []
        roots = []
        for name, page in self.pages.items():
            node, wrong = scan(page.text, name)
            problems += wrong
            if node is not None and isinstance(node.value, dict):
                values = {key: child for key, child in node.value.items() if key != "include"}
                roots.append(Node(values, node.where, keys=node.keys))
        joined, twice = merge(roots)
        filled, unfilled = fill_in(joined, environment)
        if problems or twice or unfilled:
            raise SpecError([*problems, *twice, *unfilled])
        return filled
