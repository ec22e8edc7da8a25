"""The comments of an imported spec, in Russian: what a section holds, what was left out, what could not be read."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from amoconf.kinds import KINDS, sections
from amoconf.model import Account
from amoconf.spec.keys import title
from amoconf.spec.listing import Listing
from amoconf.values import Address

MOST_NAMES = 5


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


def header(head: Head, listed: Listing, written: Collection[str]) -> str:
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
        *_of_missing_sections(listed, written),
    ]
    return "\n".join(lines)


def _unread(unread: Mapping[str, str]) -> Iterator[str]:
    if unread:
        yield ""
        yield "Не прочитано, потому что сервис не разрешил:"
        for path, said in unread.items():
            yield f"  {path}: {said}"


def _of_missing_sections(listed: Listing, written: Collection[str]) -> Iterator[str]:
    for section, homes in sections().items():
        remarks = left_out([kind.name for kind, _ in homes], listed) if section not in written else []
        if remarks:
            yield ""
            yield f"{section}: {' '.join(remarks)}"


def section_remarks(section: str, names: Iterable[str], listed: Listing) -> str:
    """Lines above a section."""
    names = list(names)
    return "\n".join([*(f"{KINDS[name].about[1]}." for name in names), *left_out(names, listed)])


def left_out(names: Iterable[str], listed: Listing) -> list[str]:
    """What is not written of these kinds and of those below them."""
    below = _with_children(names)
    archived = [address for address in listed.archived if address.kind in below]
    unsaid = [address for address in listed.unsaid if address.kind in below]
    lines = [f"Архивное, не выписано: {_names(archived, listed.found)}."] if archived else []
    if unsaid:
        lines.append(f"Не выписано, в спецификации этого не сказать: {_names(unsaid, listed.found)}.")
    for address, attrs in listed.dropped.items():
        if address.kind in below:
            lines.append(
                f"«{_name(address, listed.found)}»: не выписано {', '.join(attrs)}, amoCRM такого не примет."
            )
    return lines


def _with_children(names: Iterable[str]) -> set[str]:
    below = set(names)
    for kind in KINDS.values():
        if any(home.under in below for home in kind.homes):
            below.add(kind.name)
    return below


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
    return title(kind, item) or "без названия"
