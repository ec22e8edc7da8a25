"""Where the values of `${secret:…}` are kept: --secrets-file, or a file for each account in the user's own folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from amoconf.cli.options import Options
from amoconf.model import Settings

if TYPE_CHECKING:
    from amoconf.spec.node import Node


def secrets_path(options: Options, subdomain: str, domain: str) -> Path:
    """--secrets-file, or the file of this account that `import` writes, outside any repository."""
    if options.secrets_file is not None:
        return options.secrets_file
    name = f"{subdomain}.{domain}.yaml"
    if options.state_dir is not None:
        return options.state_dir / "secrets" / name
    from platformdirs import user_config_path

    return user_config_path("amoconf") / "secrets" / name


def secrets_file(options: Options, root: "Node") -> Path | None:
    """The file to read: the one that was asked for, or the account's own where there is one and the spec needs it."""
    from amoconf.spec.node import secrets_in

    if options.secrets_file is not None or not secrets_in(root):
        return options.secrets_file
    subdomain, domain = _word(root, "subdomain", ""), _word(root, "domain", Settings.domain)
    path = secrets_path(options, subdomain, domain)
    # The name comes from a file, so it must be a name and no path.
    return (
        path
        if path.parent.name == "secrets" and Path(subdomain).name == subdomain and path.exists()
        else None
    )


def _word(root: "Node", key: str, otherwise: str) -> str:
    account = root.get("account")
    node = account.get(key) if account is not None else None
    return node.value if node is not None and isinstance(node.value, str) else otherwise
