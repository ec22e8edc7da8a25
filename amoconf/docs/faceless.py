"""A spec without the people in it: for pages that everybody may read."""

from dataclasses import replace

from amoconf.docs.rules import PERSONAL
from amoconf.model import Account


def faceless(account: Account) -> Account:
    """The same without users, and without the e-mails that the policy names."""
    policy = {key: value for key, value in account.settings.policy.items() if key not in PERSONAL}
    return Account(
        tuple(item for item in account.resources if item.address.kind != "user"),
        replace(account.settings, policy=policy),
        account.facts,
    )
