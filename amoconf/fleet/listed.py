"""accounts.yaml → a fleet: which accounts there are, what is their own, and where their tokens come from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from amoconf.api import Target
from amoconf.codecs import suggest
from amoconf.errors import Problem, SpecError, UsageError, Where, in_order
from amoconf.spec.characters import LARGEST_FILE
from amoconf.spec.node import Node
from amoconf.spec.overlay import Overlay
from amoconf.spec.yamlfile import scan
from amoconf.tongue import tr
from amoconf.values import normal

VERSION = 1
KEYS = ("amoconf_fleet", "base", "accounts")
OWN = ("subdomain", "domain", "id", "overlay", "variables", "token_env", "base_url")
NAME = re.compile(r"\w[\w.-]{0,99}")
# Only these variables are sent as tokens: whoever edits the list must not reach other secrets of a CI job.
TOKEN_ENV = re.compile(r"AMOCONF_TOKEN(_[A-Za-z0-9_]+)?")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOCKS = "locks"


@dataclass(frozen=True)
class Member:
    """One account of a fleet. base_url: "" for the service's own address. spec: the path beside which its lock lies."""

    name: str
    target: Target
    overlay: Overlay
    token_env: str
    spec: Path


@dataclass(frozen=True)
class Fleet:
    """A list of accounts as read. base: the spec that they share."""

    path: Path
    base: Path
    members: tuple[Member, ...]


def load(path: Path) -> Fleet:
    """The fleet of a file. SpecError with every problem; UsageError where the file cannot be read."""
    reading = _Reading(path)
    node, found = scan(_content(path), path.as_posix())
    reading.problems += found
    fleet = reading.fleet(node) if node is not None and isinstance(node.value, dict) else None
    if node is not None and not isinstance(node.value, dict) and not found:
        reading.add(node, tr("A list of accounts is a map."), "amoconf_fleet: 1")
    if fleet is None or reading.problems:
        raise SpecError(in_order(reading.problems))
    return fleet


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        text = tr("{file}: the list of accounts cannot be read: {error}", file=path, error=error.strerror)
        raise UsageError(text, tr("name it with -f; docs/fleet.md says how it is written")) from error


