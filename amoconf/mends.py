"""What a person clicks to end the breaches of a policy that an account has already: changes by hand."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from amoconf.changes import CREATE, MANUAL, UPDATE, AttrChange, Change, View
from amoconf.errors import Problem
from amoconf.kinds import KINDS
from amoconf.model import Settings
from amoconf.policy import (
    ADMINS,
    ALLOW,
    DOMAINS,
    EVERYBODY,
    FORBID,
    MAX,
    TECHNICAL,
    Breach,
    administrators,
    after,
    allowed,
    breaches,
    mail,
    spelled,
)
from amoconf.tongue import tr
from amoconf.values import Address

PLACE = "policy/"  # begins the addresses of what is said of the policy itself
# What must be read to judge a part of the policy. Collections by the paths of the service.
READ: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*ADMINS, DOMAINS), ("users",)),
    FORBID: ("roles", "users"),
}


def with_mends(changes: Sequence[Change], view: View) -> tuple[Change, ...]:
    """The changes, and those that end what they leave of the breaches that are there; one by hand for each thing."""
    known = {breach.key: breach for breach in breaches(after(view.found, ()), view.settings)}
    left = breaches(after(view.found, changes), view.settings) if known else ()
    groups: dict[Address, list[Breach]] = {}
    for breach in _sparing(left, view.settings):
        # What grows is blocked; what is left is told as the account has it.
        if breach.key in known and breach.size <= known[breach.key].size:
            groups.setdefault(breach.address, []).append(known[breach.key])
    made = [_mend(address, group, view) for address, group in groups.items()]
    return _joined(changes, made, view)


def _sparing(left: Iterable[Breach], settings: Settings) -> Iterator[Breach]:
    """Too many administrators are no breach of their own where those that nobody allowed are enough to take away."""
    left = list(left)
    strangers = sum(breach.rule == ALLOW for breach in left)
    for breach in left:
        if breach.rule != MAX or breach.size - strangers > settings.policy[MAX]:
            yield breach


def _mend(address: Address, group: Sequence[Breach], view: View) -> Change:
    have = view.found.get(address)
    rules = dict.fromkeys(f"policy.{breach.rule}" for breach in group)
    return Change(
        address,
        CREATE if have is None and address != EVERYBODY else UPDATE,
        tuple(item for breach in group for item in _attributes(breach, view)),
        have=have,
        channel=MANUAL,
        reason=", ".join(rules),
        todo=_todo(address, group, view),
    )


def _attributes(breach: Breach, view: View) -> Iterator[AttrChange]:
    have = view.found.get(breach.address)
    if breach.rule == ALLOW:
        yield AttrChange("admin", True, False)
    elif breach.rule == MAX:
        yield AttrChange("administrators", breach.size, view.settings.policy[MAX])
    elif breach.rule == TECHNICAL and have is not None:
        yield AttrChange("active", False, True)
    elif breach.rule == FORBID and breach.place is None and breach.address.kind == "role":
        off = "none" if "." in breach.right else False
        yield AttrChange(f"rights.{breach.right}", breach.word if off else True, off)


def _todo(address: Address, group: Sequence[Breach], view: View) -> str:
    """Where to click, and what to do there."""
    rules = {breach.rule: breach for breach in group}
    rights = spelled(breach for breach in group if breach.rule == FORBID)
    if MAX in rules:
        return _too_many(rules[MAX], view)
    if address.kind == "role":
        return _of_role(address, rights, view)
    if view.found.get(address) is None:
        return tr(
            "Settings → Users → “Add user” → {user}, and connect the integrations as this user",
            user=address.key,
        )
    deeds = [_DEEDS[rule](address, rights, view) for rule in rules]
    return tr("Settings → Users → {user} → {deeds}", user=address.key, deeds="; ".join(deeds))


def _of_role(address: Address, rights: str, view: View) -> str:
    have = view.found.get(address)
    name = have.attrs.get("name", address.key) if have else address.key
    text = tr("Settings → Users → role “{name}” → take away the rights {rights}", name=name, rights=rights)
    if view.wanted.get(address) is None:
        return text
    more = tr("(or write them as none in the spec: then apply does it)")
    return f"{text} {more}"


def _own_rights(address: Address, rights: str, view: View) -> str:
    return tr("give a role, or take away the rights {rights}", rights=rights)


def _unmade(address: Address, rights: str, view: View) -> str:
    """Somebody must be left who can let the others in again, and amoconf's own token needs an administrator."""
    have = view.found.get(address)
    text = tr("take administrator rights away and give a role")
    if have is not None and have.id == view.found.facts.get("user_id"):
        more = tr("(first give amoconf the token of another administrator)")
        return f"{text} {more}"
    may = allowed(view.settings)
    if any(mail(user) in may for user in administrators(view.found.of("user"))):
        return text
    more = tr("(first make somebody an administrator whom the policy allows)")
    return f"{text} {more}"


def _switched_on(address: Address, rights: str, view: View) -> str:
    return tr("switch the user on again: integrations belong to this user")


def _mailbox(address: Address, rights: str, view: View) -> str:
    text = tr("change the e-mail to one at {domains}", domains=", ".join(view.settings.policy[DOMAINS]))
    more = tr("(and then in the spec)")
    return text if view.wanted.get(address) is None else f"{text} {more}"


_DEEDS: Mapping[str, Callable[[Address, str, View], str]] = {
    ALLOW: _unmade,
    TECHNICAL: _switched_on,
    FORBID: _own_rights,
    DOMAINS: _mailbox,
}


def _too_many(breach: Breach, view: View) -> str:
    most = view.settings.policy[MAX]
    return tr(
        "Settings → Users → take administrator rights away from {count} of these: {users}",
        count=breach.size - most,
        users=", ".join(address.key for address in breach.who),
    )


def _joined(changes: Sequence[Change], made: Sequence[Change], view: View) -> tuple[Change, ...]:
    """A thing that a person changes anyway is changed once."""
    ends = {change.address: change for change in made}
    result = []
    for change in changes:
        more = ends.pop(change.address, None) if change.channel == MANUAL and not change.waits else None
        result.append(_both(change, more, view) if more else change)
    return (*result, *ends.values())


def _both(change: Change, more: Change, view: View) -> Change:
    texts = [step.text for step in KINDS[change.address.kind].steps((change,), view)]
    return replace(
        change,
        attributes=(*change.attributes, *more.attributes),
        reason=", ".join(filter(None, (change.reason, more.reason))),
        todo="; ".join((*texts, more.todo)),
    )


def unseen(settings: Settings, unread: Mapping[str, str]) -> Iterator[Problem]:
    """What of the policy nobody can judge, because the token may not read it. unread: by path, the service's words."""
    for path, said in unread.items():
        keys = [
            f"policy.{key}"
            for key, paths in READ.items()
            if path in paths and settings.policy.get(key) is not None
        ]
        if keys:
            yield Problem(
                tr(
                    "{keys}: not checked, the token may not read {path}: {said}",
                    keys=", ".join(keys),
                    path=path,
                    said=said,
                ),
                tr("use the token of an administrator"),
                address=f"{PLACE}{path}",
            )
