"""How well value and churn are told, on real purchase logs."""
