"""The newsletter.toml file and the environment, read into frozen settings."""
