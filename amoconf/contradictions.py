"""Where a spec breaks its own policy: known before any account is asked."""

from collections.abc import Iterator, Sequence

from amoconf.errors import Problem, Where
from amoconf.model import Account, Resource
from amoconf.policy import ALLOW, DOMAINS, FORBID, TECHNICAL, Breach, forbidden, mail, spelled
from amoconf.spec.node import Node
from amoconf.tongue import tr
from amoconf.values import Address


def contradictions(account: Account, root: Node) -> tuple[Problem, ...]:
    """Every line that says what the policy forbids. root: the spec as written, for the places.

    Users may stand there with any e-mail: they are listed as the account has them.
    """
    return (*_of_roles(account, root), *_of_administrators(account, root), *_of_mailboxes(account, root))


def _of_roles(account: Account, root: Node) -> Iterator[Problem]:
    patterns = account.settings.policy.get(FORBID) or ()
    for role in account.of("role"):
        if role.marks.leaves:
            continue
        places: dict[Where | None, list[Breach]] = {}
        for breach in forbidden(role.address, role.attrs, patterns):
            places.setdefault(_of_right(role, breach, root), []).append(breach)
        for where, group in places.items():
            what = tr(
                "{address} gives {rights}, which policy.rights.forbid forbids",
                address=role.address,
                rights=spelled(group),
            )
            yield Problem(what, tr("write none there, or change the policy"), where, str(role.address))


def _of_right(role: Resource, breach: Breach, root: Node) -> Where | None:
    """Where the right is written: its own key, or the row of a stage or list."""
    if breach.place is None:
        path = ("rights", *breach.right.split("."))
    elif breach.place.kind == "stage":
        path = ("stages", "/".join(breach.place.path))
    else:
        path = ("catalogs", breach.place.key)
    return _place(root, ("roles", role.address.key, *path)) or role.where


def _of_administrators(account: Account, root: Node) -> Iterator[Problem]:
    policy = account.settings.policy
    technical = policy.get(TECHNICAL)
    user = account.get(Address("user", (str(technical),))) if technical else None
    if user is not None and user.marks.leaves:
        what = tr("{address} is policy.admins.technical and is to be taken away", address=user.address)
        yield Problem(what, tr("name another technical user first"), user.where, str(user.address))


def _of_mailboxes(account: Account, root: Node) -> Iterator[Problem]:
    """Those who may be administrators must be able to keep their e-mail."""
    policy = account.settings.policy
    named = [(TECHNICAL, policy.get(TECHNICAL)), *((ALLOW, item) for item in policy.get(ALLOW) or ())]
    domains: Sequence[str] = policy.get(DOMAINS) or ()
    for key, item in named if domains else ():
        domain = mail(Resource(Address("user", (str(item),)), {})).rpartition("@")[2]
        if item and domain not in {str(name).casefold() for name in domains}:
            what = tr("policy.{key}: {mail} is outside policy.email_domains", key=key, mail=item)
            yield Problem(what, tr("add {domain} to policy.email_domains", domain=domain), _at(root, key))


def _at(root: Node, key: str) -> Where | None:
    return _place(root, ("policy", *key.split(".")))


def _place(node: Node, path: Sequence[str]) -> Where | None:
    """Where the last of these keys stands; None where the spec writes it otherwise."""
    where: Where | None = None
    for key in path:
        child = node.get(key)
        if child is None:
            return None
        where, node = node.keys.get(key, child.where), child
    return where
