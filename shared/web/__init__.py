"""Problems, cursors, idempotency and the token: what every HTTP route shares."""
