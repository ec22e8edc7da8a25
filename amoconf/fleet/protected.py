"""What the base of a fleet protects stays protected, and stays the same thing: by key, by name, against other keys."""

from collections.abc import Iterator

from amoconf.errors import Problem, Where
from amoconf.spec.node import Node
from amoconf.tongue import tr
from amoconf.values import normal

# What a thing is recognised by, and what it is made anew for.
SAME = ("name", "type", "twin", "code", "email", "url")
Path = tuple[str, ...]
Claims = frozenset[tuple[str, str]]


def unprotected(base: Node, own: Node) -> Iterator[Problem]:
    """Things that the base protects and the account does not, or no more the same ones."""
    yield from _below(base, own, (), own)


def _below(base: Node, own: Node | None, path: Path, near: Node) -> Iterator[Problem]:
    """Of one map and all in it. near: the nearest that the account has of it."""
    marked = _is_marked(base)
    if path and marked and (own is None or not _is_marked(own)):
        still = own.get("protected") if own is not None else None
        what = tr("{thing}: it is protected no more", thing=".".join(path))
        yield _problem(what, base.keys["protected"], still or near)
    elif path and own is not None and _guards(base):
        yield from _changed(base, own, path)
    for key, child in base.value.items() if isinstance(base.value, dict) else ():
        if not isinstance(child.value, dict):
            continue
        there = own.get(key) if own is not None else None
        yield from _below(child, there, (*path, key), there or near)
        if own is not None and _guards(child) and _is_thing(child):
            yield from _claimed(base, own, (*path, key))


def _is_marked(node: Node) -> bool:
    mark = node.get("protected")
    return mark is not None and mark.value is True


def _guards(node: Node) -> bool:
    """Whether it is protected or something inside is: under another name that would be something else."""
    return any(_is_marked(item) for item in node.walk())


def _is_thing(node: Node) -> bool:
    return _is_marked(node) or node.get("name") is not None


def _changed(base: Node, own: Node, path: Path) -> Iterator[Problem]:
    """What makes it another thing, as the base says it and as the account does."""
    for name in SAME:
        before, now = base.get(name), own.get(name)
        if _text(before) == _text(now) or any(node and node.children for node in (before, now)):
            continue  # the same, or a key of a map that is called so
        thing = ".".join(path)
        what = tr("{thing}: it is protected, so its `{name}` stays as it is", thing=thing, name=name)
        where = base.keys.get(name, base.where)
        yield _problem(what, where, now or own)


def _text(node: Node | None) -> str:
    return normal(str(node.value)) if node is not None else ""


def _claimed(base: Node, own: Node, path: Path) -> Iterator[Problem]:
    """Other keys beside it that take its name, its code, or one that it once had."""
    key = path[-1]
    mine = _claims(key, base.value[key]) if isinstance(base.value, dict) else frozenset()
    for other, node in own.value.items() if isinstance(own.value, dict) else ():
        before = base.get(other)
        fresh = _claims(other, node) - (_claims(other, before) if before is not None else frozenset())
        if other != key and fresh & mine:
            thing = ".".join(path)
            what = tr("{other} takes the name of {thing}, which is protected", other=other, thing=thing)
            yield _problem(what, base.keys[key], node)


def _claims(key: str, node: Node) -> Claims:
    """The names that a key of a map stands for: what it is called or was, and its code."""
    name = node if not isinstance(node.value, dict) else node.get("name")
    # Without a name a thing is called after its key.
    called = [str(name.value) if name is not None else key]
    was = node.get("was")
    if was is not None:
        called += [str(item.value) for item in was.children] or [str(was.value)]
    claims = {("name", normal(text).casefold()) for text in called}
    claims |= {
        (part, _text(node.get(part)).casefold()) for part in ("code", "email", "url") if node.get(part)
    }
    return frozenset(claims)


def _problem(what: str, base: Where, own: Node) -> Problem:
    todo = tr("the base says it at {where}; an account may only be stricter", where=base)
    return Problem(what, todo, own.where)
