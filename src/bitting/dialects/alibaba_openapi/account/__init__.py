"""The account and the service as a whole: activation, regions, offers, and the policies of keys."""
