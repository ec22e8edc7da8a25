"""Documents laid out for reading: one module for each sort of document."""

from dataclasses import replace

from amoconf.report.paper import Document, Paper
from amoconf.tongue import tr


def paper_of(document: Document) -> Paper:
    """The paper of a document of plan, drift, diff, audit, board, report or fleet; KeyError for any other."""
    return replace(_laid_out(document), command=document["command"])


def _laid_out(document: Document) -> Paper:
    command = document["command"]
    if command == "audit":
        from amoconf.report.papers.audit import audit_paper

        return audit_paper(document)
    if command in ("plan", "drift"):
        from amoconf.report.papers.changes import changes_paper

        return changes_paper(document)
    if command.startswith("fleet "):
        from amoconf.report.papers.fleet import fleet_paper

        return fleet_paper(document)
    if command == "diff":
        from amoconf.report.papers.comparison import diff_paper

        return diff_paper(document)
    from amoconf.report.papers import figures

    return {"board": figures.board_paper, "report": figures.report_paper}[command](document)


def account_of(document: Document) -> str:
    """The account as people name it."""
    given = document["account"]
    host = f"{given['subdomain']}.{given['domain']}"
    return tr("{host} (account {id})", host=host, id=given["id"]) if given.get("id") else host


def facts_of(document: Document) -> list[tuple[str, str]]:
    """When it was made, from what, and what it took."""
    facts = []
    if document.get("at"):
        facts.append((tr("Made"), document["at"][:19].replace("T", " ")))
    if document.get("file"):
        facts.append((tr("Spec"), document["file"]))
    if "read" in document.get("requests", {}):
        facts.append((tr("Requests"), str(document["requests"]["read"])))
    return facts
