"""Reading a spec from its files: the main file, what it includes, and its variables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from amoconf.errors import Problem, SpecError, Where
from amoconf.spec.characters import LARGEST_FILE
from amoconf.spec.includes import included
from amoconf.spec.merge import merge
from amoconf.spec.node import Node, secrets_in
from amoconf.spec.overlay import Overlay, laid
from amoconf.spec.variables import fill_in
from amoconf.spec.yamlfile import scan
from amoconf.tongue import tr


@dataclass(frozen=True)
class Document:
    """A whole spec, its files joined and its variables filled in.

    `root` is a map without `include` and `variables`. `files` are the names used in places, the main file
    first. `revision` is a SHA-256 over what the files hold, in this order. `missing_secrets` are named in
    the spec and have no value yet. `whole` is false where a file could not be read at all.
    """

    root: Node
    files: tuple[str, ...]
    revision: str
    missing_secrets: tuple[str, ...]
    whole: bool = True


def read(path: Path, *, environment: Mapping[str, str], secrets: Mapping[str, str]) -> Document:
    """The spec that begins in `path`. Raises SpecError with every problem, in the order of the files."""
    document, problems = survey(path, environment=environment, secrets=secrets)
    if document is None or problems:
        raise SpecError(problems)
    return document


def survey(
    path: Path,
    *,
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    overlay: Overlay | None = None,
) -> tuple[Document | None, tuple[Problem, ...]]:
    """As `read`, but a spec with problems is returned beside them as far as it can be used, if it can.

    Only the main file includes others, so there are no chains; an `include` elsewhere is a problem.
    overlay: what an account of a fleet has of its own, laid over the files before variables are filled in.
    """
    files = _Files()
    main = files.read(path)
    if main is not None:
        for link, where in included(main, path, files.problems):
            files.read(link, where)
    if not files.roots:
        return None, files.sorted_problems()
    joined, twice = merge(files.roots)
    if overlay is not None:
        own = files.read(overlay.file, overlay.where) if overlay.file is not None else None
        joined, refused = laid(joined, own, overlay)
        twice += refused
    root, unfilled = fill_in(joined, environment)
    files.problems += [*twice, *unfilled]
    needed = dict.fromkeys(name for name, _ in secrets_in(root))
    missing = tuple(name for name in needed if name not in secrets)
    whole = len(files.roots) == len(files.names)
    return Document(root, tuple(files.names), files.revision(), missing, whole), files.sorted_problems()


class _Files:
    """The files read so far, with their roots and problems."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.roots: list[Node] = []
        self.problems: list[Problem] = []
        self._digests: list[bytes] = []

    def read(self, path: Path, asked: Where | None = None) -> Node | None:
        """The root of one file, if it is a map. `asked` is where the main file includes it."""
        name = path.as_posix()
        self.names.append(name)
        content = _content(path, asked or Where(name))
        if isinstance(content, Problem):
            self.problems.append(content)
            return None
        self._digests.append(sha256(content).digest())
        node, problems = scan(content, name)
        self.problems += problems
        if node is None or node.value is None:
            return None
        return self._root(node, asked is None)

    def _root(self, node: Node, main: bool) -> Node | None:
        if not isinstance(node.value, dict):
            todo = tr("Begin with keys such as `pipelines:`.")
            self.problems.append(
                Problem(tr("A spec is a map, and this is {form}.", form=node.form), todo, node.where)
            )
            return None
        if not main and "include" in node.value:
            todo = tr("Move it to the main file.")
            self.problems.append(
                Problem(tr("Only the main file includes others."), todo, node.keys["include"])
            )
        values = {key: child for key, child in node.value.items() if key != "include"}
        self.roots.append(replace(node, value=values))
        return node

    def revision(self) -> str:
        """One digest of all files; the boundaries between them count."""
        return sha256(b"".join(self._digests)).hexdigest()

    def sorted_problems(self) -> tuple[Problem, ...]:
        """The problems in the order of the files, each file's from top to bottom."""
        order = {name: index for index, name in enumerate(self.names)}
        return tuple(sorted(self.problems, key=lambda problem: _rank(problem.where, order)))


def _rank(where: Where | None, order: Mapping[str, int]) -> tuple[int, int, int]:
    return (order.get(where.file, -1), where.line, where.column) if where else (-1, 0, 0)


def _content(path: Path, where: Where) -> bytes | Problem:
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Problem(tr("There is no file {name}.", name=name), tr("Check the path."), where)
    except IsADirectoryError:
        return Problem(tr("{name} is a folder.", name=name), tr("Name a file."), where)
    except OSError as error:
        return Problem(
            tr("{name} cannot be read: {strerror}.", name=name, strerror=error.strerror),
            tr("Check its permissions."),
            where,
        )
