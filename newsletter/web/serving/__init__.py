"""What stands between the network and the pages: connections, who asks, and threads for each kind of work."""
