"""HTTP requests that the service itself makes: webhooks, and the external policy decision point."""
