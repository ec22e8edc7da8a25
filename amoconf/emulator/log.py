"""What was asked of the account so far, for tests and people; never part of the imitated API."""

from collections import deque
from typing import Any

Entry = dict[str, Any]
KEPT = 200_000


class RequestLog:
    """Numbered entries in the order of arrival; the oldest fall out."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def open(self, at: float, method: str, path: str, query: str) -> Entry:
        """Notes a request as it arrives. `status` stays null when the connection breaks before an answer."""
        self._count += 1
        entry = {"n": self._count, "at": round(at, 3), "method": method, "path": path, "query": query}
        entry |= {"status": None, "by": None}
        self.entries.append(entry)
        return entry

    def after(self, number: int) -> list[Entry]:
        """Entries with a higher number."""
        return [entry for entry in self.entries if entry["n"] > number]

    def clear(self) -> None:
        """Forgets the entries; numbering goes on."""
        self.entries.clear()
