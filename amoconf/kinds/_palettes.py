"""amoCRM's closed palettes (official: config pages C5 and C9)."""

STAGE_COLOURS = (
    "#fffeb2 #fffd7f #fff000 #ffeab2 #ffdc7f #ffce5a #ffdbdb #ffc8c8 #ff8f92 #d6eaff #c1e0ff #98cbff #ebffb1 #deff81 "
    "#87f2c0 #f9deff #f3beff #ccc8f9 #eb93ff #f2f3f4 #e6e8ea"
).split()
TAG_COLOURS = (
    "EBEBEB D0D0D0 F2DDF7 D1A4DC FF8F92 FFC8C8 C7DB8C DDEBB5 8699DA AABDFF FFCE5A FFE193 90CDB0 C6F4DE A9A5D7 D8D5FF "
    "86C0FC 832161 6A0F49 0C7C59 10599D 9D2B32 247BA0"
).split()
GREY_TAG = "D0D0D0"
# Webhook events (official: config page C14; the last two from Kommo and a third party).
_ACTS = {
    "responsible": "lead contact company customer task",
    "restore": "lead contact company",
    "add": "lead contact company customer talk task chat_template_review message outgoing_message",
    "update": "lead contact company customer talk task",
    "delete": "lead contact company customer task",
    "status": "lead",
    "note": "lead contact company customer",
}
WEBHOOK_EVENTS = tuple(f"{act}_{thing}" for act, things in _ACTS.items() for thing in things.split())
