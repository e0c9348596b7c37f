"""Where Jobs and deployed Processes are kept."""
