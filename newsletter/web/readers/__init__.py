"""What one reader's links lead to: leaving, preferences, own data, own pages and feeds."""
