"""What a check leaves for cron: a line of history, a file of metrics, notices of changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from amoconf.cli.options import Options
from amoconf.cli.session import load_spec, run, target_of
from amoconf.errors import AmoconfError, UsageError
from amoconf.tongue import later, tr, trn

if TYPE_CHECKING:
    from amoconf.api import Target
    from amoconf.cli.notices import Place
    from amoconf.history import Past, Row
    from amoconf.notify import Notice

Document = dict[str, Any]
FLAGS: tuple[Callable[..., Any], ...] = (
    click.option("--history", type=click.Path(path_type=Path, dir_okay=False), envvar="AMOCONF_HISTORY", metavar="FILE", help=later("Keep the history of runs there; by default in the state folder.")),
    click.option("--no-history", is_flag=True, help=later("Keep no line of this run.")),
    click.option("--metrics-file", type=click.Path(path_type=Path, dir_okay=False), envvar="AMOCONF_METRICS_FILE", metavar="FILE", help=later("Write metrics for Prometheus there.")),
    click.option("--notify", multiple=True, envvar="AMOCONF_NOTIFY", metavar="URL", help=later("Tell what changed since the last run: https://…, or an address of apprise.")),
    click.option("--notify-details", is_flag=True, envvar="AMOCONF_NOTIFY_DETAILS", help=later("Notices may hold addresses of people and values.")),
)  # fmt: skip


@dataclass
class Note:
    """What the flags ask for one run. scope: the flags that narrow it, for only like runs are compared."""

    command: str
    options: Options
    scope: str
    history: Path | None
    off: bool
    metrics: Path | None
    details: bool
    places: "list[Place]" = field(repr=False, default_factory=list)
    over: bool = False

    def done(self, document: Document) -> None:
        """The run came to a result, and its result has been shown."""
        from amoconf.history import row_of

        self.over = True
        account = document["account"]
        self._measure(_host(account), document["at"], document)
        if self.off:
            return
        path = self.history or history_path(self.options, self._target(account))
        try:
            row = row_of(document, self.scope, self._key())
            self._keep(path, account, row, document if self.details else None)
        except UsageError as trouble:
            if self.history or self.places:
                raise
            # Nobody asked for it: a folder that takes no files is no reason to fail.
            click.echo(tr("warning: ") + str(trouble.problems[0]), err=True)

    def failed(self, error: Exception) -> None:
        """The run came to nothing; what goes wrong in here is told and does not stand in the error's way."""
        from amoconf.history import failed_row

        if self.over:
            return
        target, at = _whom(self.options), datetime.now(UTC).isoformat()
        try:
            self._measure(target.host if target else "", at, None)
            path = self.history or (history_path(self.options, target) if target else None)
            if path and target and not self.off:
                account = {"id": None, "subdomain": target.subdomain, "domain": target.domain}
                name = type(error).__name__
                self._keep(path, account, failed_row(self.command, account, self.scope, at, name), None)
        except UsageError as trouble:
            click.echo(tr("error: ") + str(trouble.problems[0]), err=True)

    def _target(self, account: Mapping[str, Any]) -> "Target":
        from amoconf.api import Target

        return Target.of(_host(account), self.options.base_url)

    def _key(self) -> bytes:
        from amoconf.api import home
        from amoconf.cli.files import private_key

        return private_key(home(self.options.state_dir) / "key")

    def _measure(self, account: str, at: str, document: Document | None) -> None:
        if self.metrics is None:
            return
        from amoconf.cli.files import File, put
        from amoconf.metrics import Run, exposition

        moment = datetime.fromisoformat(at).timestamp()
        text = exposition(Run(self.command, account, moment, document is not None), document)
        put([File(self.metrics, text)], keep=False)

    def _keep(self, path: Path, account: Mapping[str, Any], row: "Row", document: Document | None) -> None:
        """Tells what changed, then keeps the line with who was told: a process that dies tells twice, not never."""
        from amoconf.history import append, of, read
        from amoconf.since import carried

        past = read(path)
        _tell_spoilt(path, past)
        earlier = of(past.rows, account, self.command, self.scope)
        good = [known for known in earlier if "failed" not in known]
        items = {"items": carried(good[-1] if good else None, row)} if "items" in row else {}
        append(path, {**row, **items, **self._told(earlier, row, document)})

    def _told(self, earlier: "Sequence[Row]", row: "Row", document: Document | None) -> "Row":
        """`told` and `missed`: hashes of the addresses that know of this run, and of those that could not be told."""
        from amoconf.history import keyed

        told: dict[str, list[str]] = {"told": [], "missed": []}
        for place in self.places:
            mark = keyed(place.url, self._key())
            said = self._send(place, self._notice(known_to(mark, earlier), row, document))
            told["missed" if said else "told"].append(mark)
            if said:
                words = tr("{name} got no notice: {why}", name=place.name, why=said)
                click.echo(tr("warning: ") + words, err=True)
        return {name: marks for name, marks in told.items() if marks}

    def _notice(self, known: "Sequence[Row]", row: "Row", document: Document | None) -> "Notice":
        from amoconf.notify import Notice, between, details

        good = [earlier for earlier in known if "failed" not in earlier]
        changes = between(good[-1] if good else None, row, last=known[-1] if known else None)
        return Notice(row, changes, details(document, self._key()) if document else {})

    def _send(self, place: "Place", notice: "Notice") -> str:
        if not notice.changes.any:
            return ""
        from amoconf.api import Clock
        from amoconf.cli.notices import send

        return run(send(place, notice, self.options.clock or Clock()))


