"""What a policy says of people and rights, what an account breaks of it, and which changes would make that worse."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from amoconf.changes import DELETE, MANUAL, Change, View
from amoconf.kinds._forbidden import held
from amoconf.kinds._rights import BREADTH
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import later, tr
from amoconf.values import Address, Value

MAX, ALLOW, TECHNICAL = "admins.max", "admins.allow", "admins.technical"
FORBID, DOMAINS = "rights.forbid", "email_domains"
ADMINS = (MAX, ALLOW, TECHNICAL)
# A pattern, so that it can be given to --only: several users together break the policy.
EVERYBODY = Address("user", ("*",))
WATCHED = ("user", "role")
SHOWN = 3  # stages or lists that are named


@dataclass(frozen=True)
class Breach:
    """One thing that breaks the policy. rule: the policy's key. size: more of it is worse.

    right, place, word: for rights, which, on which stage or list, and how wide. who: whose changes can bring it about.
    """

    rule: str
    address: Address
    size: int = 1
    right: str = ""
    place: Address | None = None
    word: str = ""
    who: tuple[Address, ...] = ()

    @property
    def key(self) -> tuple[str, Address, str, Address | None]:
        """What makes it the same breach before and after."""
        return self.rule, self.address, self.right, self.place


def speaks(settings: Settings) -> bool:
    """Whether the policy says anything of people or rights."""
    return any(settings.policy.get(key) is not None for key in (*ADMINS, FORBID, DOMAINS))


def breaches(account: Account, settings: Settings) -> tuple[Breach, ...]:
    """Everything that breaks the policy. An account without users is one whose users were not read: nothing is said."""
    if not speaks(settings):
        return ()
    users = list(account.of("user"))
    return (
        *(_administrators(users, settings) if users else ()),
        *(_technical(users, settings) if users else ()),
        *_rights(account, settings),
        *_mailboxes(users, settings),
    )


def mail(user: Resource) -> str:
    """A user's e-mail as it is compared."""
    return str(user.attrs.get("email") or user.address.key).casefold()


def works(user: Resource) -> bool:
    """Who is switched off can do nothing, so the policy does not mind."""
    return user.attrs.get("active") is not False


def administrators(users: Iterable[Resource]) -> list[Resource]:
    """Active administrators. Official: users' rights.is_admin, config page C11."""
    return [user for user in users if works(user) and user.attrs.get("admin")]


def allowed(settings: Settings) -> set[str]:
    """E-mails of those who may be administrators: those of `allow`, and the technical user."""
    named = [*(settings.policy.get(ALLOW) or ()), settings.policy.get(TECHNICAL)]
    return {str(name).casefold() for name in named if name}


def _administrators(users: Sequence[Resource], settings: Settings) -> Iterator[Breach]:
    admins, may = administrators(users), allowed(settings)
    if settings.policy.get(ALLOW) is not None:
        for user in admins:
            if mail(user) not in may:
                yield Breach(ALLOW, user.address, who=(user.address,))
    most = settings.policy.get(MAX)
    if most is not None and len(admins) > most:
        who = tuple(user.address for user in admins)
        yield Breach(MAX, EVERYBODY, len(admins), who=who)


def technical(users: Iterable[Resource], settings: Settings) -> list[Resource]:
    """The user that policy.admins.technical names, whether active or not; none where it names nobody."""
    name = str(settings.policy.get(TECHNICAL) or "").casefold()
    return [user for user in users if name and mail(user) == name]


def _technical(users: Sequence[Resource], settings: Settings) -> Iterator[Breach]:
    name = settings.policy.get(TECHNICAL)
    if not name:
        return
    own = technical(users, settings)
    if not any(works(user) for user in own):
        address = own[0].address if own else Address("user", (str(name),))
        yield Breach(TECHNICAL, address, 1 if own else 2, who=(address,))


def _rights(account: Account, settings: Settings) -> Iterator[Breach]:
    """Of roles, whether anybody has them or not, and of people who have rights of their own instead of a role."""
    patterns = settings.policy.get(FORBID) or ()
    for role in account.of("role"):
        yield from forbidden(role.address, role.attrs, patterns)
    for user in account.of("user"):
        if works(user) and not user.attrs.get("admin") and not user.attrs.get("role"):
            yield from forbidden(user.address, user.attrs.get("own") or {}, patterns)


def forbidden(address: Address, attrs: Mapping[str, Value], patterns: Sequence[str]) -> Iterator[Breach]:
    """The rights among these attributes that one of the patterns forbids."""
    for right, place, word in held(attrs):
        if word != "none" and _is_forbidden(right, tuple(patterns)):
            yield Breach(FORBID, address, BREADTH.index(word), right, place, word, (address,))


