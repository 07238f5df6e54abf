"""The one place where concrete classes meet: settings become services.

`Application` is built in layers, a module each: core, collecting, composing, publishing, and the application itself,
which sends. A layer imports what its services need when they are asked for: a command pays for its own alone.
"""

from newsletter.bootstrap.application import Application
from newsletter.bootstrap.resources import sample_settings, shipped, utc_now

__all__ = ["Application", "sample_settings", "shipped", "utc_now"]
