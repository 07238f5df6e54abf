"""newsletter.toml and the environment, read into frozen settings."""

from newsletter.settings.loading import environment, load_settings, make_settings
from newsletter.settings.models import Settings, SourceSettings

__all__ = ["Settings", "SourceSettings", "environment", "load_settings", "make_settings"]
