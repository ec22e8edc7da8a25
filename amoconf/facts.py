"""All that is known of an account, for whoever judges or measures it: configuration, records, events, what the spec says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amoconf.model import Account, Resource, Settings
from amoconf.policy import technical
from amoconf.values import Address

if TYPE_CHECKING:
    from amoconf.attest import Attests
    from amoconf.records.queries import Queries

WON, LOST = 142, 143  # official: config page C5
OPEN = f"status_id NOT IN ({WON}, {LOST})"
CLOSING = ("won", "lost", "unsorted")
DAY = 86_400
FEW = 30  # records; a share of fewer says nothing
# What may be needed besides the configuration.
LIVE, RECORDS, EVENTS, SPEC, QUIET = "live", "records", "events", "spec", "quiet"
# All records, not only those that one user may see: what is not seen would count as missing.
WHOLE = "whole"


@dataclass(frozen=True)
class Facts:
    """All that is known of an account. `account`: as found, or, offline, as the spec wants it.

    now: the account's time, Unix seconds. raw: collections as read, by path. unread: collections that the token may
    not read, with the reason. quiet: user id → days without any event, as far as asked. since: from when events are
    known. home: the account's address, for links. locked: ids that the lock file remembers.
    attests: what people attested, where there is a spec.
    """

    account: Account
    wanted: Account | None = None
    live: bool = False
    now: int = 0
    raw: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    records: "Queries | None" = None
    quiet: Mapping[int, int] | None = None
    since: int | None = None
    home: str = ""
    locked: Mapping[Address, int | str] = field(default_factory=dict)
    attests: "Attests | None" = None

    @property
    def said(self) -> Settings:
        """What the spec says besides things; nothing where there is no spec."""
        return self.wanted.settings if self.wanted is not None else Settings()

    @property
    def technical(self) -> frozenset[int]:
        """Ids of the user that policy.admins.technical names."""
        found = technical(self.account.of("user"), self.said)
        return frozenset(int(str(user.id)) for user in found if user.id is not None)

    @property
    def partial(self) -> bool:
        """Whether the token sees only what its user may see: users are read by administrators alone."""
        # official: config page, B2
        return self.live and "users" in self.unread

    @property
    def prefix(self) -> str:
        """What archived things are called by."""
        return (self.wanted or self.account).settings.archive_prefix.strip()

    def things(self, kind: str, home: tuple[str, ...] | None = None) -> list[Resource]:
        """Things that stay, in their order; what is being taken away is not looked at any more."""
        found = self.account.of(kind) if home is None else self.account.within(kind, home)
        prefix = self.prefix
        return [
            item
            for item in found
            if not item.marks.leaves and not (prefix and name_of(item).startswith(prefix))
        ]

    @property
    def pipelines(self) -> list[Resource]:
        """Pipelines that are in use, archived ones aside."""
        return [item for item in self.things("pipeline") if not item.attrs.get("in_archive")]

    def stages_of(self, pipeline: Resource) -> list[Resource]:
        """Ordinary stages of a pipeline in order."""
        return [item for item in self.things("stage", pipeline.address.path) if is_ordinary(item)]

    @property
    def stages(self) -> list[Resource]:
        """Ordinary stages of all pipelines in use."""
        return [stage for pipeline in self.pipelines for stage in self.stages_of(pipeline)]

    def limit_of(self, stage: Resource) -> int:
        """How long a deal may stay in a stage, seconds: the spec's limit, or the one usual for such a name."""
        want = self.wanted.get(stage.address) if self.wanted else None
        told = (want or stage).attrs.get("stall_limit")
        return int(told) if told else _usual_days(name_of(stage).casefold()) * DAY


def _usual_days(name: str) -> int:
    if "квалиф" in name or "qualif" in name:
        return 2
    return 5 if "переговор" in name or "negotiat" in name else 14


def is_ordinary(stage: Resource) -> bool:
    """Neither closing nor unsorted."""
    return not stage.reserved and stage.address.key not in CLOSING


def name_of(item: Resource) -> str:
    """What people call a thing."""
    return str(
        item.attrs.get("name") or item.attrs.get("email") or item.attrs.get("code") or item.address.key
    )


def number_of(item: Resource) -> int:
    """The id of a found thing as the mirror has it."""
    return int(str(item.id))
