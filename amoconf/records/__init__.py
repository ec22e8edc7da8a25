"""Records of an account: readers that stream them, and a local mirror of what counting and converting need.

The mirror is in `mirror`, `filling` and `keep`, which bring SQLite and are imported by those who need them.
"""

from amoconf.records.deals import DEALS, EVENTS, EVENTS_PAGE, deals, deals_in, moves_out_of

__all__ = ["DEALS", "EVENTS", "EVENTS_PAGE", "deals", "deals_in", "moves_out_of"]
