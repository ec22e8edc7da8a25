"""A forge that keeps comments and issues: the few calls of GitHub and GitLab that the files in ci/ make.

GitLab is asked by curl itself. GitHub is asked by a `gh` on PATH that knows the flags used there.
"""

import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

GH = """#!{python}
import json, os, sys, urllib.request
words, fields, method = sys.argv[2:], {{}}, "GET"
assert sys.argv[1] == "api" and os.environ["GH_TOKEN"]
while words:
    word = words.pop(0)
    if word in ("--paginate", "--slurp", "--silent"):
        continue
    if word == "--method":
        method = words.pop(0)
    elif word in ("-F", "-f"):
        name, _, value = words.pop(0).partition("=")
        raw = word == "-f" or not value.startswith("@")
        fields[name] = value if raw else open(value[1:], encoding="utf-8").read()
    else:
        assert not word.startswith("-"), word
        path = word
request = urllib.request.Request(
    os.environ["FORGE"] + "/" + path,
    data=json.dumps(fields).encode() if fields else None,
    headers={{"Content-Type": "application/json"}},
    method=method,
)
answer = urllib.request.urlopen(request).read().decode()
if "--silent" not in sys.argv:
    print("[" + answer + "]" if "--slurp" in sys.argv else answer)
"""


@dataclass
class Forge:
    """What is kept: comments and issues as the service would list them, and every call as "METHOD path"."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def asked(self, method: str, target: str, fields: Mapping[str, str]) -> Any:
        """The answer to one call."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.calls.append(f"{method} {parts.path}")
        rows = self.comments if re.search(r"(comments|notes)(/\d+)?$", parts.path) else self.issues
        number = re.search(r"/(\d+)$", parts.path)
        if method == "GET":
            page = int(query.get("page", 1))
            found = [row for row in rows if row["state"] in (query.get("state"), "")]
            return found[2 * page - 2 : 2 * page] if rows is self.comments and "page" in query else found
        if number:
            return self.change(next(row for row in rows if row["id"] == int(number[1])), fields)
        row = {"id": 100 + len(rows), "state": "" if rows is self.comments else self.open_word(target)}
        rows.append({**row, "number": row["id"], "iid": row["id"], "system": False, "user": {"type": "Bot"}})
        return self.change(rows[-1], fields)

    def change(self, row: dict[str, Any], fields: Mapping[str, str]) -> Any:
        """Sets fields, by the words of either service."""
        said = dict(fields)
        if said.pop("state_event", "") == "close":
            said["state"] = "closed"
        row |= {"body" if name == "description" else name: text for name, text in said.items()}
        return row

    def open_word(self, target: str) -> str:
        """GitHub says open, GitLab opened."""
        return "open" if target.startswith("/repos/") else "opened"

    def person(self, body: str) -> None:
        """A comment of a person."""
        row = {"id": 100 + len(self.comments), "state": "", "system": False, "user": {"type": "User"}}
        self.comments.append({**row, "body": body})


def _answering(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def log_message(self, *words: Any) -> None:
            """Nothing."""

        def answer(self) -> None:
            """Any method."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            as_json = "json" in self.headers.get("Content-Type", "")
            forge.tokens.add(self.headers.get("PRIVATE-TOKEN", ""))
            made = forge.asked(
                self.command, self.path, json.loads(body) if as_json and body else dict(parse_qsl(body))
            )
            content = json.dumps(made).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = answer

    return Answering


@contextmanager
def forge(folder: Path) -> Iterator[Forge]:
    """A forge for as long as the block lasts; folder gets a `gh`."""
    here = Forge()
    gh = folder / "gh"
    gh.write_text(GH.format(python=sys.executable), encoding="utf-8")
    gh.chmod(0o755)
    with ThreadingHTTPServer(("127.0.0.1", 0), _answering(here)) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join(10)
