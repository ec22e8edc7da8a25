"""First responses: how soon a person answers a new deal, in working time, by the channel it came from."""

from collections.abc import Iterator
from dataclasses import dataclass

from amoconf.kpi.ground import Ground
from amoconf.kpi.seen import Seen
from amoconf.kpi.window import Window

NEAR = 300  # seconds around a deal's creation in which what came in tells the channel
# KPI: at most 10 minutes for calls and chats, 30 for forms and mail.
USUAL = {"calls": 600, "chats": 600, "forms": 1800}
CHANNELS = {"incoming_call": "calls", "incoming_chat_message": "chats", "incoming_sms": "chats"}
NEW = """SELECT l.id, l.created_at, l.pipeline_id, l.responsible_user_id, l.source_id, min(d.at) FROM leads l
    LEFT JOIN {contacted} d ON d.deal = l.id AND d.person NOT IN ({robots}) AND d.at >= l.created_at AND d.at < ?2
      AND d.kind NOT LIKE 'incoming%'
    WHERE l.created_at >= ?1 AND l.created_at < ?2 GROUP BY l.id"""
CAME = """SELECT l.id, d.kind, min(d.at) FROM leads l JOIN {contacted} d ON d.deal = l.id
      AND d.at BETWEEN l.created_at - ?3 AND l.created_at + ?3 AND d.kind LIKE 'incoming%'
    WHERE l.created_at >= ?1 AND l.created_at < ?2 GROUP BY l.id"""


@dataclass(frozen=True)
class Response:
    """A new deal. waited: seconds of working time until the answer, or so far where there is none."""

    deal: int
    pipeline: int
    manager: int | None
    source: int | None
    channel: str
    waited: int
    answered: bool

    def seen(self, value: float) -> Seen:
        """As an observation."""
        return Seen(value, self.pipeline, self.manager, self.source, channel=self.channel)


def norm_of(ground: Ground, channel: str) -> int:
    """Seconds."""
    return int(ground.norms.get(f"first_response.{channel}", USUAL[channel]))


def responses(ground: Ground, window: Window) -> Iterator[Response]:
    """Deals created in a window; only answers of that window count, so that windows can be compared.

    The channel is told by a call or message that came in when the deal was made (guess: no field of a deal says it).
    """
    tables = {"contacted": ground.contacted(), "robots": ",".join(map(str, sorted(ground.robots)))}
    came = ground.ask(CAME.format(**tables), window.start, window.end, NEAR)
    channels = {deal: CHANNELS[kind] for deal, kind, _ in came}
    for deal, created, pipeline, manager, source, at in ground.ask(
        NEW.format(**tables), window.start, window.end
    ):
        if ground.takes(pipeline):
            waited = ground.hours.between(created, window.end if at is None else at)
            channel = channels.get(deal, "forms")
            yield Response(deal, pipeline, manager, source, channel, waited, at is not None)


def first_response(ground: Ground, window: Window) -> list[Seen]:
    """Minutes of working time until the answer, of deals that were answered."""
    return [row.seen(row.waited / 60) for row in responses(ground, window) if row.answered]


def in_time(ground: Ground, window: Window) -> list[Seen]:
    """Whether a new deal was answered within its norm; those that still have time aside."""
    rows = [(row, row.waited <= norm_of(ground, row.channel)) for row in responses(ground, window)]
    return [row.seen(row.answered and soon) for row, soon in rows if row.answered or not soon]
