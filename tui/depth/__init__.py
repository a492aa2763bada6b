"""Where relative inverse depth comes from."""
