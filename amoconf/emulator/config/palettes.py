"""Colours that the service takes; anything else is refused where a colour is written."""

# Stages of pipelines, and of customers (config page C5, C13).
_STAGE = (
    "#fffeb2 #fffd7f #fff000 #ffeab2 #ffdc7f #ffce5a #ffdbdb #ffc8c8 #ff8f92 #d6eaff #c1e0ff #98cbff #ebffb1 "
    "#deff81 #87f2c0 #f9deff #f3beff #ccc8f9 #eb93ff #f2f3f4 #e6e8ea"
)
STAGE_COLOURS = tuple(_STAGE.split())
FIRST_STAGE_COLOUR = "#fffeb2"  # of a stage created without one; guess: config page C5

# Read, never written (config page C5).
UNSORTED_COLOUR = "#c1c1c1"
WON_COLOUR = "#CCFF66"
LOST_COLOUR = "#D5D8DB"

# Tags of leads (config page C9).
_TAG = (
    "EBEBEB D0D0D0 F2DDF7 D1A4DC FF8F92 FFC8C8 C7DB8C DDEBB5 8699DA AABDFF FFCE5A FFE193 90CDB0 C6F4DE "
    "A9A5D7 D8D5FF 86C0FC 832161 6A0F49 0C7C59 10599D 9D2B32 247BA0"
)
TAG_COLOURS = tuple(_TAG.split())

# Customer segments (config page C13).
_SEGMENT = (
    "10599d 2176ff 006acc 07a0c3 247ba0 177e89 046e8f 598381 0c7c59 495f41 00a44b 08605f bf2600 06d6a0 "
    "e14945 79b473 ae003f a2ad59 cd0f53 8e936d 832161 2e5339 bf126f 6f7c12 ff5376 dd1c1a bb304e 631d76 "
    "9d2b32 4a001f b118c8 6a0f49 6610f2 b38a58 8963ba 4b3666 932f6d 6b2d5c 6461a0 4f517d"
)
SEGMENT_COLOURS = tuple(_SEGMENT.split())
