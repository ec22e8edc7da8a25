"""An overlay may make the policy of the base stricter, never looser: a row for each way to try."""

from pathlib import Path

import pytest

from amoconf.errors import Problem, SpecError
from amoconf.fleet.listed import load
from amoconf.fleet.tightening import loosened
from amoconf.spec.sources import survey

HEAD = "amoconf: 1\naccount: {subdomain: one}\n"
LIST = "amoconf_fleet: 1\nbase: base.yaml\naccounts: {city: {subdomain: city, overlay: own.yaml}}\n"


def told(folder: Path, base: str, own: str, listed: str = LIST) -> list[Problem]:
    """What is looser in the account that lays `own` over `base`."""
    for name, text in (("base.yaml", HEAD + base), ("own.yaml", own), ("accounts.yaml", listed)):
        (folder / name).write_text(text, encoding="utf-8")
    member = load(folder / "accounts.yaml").members[0]
    shared, _ = survey(folder / "base.yaml", environment={}, secrets={})
    whole, problems = survey(folder / "base.yaml", environment={}, secrets={}, overlay=member.overlay)
    assert shared
    assert whole
    assert not problems
    return loosened(shared.root, whole.root)


LOOSER = {
    "more administrators": ("admins: {max: 2}", "admins: {max: 3}", "admins.max: 3 is more than 2"),
    "other administrators": ("admins: {allow: [a@x.ru]}", "admins: {allow: [A@X.ru, b@x.ru]}", "b@x.ru"),
    "a technical administrator": ("admins: {allow: [a@x.ru]}", "admins: {technical: b@x.ru}", "b@x.ru"),
    "another technical user": ("admins: {technical: a@x.ru}", "admins: {technical: b@x.ru}", "stay a@x.ru"),
    "a right less": ("rights: {forbid: [leads.*]}", "rights: {forbid: [leads.delete]}", "leads.export"),
    "no rights": ("rights: {forbid: [mail]}", "rights: {forbid: []}", "no longer forbids mail"),
    "another domain": ("email_domains: [x.ru]", "email_domains: [x.ru, y.ru]", "y.ru"),
    "any domain": ("email_domains: [x.ru]", "email_domains: []", "every domain"),
    "a brake": ("brakes: {tag: {objects: 2}}", "brakes: {tag: {objects: 3}}", "3 is more than 2"),
    "a share": ("brakes: {tag: {share: 10%}}", "brakes: {tag: {share: 20%}}", "20% is more than 10%"),
    "records by default": (
        "admins: {max: 2}",
        "brakes: {field: {records: 1001}}",
        "1001 is more than 1000",
    ),
    "a brake of a part": (
        "brakes: {tag: {objects: 1}}",
        "brakes: {tag/leads: {share: 5%}}",
        "3 is more than 1",
    ),
    "a rule": ("audit: {C01: {warn: 12}}", "audit: {C01: off}", "switched off"),
    "a rule by default": ("admins: {max: 2}", "audit: {C01: off}", "switched off"),
    "a threshold": ("audit: {C01: {warn: 5}}", "audit: {C01: {warn: 6}}", "6 is looser than 5"),
    "a threshold by default": ("admins: {max: 2}", "audit: {C01: {error: 21}}", "21 is looser than 20"),
    "a low threshold": ("audit: {F01: {warn: 85%}}", "audit: {F01: {warn: 80%}}", "80% is looser than 85%"),
    "another limit": ("admins: {max: 2}", "audit: {F03: {days: 60}}", "must stay 30"),
    "a pattern": (
        "admins: {max: 2}",
        'audit: {E03: {except: [{address: "tag/*", reason: "надо", until: 2030-01-01}]}}',
        "by pattern",
    ),
}


@pytest.mark.parametrize("name", LOOSER)
def test_loosening_is_told_with_both_places(tmp_path: Path, name: str) -> None:
    base, own, says = LOOSER[name]
    found = told(tmp_path, f"policy:\n  {base}\n", f"policy:\n  {own}\n")
    assert found
    assert says in "; ".join(problem.what for problem in found)
    for problem in found:
        assert problem.where
        assert Path(problem.where.file).name == "own.yaml" or "tag: {objects" in base
        assert ("base.yaml:" in problem.todo) != ("default" in problem.todo)


