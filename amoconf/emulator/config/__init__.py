"""Configuration resources, one file each; every module here is imported by `routes.load`."""
