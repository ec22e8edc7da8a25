"""The sentences of `amoconf explain`."""

from collections.abc import Mapping

from amoconf.report.said import Said
from amoconf.tongue import later, tr

WHY: Mapping[str | None, str] = {
    "spec": later("the spec changed since the last apply"),
    "drift": later("somebody changed it by hand in the CRM since the last apply"),
    "both": later("the spec and the CRM both changed since the last apply"),
    None: later("never applied from this spec"),
}


class ExplainWords:
    """Headings are attributes, sentences with something in them are methods."""

    def explained(self, kind: str, where: str | None, key: object) -> tuple[str, str]:
        """(in the spec, in the account) for the head of `explain`."""
        spec = (
            tr("written at {place}", place=where) if where else tr("not in the spec: left alone, and counted")
        )
        there = tr("id {id} in the account", id=key) if key is not None else tr("not in the account")
        return f"{kind}, {spec}", there

    @property
    def explain_columns(self) -> tuple[str, str, str]:
        """Heads of the table of `explain`."""
        return tr("attribute"), tr("spec"), tr("account")

    not_managed = Said("(not managed)")
    not_kept = Said("(not kept in the CRM)")
    same = Said("(same)")
    no_change = Said("Nothing would change.")
    why = Said("Why")
    would_be = Said("Would be")

    def why_origin(self, origin: str | None) -> str:
        """Who moved, for `explain`."""
        return tr(WHY[origin])
