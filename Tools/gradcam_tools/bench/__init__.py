"""What `make bench` measures beside the command: the same work by the packages people use."""
