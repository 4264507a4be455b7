"""Operation of the service: switches, account states, access keys, quotas. For operators, but for two modules.

Used by the Huawei dialect: ``quota_admin``, which also lets a project read its own usage, and ``resource_orders``,
which refuses every order.
"""
