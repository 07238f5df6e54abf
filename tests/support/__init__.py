"""Real local servers, and where the recorded data is."""
