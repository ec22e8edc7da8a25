"""An apply with a snapshot taken around it, for what goes back from there."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amoconf.cli import snapshots
from amoconf.cli.options import Options
from amoconf.cli.plan import make
from amoconf.cli.session import load_spec, look, target_of
from tests.living import Ended, Living


def options(crm: Living, **given: Any) -> Options:
    """The options that `Living.amoconf` runs commands with."""
    usual: dict[str, Any] = {
        "file": crm.folder / "account.yaml",
        "account": None,
        "base_url": crm.url,
        "pace": None,
        "lock_timeout": 0.0,
        "state_dir": crm.folder / "state",
        "secrets_file": None,
        "format": "text",
        "color": "never",
        "lang": "en",
        "verbose": 0,
        "quiet": False,
        "token": crm.token,
    }
    return Options(**{**usual, **given})


def applied(
    crm: Living,
    *,
    allow: tuple[str, ...] = (),
    finished: bool = True,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Applies the spec; not finished: only the snapshot is left that a killed run leaves."""
    flags = [word for item in allow for word in ("--allow", item)]
    if finished:
        return crm.amoconf("apply", "--yes", *flags, **(environment or {}))
    own = options(crm, environment=dict(environment or {}))
    spec = load_spec(own)
    target = target_of(own, spec.account)
    found, _ = asyncio.run(look(own, spec))
    kept = snapshots.keep(
        own, target, found, make(spec, found, allow=allow), spec.lock, spec.document.revision
    )
    ended = crm.amoconf("apply", "--yes", *flags, **(environment or {}))
    the_snapshot(crm).unlink()
    assert the_snapshot(crm) == kept
    return ended


def the_snapshot(crm: Living) -> Path:
    """The latest one."""
    own = options(crm)
    return snapshots.find(own, target_of(own, load_spec(own).account), None)
