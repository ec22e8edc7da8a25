"""Who may import whom, what may be named where, how long things may be: the house rules as tests."""

import ast
import re
import statistics
from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "amoconf"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

# Lower layers know nothing of higher ones. Within a layer modules may use one another only where SIDEWAYS says so.
LAYERS: list[set[str]] = [
    {
        "tongue",
        "digits",
        "memory",
        "errors",
        "values",
        "shape",
        "codecs",
        "model",
        "changes",
        "kind",
        "recipe",
        "touch",
    },
    {"kinds"},
    {"schema", "schemawords", "sections", "api"},
    {
        *("spec", "live", "records", "match", "diff", "sequence", "steporder", "lock", "lookalikes"),
        *("folding", "likeness", "spellings", "readings", "wiretext", "converting"),
    },
    {
        *("docs", "outputs", "plan", "compare", "brakes", "policy", "mends", "contradictions", "attest"),
        *("takenover", "facts", "years"),
    },
    {
        *("apply", "bodies", "outcome", "stagework", "survey", "carry", "planfile"),
        *("recordpart", "recordwork", "recordwrites", "keeping"),
        *(
            "sending",
            "guard",
            "journal",
            "cells",
            "clearing",
            "convert",
            "converted",
            "study",
            "contents",
            "incoming",
            "lacking",
            "agreed",
            "unfilled",
            "awaited",
            "owing",
            "weighing",
            "throttle",
        ),
        *("givenback", "overwritten", "restoring"),
        *("snapshot", "meantime", "revisit", "standing", "wayback", "undoing"),
        *("audit", "impact", "kpi", "since"),
    },
    {"report", "fleet", "history", "metrics"},
    {"notify"},
    {"cli", "__main__"},
]
SIDEWAYS = {
    ("errors", "tongue"),
    ("digits", "tongue"),
    ("values", "tongue"),
    ("model", "tongue"),
    ("codecs", "tongue"),
    ("kind", "tongue"),
    ("changes", "tongue"),
    ("touch", "tongue"),
    ("shape", "tongue"),
    ("values", "errors"),
    ("model", "errors"),
    ("model", "values"),
    ("recipe", "values"),
    ("changes", "model"),
    ("changes", "values"),
    ("kind", "changes"),
    ("kind", "model"),
    ("kind", "values"),
    ("kind", "touch"),
    ("kind", "codecs"),
    ("codecs", "values"),
    ("codecs", "shape"),
    ("schema", "schemawords"),
    ("schema", "sections"),
    ("records", "live"),
    ("diff", "sequence"),
    ("match", "lookalikes"),
    ("folding", "spec"),
    ("likeness", "folding"),
    ("spellings", "folding"),
    ("spellings", "likeness"),
    ("wiretext", "readings"),
    ("converting", "readings"),
    ("converting", "wiretext"),
    ("plan", "brakes"),
    ("brakes", "policy"),
    ("mends", "policy"),
    ("contradictions", "policy"),
    ("apply", "bodies"),
    ("apply", "outcome"),
    ("apply", "stagework"),
    ("apply", "sending"),
    ("journal", "planfile"),
    ("stagework", "recordwrites"),
    ("recordwrites", "journal"),
    ("recordwrites", "throttle"),
    ("recordpart", "bodies"),
    ("recordwork", "bodies"),
    ("recordwork", "recordpart"),
    ("recordwork", "recordwrites"),
    ("carry", "recordwork"),
    ("carry", "recordpart"),
    ("carry", "keeping"),
    ("keeping", "bodies"),
    ("keeping", "cells"),
    ("keeping", "recordpart"),
    ("keeping", "recordwrites"),
    ("carry", "recordwrites"),
    ("apply", "recordwrites"),
    ("restoring", "recordwrites"),
    ("convert", "bodies"),
    ("convert", "cells"),
    ("convert", "converted"),
    ("converted", "cells"),
    ("converted", "journal"),
    ("clearing", "cells"),
    ("clearing", "contents"),
    ("clearing", "owing"),
    ("clearing", "study"),
    ("clearing", "weighing"),
    ("convert", "journal"),
    ("convert", "throttle"),
    ("convert", "recordwrites"),
    ("study", "cells"),
    ("study", "contents"),
    ("lacking", "bodies"),
    ("agreed", "cells"),
    ("incoming", "agreed"),
    ("incoming", "contents"),
    ("incoming", "study"),
    ("incoming", "unfilled"),
    ("incoming", "owing"),
    ("incoming", "awaited"),
    ("awaited", "agreed"),
    ("awaited", "owing"),
    ("awaited", "study"),
    ("awaited", "unfilled"),
    ("awaited", "weighing"),
    ("owing", "agreed"),
    ("owing", "unfilled"),
    ("unfilled", "agreed"),
    ("unfilled", "cells"),
    ("unfilled", "contents"),
    ("unfilled", "study"),
    ("restoring", "bodies"),
    ("restoring", "givenback"),
    ("restoring", "overwritten"),
    ("overwritten", "givenback"),
    ("givenback", "cells"),
    ("sending", "bodies"),
    ("sending", "journal"),
    ("guard", "bodies"),
    ("guard", "survey"),
    ("carry", "apply"),
    ("carry", "guard"),
    ("carry", "journal"),
    ("carry", "sending"),
    ("carry", "stagework"),
    ("carry", "bodies"),
    ("carry", "outcome"),
    ("carry", "survey"),
    ("snapshot", "planfile"),
    ("snapshot", "meantime"),
    ("revisit", "snapshot"),
    ("wayback", "revisit"),
    ("wayback", "snapshot"),
    ("wayback", "standing"),
    ("undoing", "snapshot"),
    ("undoing", "survey"),
    ("undoing", "wayback"),
    ("facts", "policy"),
    ("facts", "attest"),
    ("audit", "kpi"),
    ("since", "audit"),
    ("__main__", "cli"),
}
# A third-party package is known to one place only.
THIRD_PARTY = {
    "yaml": {"spec"},
    "jsonschema": {"spec"},
    "ruamel": {"spec"},
    "httpx": {"api"},
    "msgspec": {"api", "records"},
    "filelock": {"api", "cli", "history"},
    "platformdirs": {"api", "cli"},
    "deepdiff": {"diff"},
    "rapidfuzz": {"lookalikes", "spec", "likeness"},
    "rich": {"report"},
    "click": {"cli"},
    "sqlite3": {"records", "emulator"},
    "starlette": {"emulator"},
    "uvicorn": {"emulator"},
    "jwt": {"emulator"},
    "openpyxl": {"report"},
    "apprise": {"cli"},
    "babel": set(),
}
FORBIDDEN_WORDS = re.compile(r"(Manager|Base|Abstract|Helper|Util|Service|Handler|Context)$")


