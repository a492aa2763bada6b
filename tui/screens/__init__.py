"""Screens compose widgets and turn messages into session and pipeline calls."""
