"""The web interface of the emulated account: what people do by hand, for drift and for manual steps.

`act(world, words)` takes one JSON object, `{"action": ..., "kind": ..., ...}`, and answers what it changed.
Actions: create, rename, update, delete (any kind), archive (pipeline), install, uninstall (widget), set_user,
set_right, move_deal, set_value. An unknown word is refused with a sentence that lists the known ones.
"""

from collections.abc import Callable
from copy import deepcopy

from amoconf.emulator import ui_deals, ui_fields, ui_integrations, ui_people, ui_structure
from amoconf.emulator.store import Thing
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish
from amoconf.emulator.world import World

__all__ = ["ACTIONS", "KINDS", "UnknownWord", "act"]

KINDS = {
    **ui_structure.KINDS,
    **ui_fields.KINDS,
    **ui_people.KINDS,
    **ui_integrations.KINDS,
    **ui_deals.KINDS,
}


def act(world: World, words: Thing) -> Thing:
    """Does what a person would do; UnknownWord says why it cannot be done, and then nothing is done."""
    wish = Wish(world, words)
    action = wish.text("action")
    if action not in ACTIONS:
        raise UnknownWord(f"no action {action!r}; known: {', '.join(ACTIONS)}")
    # Things in the store are replaced, not changed; what is answered must not be changed from outside either.
    return deepcopy(ACTIONS[action](wish))


def _kind(wish: Wish, action: str) -> Kind:
    name = wish.text("kind")
    if name not in KINDS:
        raise UnknownWord(f"no kind {name!r}; known: {', '.join(KINDS)}")
    able = {"create": KINDS[name].make, "delete": KINDS[name].drop}.get(action, KINDS[name].change)
    if able is None:
        raise UnknownWord(f"nobody can {action} a {name}")
    return KINDS[name]


def _create(wish: Wish) -> Thing:
    kind = _kind(wish, "create")
    if "id" in wish.words:
        raise UnknownWord("ids of new things are given by the service")
    wish.only(kind.keys | kind.new | kind.place)
    assert kind.make is not None
    return kind.make(wish)


def _rename(wish: Wish) -> Thing:
    kind = _kind(wish, "rename")
    if "name" not in kind.keys:
        raise UnknownWord(f"a {wish.words['kind']} has no name")
    wish.only({"name", *kind.place})
    assert kind.change is not None
    change = {"name": wish.text("name")}
    return kind.change(wish, kind.find(wish), change)


def _update(wish: Wish) -> Thing:
    kind = _kind(wish, "update")
    wish.only(kind.keys | kind.place)
    change = wish.given(kind.keys)
    if "name" in change:
        wish.text("name")
    if not change:
        raise UnknownWord(f"nothing to change; known: {', '.join(sorted(kind.keys))}")
    assert kind.change is not None
    return kind.change(wish, kind.find(wish), change)


def _delete(wish: Wish) -> Thing:
    kind = _kind(wish, "delete")
    wish.only({"code", *kind.place} if wish.words["kind"] == "widget" else kind.place)
    found = kind.find(wish)
    assert kind.drop is not None
    kind.drop(wish, found)
    return found


def _archive(wish: Wish) -> Thing:
    if wish.text("kind") != "pipeline":
        raise UnknownWord("only pipelines have an archive")
    wish.only(("archived",))
    archived = wish.words.get("archived", True)
    if not isinstance(archived, bool):
        raise UnknownWord("archived is true or false")
    return ui_structure.archive(wish, wish.thing("pipeline"), archived)


ACTIONS: dict[str, Callable[[Wish], Thing]] = {
    "create": _create,
    "rename": _rename,
    "update": _update,
    "delete": _delete,
    "archive": _archive,
    "install": ui_integrations.install,
    "uninstall": ui_integrations.uninstall,
    "set_user": ui_people.set_user,
    "set_right": ui_people.set_right,
    "move_deal": ui_deals.move_deal,
    "set_value": ui_deals.set_value,
}
