"""The families of rules: one file each, found by listing this folder."""
