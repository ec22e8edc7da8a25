"""Many accounts under one spec: the list of them, what is their own, and work on all of them side by side."""
