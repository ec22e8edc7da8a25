"""Files of a command's own: the key."""

from pathlib import Path

import pytest

from amoconf.cli.files import private_key
from amoconf.errors import UsageError


def test_a_key_is_made_once_and_refused_where_it_is_cut_short(tmp_path: Path) -> None:
    """Hashes by an empty key would tell what they hide."""
    path = tmp_path / "key"
    assert private_key(path) == private_key(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"")
    with pytest.raises(UsageError, match="damaged"):
        private_key(path)
