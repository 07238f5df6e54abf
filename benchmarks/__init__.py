"""Every speed and size that the README states, as a command."""
