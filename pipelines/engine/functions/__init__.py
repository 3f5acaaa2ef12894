"""Lambda: functions whose Python code runs in processes of this machine."""
