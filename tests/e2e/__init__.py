"""The whole product, run as a person runs it: the command in a process of its own, real servers around it."""
