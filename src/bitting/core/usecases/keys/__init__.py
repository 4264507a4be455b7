"""Keys, from creation to deletion.

::

    lifecycle, attributes, display_names    create, list, enable, disable; description, protection; name
    deletion, due_keys, sweeps              scheduled deletion and its execution; the background jobs of keys
    versions                                key versions, rotation
    material_import, pending_import         import of key material
    aliases, alias_batches                  aliases
    tags, tag_search, resource_tags, tag_policy
    grants, key_policies                    rights on one key
    keystores, creation, regions            key stores; creation inside one; replicas in other regions

Used by the Huawei and OTC dialects only: ``alias_batches``, ``creation``, ``display_names``, ``grants``, ``keystores``,
``pending_import``, ``regions``, ``tag_search``. Used by the Alibaba dialects only: ``attributes``, ``key_policies``,
``resource_tags``.
"""
