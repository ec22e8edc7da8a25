"""Filling in `${name}` and `${env:NAME}`; `${secret:NAME}` stays a name."""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from amoconf.errors import Problem, Where
from amoconf.spec import scalars
from amoconf.spec.node import Node, Scalar, SecretName, Template
from amoconf.tongue import tr

ENVIRONMENT_PREFIX = "AMOCONF_VAR_"
LONGEST_CHAIN = 20
MOST_FILLED_IN = 5 * 1024 * 1024

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}\n]*)\}|\$\{")
_NAME = re.compile(r"[^\W\d][\w.-]*")
_FOREIGN = re.compile(r"(env|secret):([A-Za-z_][A-Za-z0-9_]*)")


def fill_in(root: Node, environment: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """`root` without its `variables`, and with every reference in its values filled in.

    A value that is one reference and nothing else, without quotes, takes the variable's type, or for
    `env` the type that the text would have there. Keys take no references. `$${` stands for a plain `${`.
    What cannot be filled in stays as written, with a problem.
    """
    filling = _Filling(root, environment)
    values = {key: node for key, node in _map(root).items() if key != "variables"}
    filled = filling.node(replace(root, value=values))
    return filled, list(dict.fromkeys(filling.problems))


def _map(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


class _Unfilled(Exception):
    """A reference that cannot be filled in; without a problem where it was reported before."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


class _Filling:
    """The variables of one spec. Each is filled in once, on first use."""

    def __init__(self, root: Node, environment: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._environment = environment
        self._variables = _map(root.get("variables"))
        self._done: dict[str, Node | None] = {}
        self._trail: list[str] = []
        self._left = MOST_FILLED_IN
        self._check_form(root.get("variables"))
        for name in self._variables:
            self._variable(name)

    def _check_form(self, node: Node | None) -> None:
        if node is not None and not isinstance(node.value, dict):
            what = tr("`variables` is a map, and here stands {form}.", form=node.form)
            self.problems.append(Problem(what, tr("Write `variables: {name: value}`."), node.where))
        for name, child in self._variables.items():
            if not _NAME.fullmatch(name):
                what = tr("`{name}` is no name for a variable.", name=name)
                todo = tr("Use letters, digits, `_`, `-` and `.`, beginning with a letter.")
                self.problems.append(Problem(what, todo, node.keys[name] if node else None))
            if child.value is None or isinstance(child.value, dict | list):
                what = tr("The variable `{name}` holds {form}.", name=name, form=child.form)
                self.problems.append(Problem(what, tr("Give it one text or number."), child.where))
                self._done[name] = None

    def node(self, node: Node) -> Node:
        """The node, or a new one where something in it was filled in."""
        if isinstance(node.value, str):
            return (self._text(node) or node) if "${" in node.value else node
        if isinstance(node.value, list):
            items = [self.node(item) for item in node.value]
            return node if _same(items, node.value) else replace(node, value=items)
        return self._filled_map(node) if isinstance(node.value, dict) else node

    def _filled_map(self, node: Node) -> Node:
        children = _map(node)
        values = {self._key(key, node): self.node(child) for key, child in children.items()}
        if _same(list(values.values()), list(children.values())) and values.keys() == children.keys():
            return node
        keys = {new: node.keys[old] for new, old in zip(values, children, strict=False)}
        return replace(node, value=values, keys=keys)

    def _key(self, key: str, node: Node) -> str:
        if "${" not in key:
            return key
        if any(match.group() != "$${" for match in _REFERENCE.finditer(key)):
            what = tr("The key `{key}` holds a variable, and keys take none.", key=key)
            self.problems.append(
                Problem(what, tr("Write the key out; write $${ for a plain ${."), node.keys[key])
            )
        return key.replace("$${", "${")

    def _text(self, node: Node) -> Node | None:
        try:
            value, text, quoted = self._filled_text(node)
        except _Unfilled as error:
            self.problems.extend(error.problems)
            return None
        return replace(node, value=value, text=text, quoted=quoted)

    def _filled_text(self, node: Node) -> tuple[Scalar, str, bool]:
        written = str(node.value)
        whole = _REFERENCE.fullmatch(written)
        if whole and whole.group(1) is not None and not node.quoted:
            found = self._reference(whole, node.where)
            value = found.value
            assert not isinstance(value, dict | list)
            return value, found.text or "", found.quoted
        filled = _template(self._parts(written, node.where))
        return filled, str(filled), True

    def _parts(self, written: str, where: Where) -> list[str | SecretName]:
        parts: list[str | SecretName] = []
        end = 0
        for match in _REFERENCE.finditer(written):
            parts.append(written[end : match.start()])
            end = match.end()
            if match.group() == "$${":
                parts.append("${")
            else:
                parts.extend(_pieces(self._reference(match, where)))
        return [*parts, written[end:]]

    def _reference(self, match: re.Match[str], where: Where) -> Node:
        name = match.group(1) or ""
        foreign = _FOREIGN.fullmatch(name)
        if foreign and foreign[1] == "secret":
            return Node(Template((SecretName(foreign[2]),)), where, match.group(), True)
        if foreign:
            return self._charged(self._from_environment(foreign[2], where), where)
        if not _NAME.fullmatch(name):
            todo = tr("Write ${name}, ${env:NAME} or ${secret:NAME}; write $${ for a plain ${.")
            raise _Unfilled(Problem(tr("`{text}` is no variable.", text=match.group()), todo, where))
        return self._charged(self._known(name, where), where)

    def _charged(self, node: Node, where: Where) -> Node:
        if self._left < 0:
            raise _Unfilled
        self._left -= len(node.text or "")
        if self._left < 0:
            raise _Unfilled(
                Problem(tr("Variables fill in more than 5 MB of text."), tr("Use shorter ones."), where)
            )
        return node

    def _from_environment(self, name: str, where: Where) -> Node:
        variable = ENVIRONMENT_PREFIX + name
        text = self._environment.get(variable)
        if text is None:
            raise _Unfilled(
                Problem(
                    tr("`${{env:{name}}}` is not set.", name=name),
                    tr("Set {variable}.", variable=variable),
                    where,
                )
            )
        return Node(_plain(text), where, text)

    def _known(self, name: str, where: Where) -> Node:
        if name not in self._variables:
            raise _Unfilled(Problem(tr("There is no variable `{name}`.", name=name), self._near(name), where))
        if name in self._trail:
            loop = " → ".join([*self._trail[self._trail.index(name) :], name])
            raise _Unfilled(
                Problem(
                    tr("Variables refer to one another in a loop: {loop}.", loop=loop), tr("Break it."), where
                )
            )
        if len(self._trail) > LONGEST_CHAIN:
            what = tr("More than {longest} variables refer to one another in a chain.", longest=LONGEST_CHAIN)
            raise _Unfilled(Problem(what, tr("Make the chain shorter."), where))
        found = self._variable(name)
        if found is None:
            raise _Unfilled
        return found

    def _near(self, name: str) -> str:
        near = get_close_matches(name, self._variables, n=1)
        return tr("Did you mean `{near}`?", near=near[0]) if near else tr("Add it to `variables`.")

    def _variable(self, name: str) -> Node | None:
        """The variable with its own references filled in; None where that failed, which is reported once."""
        if name not in self._done:
            self._trail.append(name)
            node = self._variables[name]
            self._done[name] = self._text(node) if "${" in str(node.value) else node
            self._trail.pop()
        return self._done[name]


def _same(new: list[Node], old: list[Node]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))


def _plain(text: str) -> Scalar:
    try:
        value = scalars.resolve(text)
    except ValueError:
        return text
    return text if value is None else value


def _pieces(node: Node) -> tuple[str | SecretName, ...]:
    return node.value.parts if isinstance(node.value, Template) else (node.text or "",)


def _template(parts: list[str | SecretName]) -> str | Template:
    if not any(isinstance(part, SecretName) for part in parts):
        return "".join(map(str, parts))
    joined: list[str | SecretName] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return Template(tuple(joined))
