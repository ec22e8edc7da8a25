"""Requests of the unsorted stage: which keys their metadata has, by category (protocol page, 7.9)."""

from amoconf.emulator.check import Key, Shape
from amoconf.emulator.records import references
from amoconf.emulator.records.writing import embedding

# Everything but `created_at` and `pipeline_id` is required. The keys of metadata are a guess: protocol page
# 7.9 names none of them.
SIP_METADATA: Shape = {
    "from": Key("string|int", required=True),
    "phone": Key("string|int", required=True),
    "called_at": Key("int", required=True),
    "duration": Key("int", required=True),
    "link": Key(required=True),
    "service_code": Key(required=True),
    "uniq": Key(required=True),
    "is_call_event_needed": Key("bool"),
}
FORM_METADATA: Shape = {
    "form_id": Key("string|int", required=True),
    "form_name": Key(required=True),
    "form_page": Key(required=True),
    "form_sent_at": Key("int", required=True),
    "ip": Key(),
    "referer": Key(),
    "visitor_uid": Key(null=True),
}
METADATA = {"sip": SIP_METADATA, "forms": FORM_METADATA}
CATEGORIES = ("sip", "mail", "forms", "chats")


def shape(category: str) -> Shape:
    """The keys of a new request of a category."""
    return {
        "source_name": Key(required=True),
        "source_uid": Key(required=True),
        "pipeline_id": Key("int"),
        "created_at": Key("int", least=0),
        "metadata": Key("array|object", required=True, keys=METADATA[category]),
        **references.REQUEST_ID,
        **embedding("leads", "contacts", "companies"),
    }
