"""Checks as JUnit XML: one case for each rule of an audit, or for each change of a plan."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from amoconf.report.checks import Checks, Law, Result, checks_of
from amoconf.report.clean import clean
from amoconf.report.paper import Document
from amoconf.tongue import tr

FAILING = ("error", "warn")  # what fails a rule; what is only to know is told beside it


def junit(document: Document) -> str:
    """The XML. A plan of nothing has one case that passed, for some readers take an empty suite for a failure."""
    checks = checks_of(document)
    cases = (
        [_of_rule(checks, law) for law in checks.laws] if checks.command == "audit" else _of_changes(checks)
    )
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(suites, "testsuite", _head(checks, cases))
    suite.extend(cases)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def _head(checks: Checks, cases: Sequence[ElementTree.Element]) -> dict[str, str]:
    head = {
        "name": f"amoconf {checks.command} {checks.account}",
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{checks.seconds:g}",
    }
    # The schema that most readers use takes a local time without zone.
    return {**head, **({"timestamp": checks.at[:19]} if checks.at else {})}


def _of_rule(checks: Checks, law: Law) -> ElementTree.Element:
    """A rule with what it found."""
    case = _case(f"{law.key} {law.title}", f"audit.{law.key[0]}")
    found = [result for result in checks.results if result.law == law.key]
    if law.key in checks.skipped:
        ElementTree.SubElement(case, "skipped", {"message": clean(checks.skipped[law.key])})
    bad = [result for result in found if result.level in FAILING]
    if bad:
        message = bad[0].message if len(bad) == 1 else tr("{number} findings", number=len(bad))
        failure = {"message": clean(message), "type": bad[0].level}
        texts = [*map(_line, bad), *([law.help] if law.help else [])]
        ElementTree.SubElement(case, "failure", failure).text = clean_lines(texts)
    rest = [result for result in found if result.level not in FAILING]
    if rest:
        ElementTree.SubElement(case, "system-out").text = clean_lines(map(_line, rest))
    return case


def _of_changes(checks: Checks) -> list[ElementTree.Element]:
    """Each change as a case: of drift every one fails; of a plan those that something stands against."""
    if not checks.results:
        return [_case(tr("the account is as the spec says"), checks.command)]
    return [_of_change(checks.command, result) for result in checks.results]


def _of_change(command: str, result: Result) -> ElementTree.Element:
    case = _case(f"{result.law} {result.address}", f"{command}.{result.address.partition('/')[0]}")
    text = clean(result.message)
    if result.blocked or command == "drift":
        failure = {"message": text, "type": "blocked" if result.blocked else "drift"}
        ElementTree.SubElement(case, "failure", failure).text = clean_lines([_line(result)])
    else:
        ElementTree.SubElement(case, "system-out").text = text
    return case


def _case(name: str, group: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"name": clean(name), "classname": clean(f"amoconf.{group}")})


def _line(result: Result) -> str:
    """Where, how grave, what about, what."""
    where = result.where
    place = f"{where['file']}:{where['line']}" if where else ""
    return ": ".join(filter(None, (place, result.level, result.address, result.message)))


def clean_lines(texts: Iterable[str]) -> str:
    """Lines of text without what XML cannot hold."""
    return "\n".join(clean(text) for text in texts)
