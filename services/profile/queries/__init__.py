"""What profile shows, as `events.md` names the fields: one module per noun."""
