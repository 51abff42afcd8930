"""The command, and all that knows more than one service."""
