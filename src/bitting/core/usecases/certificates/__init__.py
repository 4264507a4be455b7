"""Certificates: a key pair, its certificate request, and the certificate issued for it. Used by: Alibaba OpenAPI."""
