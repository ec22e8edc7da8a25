"""Which endpoints of the configuration ordinary users may call."""

from amoconf.emulator.routes import ROUTES
from tests.emulator.conftest import Crm

# What anybody may call of the modules that this page and its neighbours test; the rest is for administrators.
OPEN = """
GET /api/v4/bots, GET /api/v4/bots/{id:int}, POST /api/v4/bots/run, POST /api/v2/salesbot/run,
POST /api/v4/bots/{id:int}/run, POST /api/v4/bots/{id:int}/stop,
GET /api/v4/catalogs, GET /api/v4/catalogs/{id:int}, POST /api/v4/catalogs, PATCH /api/v4/catalogs,
PATCH /api/v4/catalogs/{id:int}, GET /api/v4/catalogs/products/settings, GET /api/v2/products_settings,
GET /api/v4/chats/templates/{id:int},
GET /api/v4/customers/statuses, GET /api/v4/customers/statuses/{id:int},
GET /api/v4/customers/segments, GET /api/v4/customers/segments/{id:int},
GET /api/v4/widgets, GET /api/v4/widgets/{code}
"""
MODULES = """
roles users users_create catalogs catalogs_v2 customers segments webhooks widgets sources website_buttons
chat_templates bots
""".split()


def test_who_may_call_what(crm: Crm) -> None:
    homes = {f"amoconf.emulator.config.{name}" for name in MODULES}
    own = [route for route in ROUTES if route.handler.__module__ in homes]
    open_ones = {f"{route.method} {route.path}" for route in own if not route.admin}
    assert open_ones == {line.strip() for line in OPEN.replace("\n", " ").split(",")}
