"""A spec as the sales regulations: one plain document with names in place of addresses, made without any account."""

from typing import Any

from amoconf.docs.access import people, roles
from amoconf.docs.cards import cards
from amoconf.docs.rules import dictionaries, gone, integrations, manual, norms, policy
from amoconf.docs.stages import pipelines
from amoconf.model import Account

Document = dict[str, Any]


def regulations(account: Account, *, with_people: bool = False) -> Document:
    """What the spec says of how people work. Without `with_people` nobody's e-mail is in it, only how many there are."""
    return {
        "pipelines": pipelines(account),
        "cards": cards(account),
        "roles": roles(account),
        "people": people(account) if with_people else None,
        "dictionaries": dictionaries(account),
        "integrations": integrations(account),
        "policy": policy(account.settings, with_people=with_people),
        "norms": norms(account.settings),
        "manual": manual(account.settings),
        "gone": gone(account, with_people=with_people),
    }
