"""What things are called: names in place of addresses, also of what no spec has to write down."""

from typing import Any

from amoconf.kinds.stage import USUAL
from amoconf.model import Account, Resource
from amoconf.values import Address

Document = dict[str, Any]


def name_of(item: Resource) -> str:
    """What people see; the key where the spec says no name. Never a URL, which may hold a secret."""
    return str(item.attrs.get("name") or item.address.key)


def called(address: Address, account: Account) -> str:
    """The name of an address; of closing stages that the spec leaves out the one that the platform gives them."""
    item = account.get(address)
    if item is not None and "name" in item.attrs:
        return name_of(item)
    if address.kind == "stage" and address.key in USUAL:
        return USUAL[address.key][account.settings.language != "ru"]
    return address.key


def place_of(stage: Address, account: Account) -> Document:
    """A stage with its pipeline. stage_name None: every stage of the pipeline."""
    pipeline = Address("pipeline", stage.home)
    return {
        "address": str(stage),
        "pipeline": str(pipeline),
        "pipeline_name": called(pipeline, account),
        "stage_name": None if stage.key == "*" else called(stage, account),
    }


def stays(item: Resource) -> bool:
    """Whether it is in use."""
    return not item.marks.leaves
