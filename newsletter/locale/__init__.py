"""The catalogues of labels, one folder a locale; read by `newsletter.render.catalogues`."""