STRICTER = {
    "fewer administrators": ("admins: {max: 2}", "admins: {max: 1}"),
    "a limit where there was none": ("email_domains: [x.ru]", "admins: {max: 9, allow: [a@x.ru]}"),
    "one of those allowed": ("admins: {allow: [a@x.ru, b@x.ru]}", "admins: {allow: [b@x.ru]}"),
    "nobody": ("admins: {allow: [a@x.ru]}", "admins: {allow: []}"),
    "the technical user by name": ("admins: {allow: [a@x.ru]}", "admins: {technical: a@x.ru}"),
    "one right more": ("rights: {forbid: [leads.delete]}", "rights: {forbid: [leads.*, mail]}"),
    "a domain less": ("email_domains: [x.ru, y.ru]", "email_domains: [Y.ru]"),
    "domains where there were none": ("email_domains: []", "email_domains: [y.ru]"),
    "brakes": ("brakes: {tag: {objects: 2}}", "brakes: {tag: {objects: 1}, field: {share: 5%}}"),
    "a rule that was off": ("audit: {C01: off}", "audit: {C01: {warn: 99}}"),
    "thresholds": ("audit: {C01: {warn: 5}}", "audit: {C01: {warn: 4, error: 6}, F01: {warn: 90%}}"),
    "an exception for one thing": (
        "audit: {C01: {warn: 5}}",
        'audit: {C01: {except: [{address: pipeline/a, reason: "надо", until: 2030-01-01}]}}',
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_tightening_is_free(tmp_path: Path, name: str) -> None:
    base, own = STRICTER[name]
    assert told(tmp_path, f"policy:\n  {base}\n", f"policy:\n  {own}\n") == []


def test_what_is_protected_stays_so(tmp_path: Path) -> None:
    base = "tags: {leads: {vip: {name: VIP, protected: true}}}\n"
    for own in ("vip: {protected: false}", "vip: ВИП"):
        [problem] = told(tmp_path, base, f"tags: {{leads: {{{own}}}}}\n")
        assert problem.what == "tags.leads.vip: it is protected no more"
        assert "base.yaml:3" in problem.todo
    assert told(tmp_path, base, "tags: {leads: {vip: {was: [Вип]}, own: Своё}}\n") == []


CREW = "fields: {leads: {crew: {name: Бригада, type: select, options: {a: А}, protected: true}}}\n"
ELSE = {
    "another name": ("crew: {name: Иное}", "its `name` stays"),
    "another type": ("crew: {type: text}", "its `type` stays"),
    "another of that name": ("crew: {twin: 2}", "its `twin` stays"),
    "a code": ("crew: {code: CREW}", "its `code` stays"),
    "its name": ("gone: {name: бригада, type: select, absent: нет}", "gone takes the name"),
    "its old name": ("gone: {name: Иное, was: [Бригада], absent: нет}", "gone takes the name"),
}


@pytest.mark.parametrize("name", ELSE)
def test_what_is_protected_stays_the_same_thing(tmp_path: Path, name: str) -> None:
    own, says = ELSE[name]
    [problem] = told(tmp_path, CREW, f"fields: {{leads: {{{own}}}}}\n")
    assert says in problem.what
    assert "base.yaml:3" in problem.todo


def test_where_it_lies_is_protected_with_it(tmp_path: Path) -> None:
    base = "pipelines: {retail: {name: Розница, stages: {call: {name: Звонок, protected: true}}}}\n"
    [problem] = told(tmp_path, base, "pipelines: {retail: {name: Опт}}\n")
    assert problem.what == "pipelines.retail: it is protected, so its `name` stays as it is"
    [problem] = told(tmp_path, base, "pipelines: {other: {name: Розница, absent: нет}}\n")
    assert "other takes the name of pipelines.retail" in problem.what


def test_the_brake_of_a_kind_is_named_for_its_part(tmp_path: Path) -> None:
    base, own = (
        f"policy: {{brakes: {{{place}: {{objects: {most}}}}}}}\n"
        for place, most in (("field", 3), ("field/leads", 100))
    )
    [problem] = told(tmp_path, base, own)
    assert "100 is more than 3" in problem.what
    assert "base.yaml:3" in problem.todo


@pytest.mark.parametrize(("one", "other"), [("A0", "a0"), ("Тула", "ТУЛА"), ("ß", "SS")])
def test_two_names_are_never_one_file(tmp_path: Path, one: str, other: str) -> None:
    path = tmp_path / "accounts.yaml"
    rows = f"{{{one}: {{subdomain: one}}, {other}: {{subdomain: two}}}}"
    path.write_text(f"amoconf_fleet: 1\nbase: base.yaml\naccounts: {rows}\n", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert "one name for files" in str(caught.value.problems[0].what)


def test_a_variable_of_an_account_loosens_nothing_either(tmp_path: Path) -> None:
    base = "variables: {most: 2}\npolicy:\n  admins:\n    max: ${most}\n"
    listed = LIST.replace("overlay: own.yaml", "overlay: own.yaml, variables: {most: 5}")
    [problem] = told(tmp_path, base, "kpi: {overdue_tasks: 5%}\n", listed)
    assert "5 is more than 2" in problem.what


def test_an_overlay_names_no_account_and_takes_nothing_away_by_silence(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(HEAD + "tags: {leads: {vip: VIP}}\n", encoding="utf-8")
    own = "account: {subdomain: other}\ntags: {leads: }\ninclude: [x.yaml]\n"
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "accounts.yaml").write_text(LIST, encoding="utf-8")
    overlay = load(tmp_path / "accounts.yaml").members[0].overlay
    document, problems = survey(tmp_path / "base.yaml", environment={}, secrets={}, overlay=overlay)
    assert [problem.where.line for problem in problems if problem.where] == [1, 2, 3]
    assert document
    assert document.root.get("account").plain() == {"subdomain": "city", "domain": "amocrm.ru"}  # type: ignore[union-attr]
    assert document.root.get("tags").plain() == {"leads": {"vip": "VIP"}}  # type: ignore[union-attr]


def test_a_name_that_is_written_for_short_is_not_lost(tmp_path: Path) -> None:
    own = 'tags: {leads: {vip: {color: "FFCE5A"}, new: {name: Новый}, old: {name: Старьё, absent: хлам}}}\n'
    (tmp_path / "base.yaml").write_text(HEAD + "tags: {leads: {vip: VIP, old: Старый}}\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "accounts.yaml").write_text(LIST, encoding="utf-8")
    overlay = load(tmp_path / "accounts.yaml").members[0].overlay
    _, [problem] = survey(tmp_path / "base.yaml", environment={}, secrets={}, overlay=overlay)
    assert (problem.where and problem.where.column, problem.todo) == (16, "Say it here too: name: VIP")


BAD = {
    "amoconf_fleet: 2\nbase: base.yaml\naccounts: {a: {subdomain: a}}": "version",
    "amoconf_fleet: 1\naccounts: {a: {subdomain: a}}": "missing",
    "amoconf_fleet: 1\nbase: ../base.yaml\naccounts: {a: {subdomain: a}}": "outside",
    "amoconf_fleet: 1\nbase: base.yaml": "one account",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a}, b: {subdomain: a}}": "same account",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a/b: {subdomain: a}}": "no name",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomian: a}}": "`subdomian` is not known",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a.b}}": "not the address",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a, base_url: 'https://x.ru'}}": "this machine",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a, token_env: HOME}}": "no variable",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a, overlay: /etc/passwd}}": "outside",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: '${x}'}}": "plain text",
    "amoconf_fleet: 1\nbase: base.yaml\naccounts: {a: {subdomain: a, variables: [1]}}": "is a map",
    "- a": "is a map",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_with_a_list_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert BAD[text] in str(caught.value)
    assert all(problem.where and problem.where.line for problem in caught.value.problems)