def known_to(mark: str, earlier: "Sequence[Row]") -> "Sequence[Row]":
    """The runs that an address knows of; all where it has never been asked to, for then people saw them."""
    told = [row for row in earlier if mark in row.get("told", ())]
    if told or any(mark in row.get("missed", ()) for row in earlier):
        return told
    return earlier


def noting(*narrowing: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the flags; the command is called with `note` and calls `note.done` after showing its document.

    narrowing: parameters which change what the document tells. To be written below `shared`.
    """

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(options: Options, *args: Any, **given: Any) -> Any:
            urls = given.pop("notify")
            note = _note(options, given, _scope(narrowing))
            try:
                note.places = _places(urls, note)
                return function(options, *args, note=note, **given)
            except Exception as error:
                note.failed(error)
                raise

        for option in reversed(FLAGS):
            call = option(call)
        return call

    return wrap


def _places(urls: Sequence[str], note: Note) -> "list[Place]":
    """Where notices go. UsageError where that does not go together with the other flags."""
    from amoconf.cli.notices import places

    if urls and note.off:
        raise UsageError(
            tr("--notify compares with the history, and --no-history keeps none"), tr("leave one of them out")
        )
    return places(urls)


def _note(options: Options, given: dict[str, Any], scope: str) -> Note:
    """Takes the flags out of what was given."""
    return Note(
        click.get_current_context().info_name or "",
        options,
        scope,
        given.pop("history"),
        given.pop("no_history"),
        given.pop("metrics_file"),
        given.pop("notify_details"),
    )


def _scope(names: Sequence[str]) -> str:
    """The flags that narrow a run, as given: "only=A,C offline"; "" where there are none."""
    context = click.get_current_context()
    said = []
    for name in sorted(names):
        value = context.params[name]
        if context.get_parameter_source(name) is ParameterSource.DEFAULT or value is False:
            continue
        text = ",".join(sorted(map(str, value))) if isinstance(value, tuple) else str(value)
        said.append(name if value is True else f"{name}={text}")
    return " ".join(said)


def history_path(options: Options, target: "Target") -> Path:
    """The history of one account, in the state folder."""
    from amoconf.api import home

    return home(options.state_dir) / "history" / f"{target.key}.jsonl"


def _whom(options: Options) -> "Target | None":
    """The account of a run that failed, as far as it can be told: the failure may be that it cannot."""
    from amoconf.api import Target

    try:
        if options.account:
            return Target.of(options.account, options.base_url)
        return target_of(options, load_spec(options).account)
    except AmoconfError:
        return None


def _host(account: Mapping[str, Any]) -> str:
    return f"{account['subdomain']}.{account['domain']}"


def _tell_spoilt(path: Path, past: "Past") -> None:
    if past.spoilt:
        words = trn(
            "{path}: {number} line cannot be read and is left out",
            "{path}: {number} lines cannot be read and are left out",
            past.spoilt,
            path=path,
        )
        click.echo(tr("warning: ") + words, err=True)
