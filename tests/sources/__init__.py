"""Sources: recorded and invented answers, served over real HTTP on loopback."""
