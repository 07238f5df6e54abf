"""Real mail servers, run by root on Debian: a dispatch through greylisting, and what comes back from one."""
