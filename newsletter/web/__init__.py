"""The web application: subscription pages, archive, feeds, operator pages."""