@cache
def _is_forbidden(right: str, patterns: tuple[str, ...]) -> bool:
    """Asked again and again: there are a few dozen rights, and every change is judged by all roles."""
    return any(fnmatchcase(right, pattern) for pattern in patterns)


def _mailboxes(users: Iterable[Resource], settings: Settings) -> Iterator[Breach]:
    domains = {str(name).casefold() for name in settings.policy.get(DOMAINS) or ()}
    for user in users if domains else ():
        name, _, domain = mail(user).rpartition("@")
        if name and works(user) and domain not in domains:
            yield Breach(DOMAINS, user.address, word=domain, who=(user.address,))


def after(found: Account, changes: Iterable[Change]) -> Account:
    """People and roles of an account as they would be."""
    things = {item.address: item for item in found.resources if item.address.kind in WATCHED}
    for change in changes:
        address = change.address
        if change.action == DELETE:
            things.pop(address, None)
        elif address.kind in WATCHED and address != EVERYBODY:
            blank = Resource(address, {"email": address.key} if address.kind == "user" else {})
            # What an administrator may do once he is none is known when it is so.
            unknown: dict[str, Value] = {"own": {}} if "admin" in change.after else {}
            things[address] = things.get(address, blank).with_map({**change.after, **unknown})
    return Account(tuple(things.values()), found.settings, found.facts)


def worsened(changes: Sequence[Change], view: View) -> Iterator[tuple[Address, str]]:
    """(change, sentence) for each change that would make a breach new or worse.

    What a person does is not counted on: it may mend nothing. It is judged on top of what amoconf does by itself.
    """
    concerned = [change for change in changes if change.address.kind in WATCHED]
    if not concerned or not speaks(view.settings):
        return
    sure = [change for change in concerned if change.channel != MANUAL]
    base = breaches(after(view.found, sure), view.settings)
    blamed = list(_blamed(sure, breaches(after(view.found, ()), view.settings), base))
    for change in concerned:
        if change.channel == MANUAL:
            then = breaches(after(view.found, (*sure, change)), view.settings)
            blamed += _blamed([change], base, then)
    groups: dict[tuple[Address, str, str, str], list[Breach]] = {}
    for address, breach in blamed:
        groups.setdefault((address, breach.rule, breach.right, breach.word), []).append(breach)
    for (address, *_), group in groups.items():
        yield address, sentence(group, view.settings)


def _blamed(
    changes: Sequence[Change], before: Iterable[Breach], now: Iterable[Breach]
) -> Iterator[tuple[Address, Breach]]:
    sizes = {breach.key: breach.size for breach in before}
    for breach in now:
        if breach.size > sizes.get(breach.key, 0):
            for change in changes:
                own = breach.address != EVERYBODY or not {"active", "admin"}.isdisjoint(change.after)
                if change.address in breach.who and own:
                    yield change.address, breach


def sentence(group: Sequence[Breach], settings: Settings) -> str:
    """What stands against a change that would bring these breaches about; all are of one rule, right and width."""
    return _SENTENCES[group[0].rule](group, settings)


def spelled(group: Iterable[Breach]) -> str:
    """Rights as a person reads them: their names, and the first of the stages or lists that they are given on."""
    places: dict[str, list[str]] = {}
    for breach in group:
        places.setdefault(breach.right, []).extend(["/".join(breach.place.path)] if breach.place else [])
    return ", ".join(f"{right} ({_some(names)})" if names else right for right, names in places.items())


def _some(names: Sequence[str]) -> str:
    return ", ".join([*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])


_NOT_NAMED = later("policy.admins.allow does not name this administrator")
_NOBODY = later("policy.admins.technical: integrations would be left without this user")
_SENTENCES: Mapping[str, Callable[[Sequence[Breach], Settings], str]] = {
    ALLOW: lambda group, settings: tr(_NOT_NAMED),
    TECHNICAL: lambda group, settings: tr(_NOBODY),
    MAX: lambda group, settings: tr(
        "policy.admins.max: there would be {count} administrators, {most} at most",
        count=group[0].size,
        most=settings.policy[MAX],
    ),
    FORBID: lambda group, settings: tr(
        "policy.rights.forbid: {rights} would be {word}", rights=spelled(group), word=group[0].word
    ),
    DOMAINS: lambda group, settings: tr(
        "policy.email_domains does not name the domain {domain}", domain=group[0].word
    ),
}
