"""`amoconf init`: templates that plan, apply and pass an audit; what it refuses; what it asks."""

import json
from pathlib import Path

import pytest

from tests.living import living

TEMPLATES = ("wholesale", "retail", "services", "empty")
# Of an account without people and deals: nothing that a spec could say.
OF_PEOPLE = ("A09", "E05")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_applies_to_the_end(template: str, language: str, tmp_path: Path) -> None:
    with living(tmp_path) as account:
        words = ("--subdomain", "stroymarket", "--template", template, "--lang", language)
        assert account.amoconf("init", *words).code == 0
        assert account.amoconf("validate").code == 0
        assert account.amoconf("plan").code == 0
        done = account.amoconf("apply", "--yes")
        assert done.code == 0, done.err
        assert account.amoconf("plan", "--exit-code").code == 0
        findings = account.amoconf("audit", "--format", "json").json["findings"]
        wrong = [row["rule"] for row in findings if row["severity"] == "error"]
        assert not [rule for rule in wrong if rule not in OF_PEOPLE]
        assert (
            not [
                row["message"]
                for row in findings
                if row["rule"] in ("C02", "C03", "C11", "D06", "D13", "F15")
            ]
            or template == "empty"
        )


def test_what_is_there_stays(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        account.spec("mine")
        words = ("init", "--subdomain", "stroymarket", "--template", "empty")
        assert account.amoconf(*words).code == 1
        assert (tmp_path / "account.yaml").read_text(encoding="utf-8") == "mine"
        assert account.amoconf(*words, "--force").code == 0
        assert (tmp_path / "account.yaml.bak").read_text(encoding="utf-8") == "mine"


def test_without_a_terminal_it_says_what_to_give(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        done = account.amoconf("init", "--lang", "en")
        assert done.code == 1
        assert "--subdomain, --template | --from-account" in done.err
        assert account.amoconf("init", "--subdomain", "Не имя", "--yes").code == 1
        assert account.amoconf("init", "--template", "empty", "--from-account").code == 1
        assert not (tmp_path / "account.yaml").exists()


def test_another_domain_and_the_schema(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        done = account.amoconf(
            "init",
            "--subdomain",
            "123",
            "--domain",
            "kommo.com",
            "--yes",
            "--schema",
            "-o",
            str(tmp_path / "new.yaml"),
        )
        assert done.code == 0
        text = (tmp_path / "new.yaml").read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=account.schema.json\n")
        assert 'subdomain: "123"' in text
        assert "domain: kommo.com" in text
        assert json.loads((tmp_path / "account.schema.json").read_text(encoding="utf-8"))["$schema"]
        assert account.amoconf("validate", "-f", str(tmp_path / "new.yaml")).code == 0


def test_from_the_account(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        done = account.amoconf("init", "--subdomain", "stroymarket", "--from-account")
        assert (done.code, done.err) == (0, "")
        assert account.amoconf("plan", "--exit-code").code == 0
        assert account.lock.entries


def test_a_schema_that_is_there_stays(tmp_path: Path) -> None:
    schema, spec = tmp_path / "account.schema.json", tmp_path / "account.yaml"
    schema.write_text("mine", encoding="utf-8")
    with living(tmp_path) as account:
        for begin in (("--template", "empty"), ("--from-account",)):
            words = ("init", "--subdomain", "stroymarket", "--schema", *begin)
            done = account.amoconf(*words)
            assert (done.code, schema.read_text(encoding="utf-8")) == (1, "mine")
            assert str(schema) in done.err
            assert not spec.exists()
            assert account.amoconf(*words, "--force").code == 0
            assert (tmp_path / "account.schema.json.bak").read_text(encoding="utf-8") == "mine"
            spec.unlink()
            schema.write_text("mine", encoding="utf-8")


def test_an_import_that_fails_writes_no_schema(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        words = ("init", "--subdomain", "stroymarket", "--schema", "--from-account")
        assert account.amoconf(*words, AMOCONF_TOKEN="none").code != 0
        assert not list(tmp_path.glob("account*"))


def test_an_account_lives_at_known_domains_only(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        done = account.amoconf("init", "--account", "foo.evil.example", "--template", "empty", "--lang", "en")
        assert done.code == 1
        assert "foo.evil.example" in done.err
        assert not (tmp_path / "account.yaml").exists()


def test_a_folder_that_is_not_there_is_named_with_the_file(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        place = tmp_path / "nodir" / "x.yaml"
        words = ("init", "--subdomain", "stroymarket", "--template", "empty", "-o", str(place))
        done = account.amoconf(*words, "--lang", "en")
        assert done.code == 1
        assert f"{place}: cannot be written" in done.err


def test_the_lock_of_an_old_spec_is_told(tmp_path: Path) -> None:
    with living(tmp_path) as account:
        words = ("init", "--subdomain", "stroymarket", "--template", "empty")
        assert account.amoconf(*words).err == ""
        assert account.amoconf("apply", "--yes").code == 0
        assert str(tmp_path / "account.lock.yaml") in account.amoconf(*words, "--force").err
