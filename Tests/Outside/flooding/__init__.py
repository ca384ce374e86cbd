"""More than a server takes, and clients that are too slow."""
