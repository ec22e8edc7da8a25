"""Mutation testing of the modules that decide: mutmut in a copy, figures for each module, every survivor."""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ("match", "lookalikes", "diff", "plan", "steporder")
DEMANDED = 0.85
COPIED = ("amoconf", "tests", "schemas", "examples")
# What judges them without processes or sockets. The seeds make the figure the same every time.
TESTS = (
    "tests/test_match.py",
    "tests/test_diff.py",
    "tests/test_plan.py",
    "tests/test_planfile.py",
    "tests/test_codecs.py",
    "tests/report/test_rows.py",
    "tests/test_cases.py",
)
ARGUMENTS = ("-p", "no:cacheprovider", "--hypothesis-seed=0")
# A mutant that never ends is noticed as well: nobody could run the tests.
NOTICED = ("killed", "timeout", "segfault")


@dataclass(frozen=True)
class Mutant:
    """One break: mutmut's name for it and what became of it."""

    name: str
    status: str

    @property
    def module(self) -> str:
        """The module it is in."""
        return self.name.split(".")[1]

    @property
    def function(self) -> str:
        """The function or method, as Class.method. mutmut writes x_name, xǁClassǁname."""
        name = self.name.rpartition(".")[2].rpartition("__mutmut_")[0]
        return name.removeprefix("x_") if name.startswith("x_") else name.removeprefix("xǁ").replace("ǁ", ".")


def main() -> None:
    """Runs, tells, and fails where a module is below the share."""
    options = argparse.ArgumentParser()
    options.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="|".join(MODULES))
    modules = options.parse_args().modules or MODULES
    with tempfile.TemporaryDirectory(prefix="amoconf-mutants-") as folder:
        copy(Path(folder), modules)
        mutmut(Path(folder), "run", "--max-children", "1", shown=sys.stdout.isatty())
        mutants = list(results(Path(folder)))
        for module in modules:
            for mutant in mutants:
                if mutant.module == module and mutant.status not in NOTICED:
                    print("\n".join(survivor(mutant, Path(folder))))
    shares = [figures(module, [item for item in mutants if item.module == module]) for module in modules]
    if len(modules) > 1:
        figures("together", mutants)
    if min(shares) < DEMANDED:
        sys.exit(f"below {DEMANDED:.0%}: write the missing tests, or take out what has no effect")


def copy(folder: Path, modules: Sequence[str]) -> None:
    """What the tests need; the checkout itself is never touched."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    settings = {
        "source_paths": ["amoconf"],
        "only_mutate": [f"amoconf/{module}.py" for module in modules],
        "also_copy": [name for name in COPIED if name != "amoconf"],
        "pytest_add_cli_args_test_selection": TESTS,
        "pytest_add_cli_args": ARGUMENTS,
    }
    lines = [f"{key} =\n" + "".join(f"    {item}\n" for item in items) for key, items in settings.items()]
    # (time of the tests + seconds) × factor: generous, or a busy machine would count slow for noticed.
    limits = "timeout_constant = 7.0\ntimeout_multiplier = 3.0\n"
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines) + limits, encoding="utf-8")


def mutmut(folder: Path, *words: str, shown: bool = False) -> str:
    """One command of mutmut; its output, unless it is shown at once."""
    command = [sys.executable, "-m", "mutmut", *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=None if shown else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"mutmut {words[0]} failed\n{(done.stdout or '')[-4000:]}")
    return done.stdout or ""


def results(folder: Path) -> Iterator[Mutant]:
    """Every mutant; a run that left some unchecked is no result."""
    for line in mutmut(folder, "results", "--all", "true").splitlines():
        name, _, status = line.strip().partition(": ")
        if status in ("not checked", "check was interrupted by user"):
            sys.exit(f"{name} was not checked")
        if status:
            yield Mutant(name, status)


def survivor(mutant: Mutant, folder: Path) -> Iterator[str]:
    """Place, status and difference of a mutant that no test noticed."""
    rows = mutmut(folder, "show", mutant.name).splitlines()
    changed = [row for row in rows if re.match(r"[-+](?!--|\+\+)", row)]
    yield f"amoconf/{mutant.module}.py:{line_of(mutant, rows, folder)}: {mutant.status} in {mutant.function}"
    yield from (f"    {row[0]} {row[1:].strip()}" for row in changed)


def line_of(mutant: Mutant, rows: Sequence[str], folder: Path) -> int:
    """The line of the module where a difference begins; mutmut counts from the function's own first line."""
    source = (folder / "amoconf" / f"{mutant.module}.py").read_text(encoding="utf-8")
    start, end = places(source)[mutant.function]
    gone = next(row[1:].strip() for row in rows if row.startswith("-") and not row.startswith("---"))
    hunk = next(index for index, row in enumerate(rows) if row.startswith("@@"))
    first = int(rows[hunk].split()[1].split(",")[0].lstrip("-"))
    before = next(index for index, row in enumerate(rows[hunk + 1 :]) if row.startswith("-"))
    guess = start + first + before - 1
    lines = source.splitlines()
    fitting = [number for number in range(start, end + 1) if lines[number - 1].strip() == gone]
    return min(fitting, key=lambda number: abs(number - guess), default=guess)


def places(source: str) -> dict[str, tuple[int, int]]:
    """First and last line of functions and methods, by name."""
    found: dict[str, tuple[int, int]] = {}
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for item in inner:
            if isinstance(item, ast.FunctionDef):
                found[prefix + item.name] = (item.lineno, item.end_lineno or item.lineno)
    return found


def figures(name: str, mutants: Sequence[Mutant]) -> float:
    """A row of the table; the share that was noticed."""
    count = Counter(mutant.status for mutant in mutants)
    noticed = sum(count[status] for status in NOTICED)
    share = noticed / len(mutants)
    timeouts = count["timeout"]
    print(
        f"{name:9} {len(mutants):5} mutants  {noticed - timeouts:5} killed  {timeouts:3} timeout"
        f"  {len(mutants) - noticed:4} survived  {share:6.1%}"
    )
    return share


main()
