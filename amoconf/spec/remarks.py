"""The comments of an imported spec, in Russian: what a section holds, what was left out, what could not be read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from amoconf.kind import Kind
from amoconf.kinds import KINDS, sections
from amoconf.model import Account
from amoconf.spec.keys import title
from amoconf.spec.listing import Listing
from amoconf.spec.write import comment
from amoconf.values import Address

MOST_NAMES = 5
LONGEST_NAME = 60


@dataclass(frozen=True)
class Head:
    """What the top of the file says. read: the day of reading, as text. unread: collections that the token may not
    see, with the service's words. schema: where editors find the JSON Schema."""

    subdomain: str
    id: int
    domain: str
    read: str = ""
    schema: str = "account.schema.json"
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> dict[str, Any]:
        """The `account` section."""
        return {"subdomain": self.subdomain, "id": self.id, "domain": self.domain}


def header(head: Head, listed: Listing) -> str:
    """Lines above the spec."""
    day = f" на {head.read}" if head.read else ""
    lines = [
        f"yaml-language-server: $schema={head.schema}",
        "",
        f"Аккаунт {head.subdomain}.{head.domain}{day}, каким его видно через API.",
        "Выписано то, что отличается от исходных настроек amoCRM; встроенное и архивное не выписано.",
        "Чего в файле нет, то amoconf не сравнивает, не меняет и не удаляет.",
        "",
        f"Подсказки в редакторе:          amoconf schema > {head.schema}",
        "Проверить файл:                 amoconf validate",
        "Увидеть разницу с аккаунтом:    amoconf plan",
        *_unread(head.unread),
        *_of_empty_sections(listed),
    ]
    return comment("\n".join(lines))


def _unread(unread: Mapping[str, str]) -> Iterator[str]:
    if unread:
        yield ""
        yield "Не прочитано, сервис не разрешил:"
        for path, said in unread.items():
            yield f"  {path}: {said}"


def _of_empty_sections(listed: Listing) -> Iterator[str]:
    """What was left out of sections that are not written at all."""
    written = {item.address.kind for item in listed.wanted.resources}
    for homes in sections().values():
        for kind, home in homes:
            lines = left_out(kind, listed) if kind.name not in written else []
            if lines:
                yield ""
                yield from (f"{home.key}: {line}" for line in lines)


def remarks(kind: Kind, listed: Listing) -> str:
    """Lines above a section."""
    return "\n".join([f"{kind.about[1]}.", *left_out(kind, listed)])


def left_out(kind: Kind, listed: Listing) -> list[str]:
    """What is not written of a kind and of those below it."""
    below = {
        kind.name,
        *(name for name in KINDS if any(home.under == kind.name for home in KINDS[name].homes)),
    }
    archived = [address for address in listed.archived if address.kind in below]
    unsaid = [address for address in listed.unsaid if address.kind in below]
    lines = [f"Не выписано архивное и отключённое: {_names(archived, listed.found)}."] if archived else []
    if unsaid:
        lines.append(f"Не выписано, для этого в языке нет слов: {_names(unsaid, listed.found)}.")
    for address, attrs in listed.dropped.items():
        if address.kind in below:
            lost = ", ".join(attrs)
            lines.append(f"«{_name(address, listed.found)}»: не выписано {lost}, amoCRM такого не примет.")
    return lines


def _names(addresses: Collection[Address], found: Account) -> str:
    """The number of things, and the first names."""
    names = [_name(address, found) for address in addresses]
    shown = ", ".join(f"«{name}»" for name in names[:MOST_NAMES])
    more = "" if len(names) <= MOST_NAMES else f" и ещё {len(names) - MOST_NAMES}"
    return f"{len(names)} ({shown}{more})"


def _name(address: Address, found: Account) -> str:
    """What people call a thing; never a URL, which may hold a secret."""
    kind, item = KINDS[address.kind], found.index[address]
    if kind.by_name[kind.identity].codec.secret:
        return address.key
    name = " ".join(title(kind, item).split()).encode(errors="replace").decode()
    return name[:LONGEST_NAME] or "без названия"
