"""Records (deals, contacts, tasks, ...), one file each; every module here is imported by `routes.load`."""