class _Refused(Exception):
    """A value that cannot be used."""

    def __init__(self, node: Node, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(what, todo, node.where)


class _Reading:
    """One list, with its problems."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def add(self, node: Node, what: str, todo: str = "") -> None:
        """One problem more."""
        self.problems.append(Problem(what, todo, node.where))

    def fleet(self, root: Node) -> Fleet | None:
        """The fleet, as far as it can be told."""
        self._known(root, KEYS)
        self._version(root)
        base = self._file(root, "base")
        if base is None and root.get("base") is None:
            self.add(root, tr("The spec that the accounts share is missing."), "base: account.yaml")
        members = tuple(self._members(root))
        self._twice(members)
        return Fleet(self.path, base, members) if base is not None else None

    def _version(self, root: Node) -> None:
        node = root.get("amoconf_fleet")
        if node is None or isinstance(node.value, bool | float) or node.value != VERSION:
            what = tr("The version of the list is missing or unknown.")
            self.add(node or root, what, f"amoconf_fleet: {VERSION}")

    def _known(self, node: Node, keys: tuple[str, ...]) -> None:
        for key, where in node.keys.items():
            if key not in keys:
                near = suggest(key, keys).removeprefix("; ")
                todo = near or tr("known keys: {keys}", keys=", ".join(keys))
                self.problems.append(Problem(tr("The key `{key}` is not known here.", key=key), todo, where))

    def _members(self, root: Node) -> Iterator[Member]:
        node = root.get("accounts")
        if node is None or not isinstance(node.value, dict) or not node.value:
            what = tr("`accounts` is a map with one account at least.")
            self.add(node or root, what, "accounts: {moscow: {subdomain: firma-msk}}")
            return
        for name, child in node.value.items():
            try:
                yield self._member(name, child, node.keys[name])
            except _Refused as refused:
                self.problems.append(refused.problem)

    def _member(self, name: str, node: Node, where: Where) -> Member:
        if not NAME.fullmatch(name):
            todo = tr("Use letters, digits, `_`, `-` and `.`; files are called after it.")
            raise _Refused(
                replace(node, where=where), tr("`{name}` is no name for an account.", name=name), todo
            )
        if not isinstance(node.value, dict):
            raise _Refused(node, tr("An account is a map."), "{subdomain: firma-msk}")
        self._known(node, OWN)
        target = self._target(node, where)
        file = self._file(node, "overlay")
        asked = node.get("overlay") or node
        own = Overlay(_account(node, where, target), asked.where, file, self._variables(node))
        kept = self.path.parent / LOCKS / f"{name}.yaml"
        return Member(name, target, own, self._token(node), kept)

    def _target(self, node: Node, where: Where) -> Target:
        if node.get("subdomain") is None:
            raise _Refused(replace(node, where=where), tr("`subdomain` is missing."), "subdomain: firma-msk")
        domain, base_url = self._text(node, "domain") or "amocrm.ru", self._text(node, "base_url")
        place = node.get("base_url")
        if place is not None and urlsplit(base_url).hostname not in LOOPBACK:
            what = tr("`base_url` of a list leads to this machine only.")
            todo = tr(
                "A token must not go elsewhere because somebody edits a file; use an address on 127.0.0.1."
            )
            raise _Refused(place, what, todo)
        try:
            return Target.of(f"{self._text(node, 'subdomain')}.{domain}", base_url or None)
        except UsageError as error:
            raise _Refused(node.get("subdomain") or node, error.what, error.todo) from None

    def _token(self, node: Node) -> str:
        name, place = self._text(node, "token_env"), node.get("token_env")
        if place is not None and not TOKEN_ENV.fullmatch(name):
            what = tr("`{name}` is no variable for a token.", name=name)
            raise _Refused(place, what, tr("Begin its name with AMOCONF_TOKEN_; others are never sent."))
        return name

    def _text(self, node: Node, key: str) -> str:
        """A text; "" where there is none."""
        child = node.get(key)
        if child is None:
            return ""
        if not isinstance(child.value, str) or not child.value or "${" in child.value:
            raise _Refused(child, tr("`{key}` is a plain text, without variables.", key=key))
        return child.value

    def _file(self, node: Node, key: str) -> Path | None:
        """A path relative to the list, below its folder as includes are below the spec's."""
        try:
            text = self._text(node, key)
        except _Refused as refused:
            self.problems.append(refused.problem)
            return None
        if not text:
            return None
        found = self.path.parent / text
        if "\\" in text or not found.resolve().is_relative_to(self.path.parent.resolve()):
            what = tr("`{text}` lies outside the folder of the list.", text=text)
            self.add(
                node.get(key) or node, what, tr("Write it relative to the list, with `/` between folders.")
            )
            return None
        return found

    def _variables(self, node: Node) -> Node | None:
        child = node.get("variables")
        if child is not None and not isinstance(child.value, dict):
            raise _Refused(child, tr("`variables` is a map."), "variables: {city: Москва}")
        return child

    def _twice(self, members: tuple[Member, ...]) -> None:
        first: dict[str, Member] = {}
        named: dict[str, Member] = {}
        for member in members:
            # Windows and macOS take names that differ only in case or composition for the same file.
            alike = named.setdefault(normal(normal(member.name).casefold()), member)
            if alike is not member:
                what = tr(
                    "{one} and {other} are one name for files on some systems.",
                    one=alike.name,
                    other=member.name,
                )
                todo = tr("Call one of them otherwise: their lock files are called after them.")
                self.problems.append(Problem(what, todo, member.overlay.account.where))
            known = first.setdefault(member.target.key, member)
            if known is not member:
                what = tr(
                    "{one} and {other} are the same account, {host}.",
                    one=known.name,
                    other=member.name,
                    host=member.target.host,
                )
                self.problems.append(Problem(what, tr("Keep one of them."), member.overlay.account.where))


def _account(node: Node, where: Where, target: Target) -> Node:
    """The spec's `account` as the list says it."""
    names: Mapping[str, str] = {"subdomain": target.subdomain, "domain": target.domain}
    values = {key: Node(text, where, text, True) for key, text in names.items()}
    number = node.get("id")
    if number is not None:
        values["id"] = number
    return Node(values, where, keys=dict.fromkeys(values, where))
