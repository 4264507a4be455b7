"""Access without an IAM user.

::

    application_access_points    who reaches a key store instance: access points, policies, network rules    Alibaba
    client_keys                  client keys of an application access point                                  Alibaba
    client_key_setup             the same in one step, for operators                                         native
    capsule_access               capsule access points and capsule policies                                  Huawei
    capsules                     data key capsules, opened by a capsule access point                         Huawei

The two kinds of access point share nothing but the name: application access points
(:class:`~bitting.core.model.identity.ApplicationAccessPoint`) authenticate requests, capsule access points
(:class:`~bitting.core.model.capsule.CapsuleAccessPoint`) may open data key capsules.
"""
