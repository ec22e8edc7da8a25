"""How a command starts: with no more than it needs, for each loads in a blink or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What only the network, an emulator or a mirror needs; each takes longer to load than the rest of a `validate`.
HEAVY = ("httpx", "msgspec", "sqlite3", "starlette", "uvicorn", "openpyxl", "apprise", "deepdiff")
CODE = f"""
import sys
from amoconf.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["validate", str(ROOT / "examples" / "account.yaml")]]
)
def test_what_asks_nobody_loads_nothing_for_it(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *words], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
