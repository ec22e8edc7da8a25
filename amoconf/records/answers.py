"""How a mirror answers what a change touches."""

from dataclasses import dataclass

from amoconf.records.mirror import Mirror
from amoconf.records.queries import NotKept
from amoconf.touch import ALL, FIELD, OPTION, PIPELINE, REASON, STAGE, TAG, TASK_TYPE, Impact, Touch


@dataclass(frozen=True)
class Answers:
    """The answers of one mirror, as of when its lists were read."""

    mirror: Mirror

    def answer(self, touch: Touch) -> Impact | None:
        """None where the mirror cannot say: the list is not whole, or the field is not kept."""
        try:
            return Impact(self._count(touch), as_of=self.mirror.as_of(touch.entity), of=touch.entity)
        except (NotKept, KeyError):
            return None

    def _count(self, touch: Touch) -> int:
        mirror, ids, entity = self.mirror, touch.ids, touch.entity
        return {
            FIELD: lambda: mirror.filled(entity, *ids),
            OPTION: lambda: mirror.holding(entity, *ids),
            TAG: lambda: mirror.tagged(entity, *ids),
            STAGE: lambda: mirror.standing(*ids),
            PIPELINE: lambda: mirror.where(entity, "pipeline_id", *ids),
            REASON: lambda: mirror.where(entity, "loss_reason_id", *ids),
            TASK_TYPE: lambda: mirror.open_tasks(*ids),
            ALL: lambda: mirror.count(entity),
        }[touch.by]()
