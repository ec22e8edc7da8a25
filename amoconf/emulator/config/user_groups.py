"""Departments: read through the account and the users, changed in the interface only (config page, C3).

For the interface actions and scenarios: `make_user_group`, `rename_user_group`, `delete_user_group`.
"""

from amoconf.emulator.store import Store, Thing

DEFAULT = 0  # the department that nobody can delete


def make_user_group(store: Store, name: str) -> Thing:
    """A new department."""
    return store.put("user_group", {"id": store.count("user_group"), "name": name, "uuid": None})


def rename_user_group(store: Store, key: int, name: str) -> Thing:
    """KeyError when there is none."""
    return store.put("user_group", {**store.things["user_group", ""][str(key)], "name": name})


def delete_user_group(store: Store, key: int) -> None:
    """Its users go to the default department (guess). ValueError for the default one."""
    if key == DEFAULT:
        raise ValueError("the default department stays")
    for user in store.all("user"):
        if user["rights"]["group_id"] == key:
            store.put("user", {**user, "rights": {**user["rights"], "group_id": None}})
    store.drop("user_group", key)
