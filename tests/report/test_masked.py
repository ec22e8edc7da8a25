"""URLs with secrets: what the account has in the place of a secret is never shown either."""

import pytest

from amoconf.changes import AttrChange, Change
from amoconf.lock import Entry
from amoconf.model import Resource
from amoconf.report.changerow import attribute_row, compared
from amoconf.report.masked import beside
from amoconf.values import Address, Hidden

HOOK = Address("webhook", ("erp",))
SECRET = "evil-token-999"
ROWS = [
    ("https://h.example/amo/${secret:K}", f"https://h.example/amo/{SECRET}", "https://h.example/amo/…"),
    (
        "https://h.example/a?k=${secret:K}&v=2",
        f"https://h.example/a?k={SECRET}&v=2",
        "https://h.example/a?k=…&v=2",
    ),
    ("https://h.example/amo/${secret:K}", f"https://x.example/{SECRET}", "https://x.example/…"),
    ("https://h.example/amo/${secret:K}", f"https://u:{SECRET}@x.example", "https://x.example/…"),
    ("https://${secret:K}.example/a", f"https://{SECRET}.example/a", "https://….example/a"),
    ("https://${secret:A}/${secret:B}", f"http://{SECRET}/b", "http://…"),
    ("https://h.example/plain", "https://h.example/other", "https://h.example/other"),
]


@pytest.mark.parametrize(("spec", "account", "shown"), ROWS)
def test_the_account_is_shown_only_where_the_spec_says_it_openly(spec: str, account: str, shown: str) -> None:
    hidden = Hidden(spec, "https://h.example/amo/x") if "${" in spec else spec
    assert beside(account, hidden) == shown
    assert beside(hidden, account) == spec


def test_plan_and_drift_and_explain_mask_alike() -> None:
    spec, live = Hidden("https://h.example/amo/${secret:K}", None), f"https://h.example/amo/{SECRET}"
    want, have = Resource(HOOK, {"url": spec}), Resource(HOOK, {"url": live})
    item = AttrChange("url", live, spec)
    change = Change(HOOK, "update", (item,), have, want)
    told = attribute_row(change, item, Entry(1, {"url": live}))
    assert SECRET not in repr(told)
    assert SECRET not in repr(compared("webhook", "url", want, have))
