"""The tab that archived fields go to: one in each scope, made where it is missing."""

from amoconf.changes import CREATE, Change, Steps, View
from amoconf.kinds import _fields as fields
from amoconf.kinds import _rest as rest
from amoconf.values import Address, normal


def group_step(address: Address, view: View) -> Steps:
    """The archive group, where the scope has none yet; one step however many fields go there."""
    home = address.home
    group = group_of(home, view)
    if home[0] not in fields.WHERE["group"] or view.found.get(group) or view.wanted.get(group):
        return ()
    step = rest.create(
        Change(group, CREATE),
        (*rest.scope_path(home), "custom_fields", "groups"),
        "custom_field_groups",
        {"name": view.settings.archive_group, "sort": 1000},
    )
    return (rest.serving(step, (address,)),)


def group_of(home: tuple[str, ...], view: View) -> Address:
    """The archive group of a scope, by its name: a spec that lists it may call it by another key."""
    name = normal(view.settings.archive_group)
    listed = [*view.wanted.within("field_group", home), *view.found.within("field_group", home)]
    named = [item.address for item in listed if normal(str(item.attrs.get("name"))) == name]
    return named[0] if named else Address("field_group", (*home, name))
