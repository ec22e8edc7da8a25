"""The account document and what `with=` adds to it; nothing in it can be written through the API."""

from amoconf.emulator.answer import Answer, ok
from amoconf.emulator.call import Call
from amoconf.emulator.config.task_types import shown_types
from amoconf.emulator.listing import linked
from amoconf.emulator.routes import route
from amoconf.emulator.store import Thing

# Config page C1, in the order of its list and example.
_ALWAYS = (
    "id name subdomain created_at created_by updated_at updated_by current_user_id country currency "
    "currency_symbol customers_mode is_unsorted_on mobile_feature_version is_loss_reason_enabled "
    "is_helpbot_enabled is_technical_account contact_name_display_order"
)
ALWAYS = tuple(_ALWAYS.split())
AT_TOP = (
    "amojo_id",
    "uuid",
    "version",
    "entity_names",
    "drive_url",
    "is_api_filter_enabled",
    "invoices_settings",
)


@route("GET", "/api/v4/account", facts="config C1")
def read_account(call: Call) -> Answer:
    """For any user; `current_user_id` is the acting one."""
    asked = call.with_words()
    account = {
        **call.world.account,
        "current_user_id": call.user["id"],
        "is_api_filter_enabled": call.world.switches.api_filter_enabled,
    }
    if not call.world.switches.customers_available:
        account["customers_mode"] = "unavailable"
    body = {key: account[key] for key in [*ALWAYS, *(key for key in AT_TOP if key in asked)]}
    embedded = {key: thing for key, thing in _embedded(call, account).items() if key in asked}
    more = {"_embedded": embedded} if embedded else {}
    return ok({**linked(call, body, call.path), **more})


def _embedded(call: Call, account: Thing) -> Thing:
    return {
        "amojo_rights": account["amojo_rights"],
        "users_groups": call.store.all("user_group"),
        "task_types": shown_types(call.store),
        "datetime_settings": account["datetime_settings"],
    }
