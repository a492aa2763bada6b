"""The instrument without a screen: what is set, what is measured, and what one frame gives."""
