"""The one place where concrete classes meet: settings become services.

`Application` is the root. What is made once stands in `shared`; the factories, a module each, build services when they
are asked for and import what they need then: a command pays for its own alone.
"""

from newsletter.bootstrap.application import Application
from newsletter.bootstrap.resources import sample_settings, shipped, utc_now

__all__ = ["Application", "sample_settings", "shipped", "utc_now"]
