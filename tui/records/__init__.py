"""What is kept and sent over time: values, alarms, logs, sinks, recordings."""
