"""Messages: assembly, signing, the SMTP client pool, and the outbox of a dry run."""
