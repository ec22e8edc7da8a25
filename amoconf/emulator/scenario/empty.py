"""An account exactly as amoCRM creates it: one pipeline, predefined fields, one administrator."""

from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.users import make_user
from amoconf.emulator.scenario import ground
from amoconf.emulator.store import Store

START = 1591520400.0  # 2020-06-07 12:00 in Moscow


def fill(store: Store, *, seed: int, scale: float, now: int) -> None:
    """Nothing here is chance, and nothing grows: `seed` and `scale` change nothing."""
    del seed, scale
    with store.writing():
        ground.lay(store, created_at=now, now=now)
        make_user(store, "Владелец аккаунта", ground.OWNER_EMAIL, is_admin=True)
        make_pipeline(store, "Воронка")
