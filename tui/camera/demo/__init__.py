"""A room that is rendered here, with every distance in it exactly known."""
