"""What to raise where a list or a record cannot be read: nothing is concluded from it."""

from amoconf.errors import BadAnswer
from amoconf.records.entities import Entity
from amoconf.tongue import tr


def broken(entity: Entity) -> BadAnswer:
    """What to raise where a record lacks what every record has."""
    return BadAnswer(
        tr("GET {path}: an item of {list} is not as the API promises", path=entity.path, list=entity.name),
        tr("nothing was concluded from it; run with -vv to see which page it was"),
    )


def unreadable(path: str, error: Exception) -> BadAnswer:
    """What to raise where a row of a list cannot be read. path: as it was asked for."""
    return BadAnswer(f"GET {path}: {error}", tr("nothing was concluded from it; repeat"))
