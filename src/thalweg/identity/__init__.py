"""Who asks: tokens, sessions, one-time logins."""
