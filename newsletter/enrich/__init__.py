"""Engines that write summaries, and the editor's notes."""
