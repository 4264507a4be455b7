"""Operations of those who run the service: quotas, tenants, orders, notices."""