def over(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """The check of one file as one test of many; the failure names every file."""

    def wrap(check: Callable[[Path], None]) -> Callable[[], None]:
        @wraps(check)
        def test() -> None:
            failures = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    failures.append(f"{path.relative_to(ROOT)}: {error}")
            assert not failures, "\n".join(failures)

        del test.__wrapped__
        return test

    return wrap


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path) -> str:
    """The module or package directly below amoconf that a file belongs to."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every absolute module name that a file imports, anywhere in it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "amoconf":
                yield from (f"amoconf.{alias.name}" for alias in node.names)


def layer(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


def functions() -> Iterator[tuple[str, int]]:
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.name}", length(node)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@over([item for item in MODULES if place(item) not in ("__init__", "emulator")])
def test_imports_point_downwards(path: Path) -> None:
    here = place(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "amoconf" or len(parts) == 1:
            continue
        there = parts[1]
        if there in (here, "__version__"):
            continue
        if there == "emulator":
            assert here == "cli", f"{path.name} imports the emulator"
            continue
        allowed = layer(there) < layer(here) or (here, there) in SIDEWAYS
        assert allowed, f"{here} (layer {layer(here)}) imports {there} (layer {layer(there)})"


@over([item for item in MODULES if place(item) == "emulator"])
def test_emulator_stands_alone(path: Path) -> None:
    for name in imports(path):
        if name.startswith("amoconf"):
            assert name == "amoconf.emulator" or name.startswith("amoconf.emulator."), f"{path.name}: {name}"


@over(MODULES)
def test_third_party_packages_have_one_home(path: Path) -> None:
    for name in imports(path):
        top = name.split(".")[0]
        if top in THIRD_PARTY:
            assert place(path) in THIRD_PARTY[top], f"{path.name} imports {top}"


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """What a statement imports: a submodule where the name is one, else the module that holds the name."""
    if isinstance(node, ast.Import) or node.module is None:
        return
    for alias in node.names:
        file = ROOT / node.module.replace(".", "/") / f"{alias.name}.py"
        yield f"{node.module}.{alias.name}" if file.exists() else node.module


def test_no_import_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = parsed(path)
        tops = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        graph[module] = {name for node in tops for name in _modules(node) if name.startswith("amoconf")}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, f"cycle: {' -> '.join((*trail, module))}"
        if module in done:
            return
        for name in sorted(graph.get(module, ())):
            visit(name, (*trail, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


GENERAL = [
    item
    for item in MODULES
    if place(item)
    in {"match", "diff", "sequence", "plan", "brakes", "apply", "bodies", "live", "survey", "carry", "lock"}
    | {"snapshot", "meantime", "revisit", "standing", "undoing"}
]


@over(GENERAL)
def test_general_modules_name_no_kind(path: Path) -> None:
    """A kind's name, section or path in a general module is a special case in the wrong room."""
    from amoconf.kinds import KINDS

    words = {kind.name for kind in KINDS.values()} | {
        home.key for kind in KINDS.values() for home in kind.homes
    }
    tree = parsed(path)
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not texts & words, f"{path.name} names {texts & words}"


@over(MODULES)
def test_modules_are_short_and_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "split it by topic"
    if text.strip():
        docstring = ast.get_docstring(ast.parse(text))
        assert docstring, "a module opens with a sentence"


def test_functions_are_short() -> None:
    sizes = dict(functions())
    longest = {name: size for name, size in sizes.items() if size > 40}
    assert not longest, longest
    ordered = sorted(sizes.values())
    assert statistics.median(ordered) <= 7
    assert ordered[int(len(ordered) * 0.9)] <= 25


@over(MODULES)
def test_names_say_what_things_are(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef):
            assert not FORBIDDEN_WORDS.search(node.name), node.name


@over([item for item in MODULES if place(item) not in ("cli", "emulator")])
def test_only_the_command_line_prints_exits_and_reads_the_environment(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "input", "sys.exit", "exit", "os.getenv"), (
                f"{called} in {path.name}"
            )
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) != "os.environ", f"{path.name} reads the environment"


def test_tests_patch_nothing() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            assert "mock.patch" not in path.read_text(encoding="utf-8"), path


def test_kinds_are_found_by_listing_the_folder() -> None:
    from amoconf.kinds import KINDS

    files = {path.stem for path in (PACKAGE / "kinds").glob("*.py") if not path.name.startswith("_")}
    assert set(KINDS) == files
