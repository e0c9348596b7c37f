"""What runs a Job: the fork server, its children, and what they do in them."""
