"""What the terminal shows, how bytes reach it, and how many of them the link can take."""
