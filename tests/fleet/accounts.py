"""A fleet of emulated accounts on sockets of this process, and the command line beside it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from amoconf.api import Clock
from tests.living import Ended, Living, call, living

BASE = """amoconf: 1
account: {subdomain: headoffice}
variables: {city: Пенза}
loss_reasons: [Дорого, "Нет в ${city}"]
tags: {leads: {vip: VIP, wholesale: {name: Опт, protected: true}}}
policy:
  admins: {max: 3}
  rights: {forbid: [leads.delete]}
"""


class Hurried:
    """A clock whose waiting takes no time: what is slept is added to what it shows."""

    def __init__(self) -> None:
        self.slept = 0.0

    async def sleep(self, seconds: float) -> None:
        """Lets others run."""
        self.slept += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        """As the client takes it."""
        real = Clock()
        return Clock(lambda: real.ticks() + self.slept, lambda: real.wall() + self.slept, self.sleep)


class Fleet:
    """Accounts by name, their list, and what the next run is told besides."""

    def __init__(self, folder: Path, accounts: Mapping[str, Living]) -> None:
        self.folder = folder
        self.accounts = accounts
        self.fresh()

    def fresh(self) -> None:
        """The base, and nothing of their own in any account."""
        self.own = dict.fromkeys(self.accounts, "")
        self.more: list[str] = []
        self.environment: dict[str, str] = {}
        for path in (self.folder / "locks").glob("*"):
            path.unlink()
        self.write("account.yaml", BASE)
        for account in self.accounts.values():
            account.client.post("/_emulator/faults", json={})

    def write(self, name: str, text: str) -> None:
        """A file of the fleet's folder."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def overlay(self, name: str, text: str) -> None:
        """What one account has of its own."""
        self.write(f"overlays/{name}.yaml", text)
        self.own[name] = f", overlay: overlays/{name}.yaml"

    def row(self, name: str) -> str:
        """One account's line of the list."""
        account = self.accounts[name]
        subdomain = account.world.account["subdomain"]
        token = f"AMOCONF_TOKEN_{name.upper()}"
        return f'  {name}: {{subdomain: {subdomain}, base_url: "{account.url}", token_env: {token}{self.own[name]}}}'

    def run(self, *words: str, clock: Clock | None = None) -> Ended:
        """`amoconf fleet` with these words."""
        rows = [*map(self.row, self.accounts), *self.more]
        self.write(
            "accounts.yaml", "\n".join(["amoconf_fleet: 1", "base: account.yaml", "accounts:", *rows, ""])
        )
        tokens = {f"AMOCONF_TOKEN_{name.upper()}": account.token for name, account in self.accounts.items()}
        own = {
            "AMOCONF_FLEET": str(self.folder / "accounts.yaml"),
            "AMOCONF_STATE_DIR": str(self.folder / "state"),
            "AMOCONF_PACE": "off",
            "AMOCONF_LANG": "en",
        }
        return call(("fleet", *words), {**own, **tokens, **self.environment}, clock)


@contextmanager
def fleet_of(folder: Path, names: Sequence[str]) -> Iterator[Fleet]:
    """Empty accounts under these names, as long as the block lasts."""
    with ExitStack() as leaving:
        accounts = {}
        for number, name in enumerate(names, 1):
            (folder / name).mkdir()
            accounts[name] = leaving.enter_context(living(folder / name, scenario="empty", number=number))
        yield Fleet(folder, accounts)
