"""The public front end that spends a leaked credential on behalf of strangers."""
