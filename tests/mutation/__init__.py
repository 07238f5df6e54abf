"""Which changes of a module its own tests notice: `make mutation`."""
