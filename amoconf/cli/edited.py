"""A spec that is being changed by a command: nothing is on disk until its new text was read back and compared."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf import lock as locks
from amoconf.cli.files import PRIVATE, File, put
from amoconf.cli.options import Options
from amoconf.cli.secretsfile import secrets_file, secrets_path
from amoconf.cli.session import Spec, target_of
from amoconf.errors import Problem, SpecError, UsageError
from amoconf.tongue import tr
from amoconf.values import Address

if TYPE_CHECKING:
    from amoconf.lock import Lock
    from amoconf.match import Adopted
    from amoconf.model import Account
    from amoconf.spec.editbook import Book
    from amoconf.survey import Survey

# An address and an attribute, or an action where the whole thing differs.
Difference = tuple[Address, str]


@dataclass
class Draft:
    """The files of a spec, to be changed. secrets: values by name, of those that the spec may need."""

    options: Options
    spec: Spec
    found: "Survey"
    book: "Book"
    secrets: dict[str, str]

    @property
    def live(self) -> "Account":
        """The account as it was read, in no spec's words."""
        from amoconf.live import assemble

        return assemble(self.found.asked, self.found.items, self.found.facts)

    @property
    def secrets_path(self) -> Path:
        """Where `import` puts secrets aside."""
        target = target_of(self.options, self.spec.account)
        return secrets_path(self.options, target.subdomain, target.domain)

    @property
    def kept(self) -> Mapping[str, str]:
        """What stands there already."""
        from amoconf.spec.secrets import load_secrets

        return load_secrets(self.secrets_path, {}) if self.secrets_path.exists() else {}

    def adopted(self) -> "Adopted":
        """The account against the changed spec. SpecError where that cannot be read, or leaves something open."""
        from amoconf.match import adopt
        from amoconf.spec.load import load
        from amoconf.spec.schemacheck import check
        from amoconf.spec.secrets import resolve

        root = self.book.root(self.options.environment)
        wanted = load(root, lambda template: resolve(template, self.secrets))
        check(root)
        result = adopt(wanted, self.live, self.spec.lock.ids)
        if result.problems:
            raise SpecError(result.problems)
        return result

    def save(self, lock: "Lock", more: Iterable[File] = ()) -> list[Path]:
        """All files or none; no copies are kept, for specs live in git."""
        files = [*more]
        for name, text in self.book.changed.items():
            path = Path(name).resolve()
            files.append(File(path, text, path.stat().st_mode & 0o777))
        lock_file = self.spec.lock_path.resolve()
        text = locks.dump(lock)
        if not lock_file.exists() or lock_file.read_text(encoding="utf-8") != text:
            files.append(File(lock_file, text))
        put(files, keep=False)
        return [file.path for file in files]


def open_draft(options: Options, spec: Spec, found: "Survey") -> Draft:
    """The draft of a spec as it is on disk. UsageError where its files changed since they were read."""
    from amoconf.spec.editbook import Book
    from amoconf.spec.secrets import load_secrets

    contents = [Path(name).read_bytes() for name in spec.document.files]
    digest = sha256(b"".join(sha256(content).digest() for content in contents)).hexdigest()
    if digest != spec.document.revision:
        raise UsageError(tr("the spec was changed meanwhile; nothing was written"), tr("run it again"))
    names = dict(zip(spec.document.files, (content.decode("utf-8") for content in contents), strict=True))
    secrets = dict(load_secrets(secrets_file(options, spec.document.root), options.environment))
    return Draft(options, spec, found, Book(names), secrets)


def differences(adopted: "Adopted") -> set[Difference]:
    """What a plan would change, as one pair for each attribute."""
    from amoconf.diff import diff

    pairs: set[Difference] = set()
    for change in diff(adopted.wanted, adopted.found, adopted.old):
        names = [item.name for item in change.attributes] if change.action in ("update", "move") else []
        pairs |= {(change.address, name) for name in names or [change.action]}
        pairs |= {(part.address, part.action) for part in change.parts}
    return pairs


def remembered(draft: Draft, adopted: "Adopted", addresses: Collection[Address]) -> "Lock":
    """The lock with what was agreed on at these addresses; all others as they were."""
    from dataclasses import replace

    before = draft.spec.lock
    whole = locks.remember(draft.found.facts["id"], adopted.wanted, adopted.found, before)
    fresh = {address: whole.entries[address] for address in addresses if address in whole.entries}
    return replace(before, account=whole.account, entries={**before.entries, **fresh})


def said(error: SpecError) -> str:
    """The first thing that is wrong with a changed spec, without the place that it would have had."""
    problem: Problem = error.problems[0]
    return f"{problem.what}; {problem.todo}" if problem.todo else problem.what


def changes(book: "Book") -> Iterator[str]:
    """The lines that differ, file by file, with their numbers."""
    from amoconf.report.clean import clean

    for name, text in book.changed.items():
        yield clean(name)
        old, new = book.texts[name].splitlines(), text.splitlines()
        for action, start, end, begin, stop in difflib.SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            if action != "equal":
                rows = [("-", number, old[number]) for number in range(start, end)]
                rows += [("+", number, new[number]) for number in range(begin, stop)]
                yield from (f"  {number + 1:>5} {sign} {clean(line)}" for sign, number, line in rows)


def tell(draft: Draft, *, quiet: bool) -> None:
    """The lines that differ, on stdout."""
    if not quiet:
        for line in changes(draft.book):
            click.echo(line)


def shown(kind: str, name: str, value: Any) -> Any:
    """A value as JSON holds it."""
    from amoconf.kinds import KINDS

    attr = KINDS[kind].by_name.get(name)
    return locks.shown(attr.codec, value) if attr is not None else value


def new_secrets(draft: Draft, more: Mapping[str, str]) -> list[File]:
    """The account's secrets file with more in it; none where there is nothing new."""
    from amoconf.spec.write import write

    return [File(draft.secrets_path, write({**draft.kept, **more}), PRIVATE)] if more else []
