"""Types of notes that can be written, and the keys of their `params` (protocol page, 7.8)."""

from amoconf.emulator.check import Key, Shape

_CALL: Shape = {
    "uniq": Key(null=True),
    "duration": Key("int", required=True, least=0),
    "source": Key(required=True, blank=False),
    "link": Key(null=True),
    "phone": Key(required=True),
    "call_responsible": Key("string|int", null=True),
}
_SERVICE: Shape = {"service": Key(required=True), "text": Key(required=True)}
_SMS: Shape = {"text": Key(required=True), "phone": Key(required=True)}
_GEO: Shape = {
    "text": Key(required=True),
    "address": Key(required=True),
    "longitude": Key("string|number", required=True),
    "latitude": Key("string|number", required=True),
}
_FILE: Shape = {
    "file_uuid": Key(required=True),
    "version_uuid": Key(null=True),
    "file_name": Key(required=True),
}

PARAMS: dict[str, Shape] = {
    "common": {"text": Key(required=True)},
    "call_in": _CALL,
    "call_out": _CALL,
    "service_message": _SERVICE,
    "extended_service_message": _SERVICE,
    "message_cashier": {
        "status": Key(required=True, choices=("created", "shown", "canceled")),
        "text": Key(required=True),
    },
    "geolocation": _GEO,
    "sms_in": _SMS,
    "sms_out": _SMS,
    "attachment": _FILE,
}
# Event of a new note by its type (protocol page, 9.3).
EVENTS = {
    "common": "common_note_added",
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "service_message": "service_note_added",
    "extended_service_message": "service_note_added",
    "message_cashier": "message_to_cashier_note_added",
    "geolocation": "geo_note_added",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
    "attachment": "attachment_note_added",
}
