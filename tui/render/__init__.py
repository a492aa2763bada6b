"""From maps and pictures to rows of coloured cells."""
